"""The interactive map of a run: its content, its base, its page."""
