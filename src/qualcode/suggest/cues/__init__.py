"""cues."""
