"""Roads of any source, terrain, and the walking network that is built from them and kept."""
