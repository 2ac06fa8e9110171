"""cue_cache."""
