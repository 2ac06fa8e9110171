"""Evaluation of suggestions by cross-validation, and consistency of a coder's codings."""
