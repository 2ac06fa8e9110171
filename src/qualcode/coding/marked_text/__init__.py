"""A transcript as a text with marks, which people edit: writing it, reading it back, and what it changes."""
