"""Questions that a command asks on a terminal."""
