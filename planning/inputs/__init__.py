"""Readers: files and vendors' words come in here and nowhere else."""
