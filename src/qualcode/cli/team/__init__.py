"""Commands for several coders."""
