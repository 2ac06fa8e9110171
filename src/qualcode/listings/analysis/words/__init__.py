"""Rows of analyses of words: keyness, candidates for codes."""
