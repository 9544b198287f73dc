"""Residential areas: who is to live there, from when on, and which clause they answer to."""
