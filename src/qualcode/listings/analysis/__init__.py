"""Analyses of counted codings, with the notes on their methods."""
