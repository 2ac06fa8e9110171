"""Explanations of single suggestions, and transcripts with highlighted suggestions, as values and as HTML."""
