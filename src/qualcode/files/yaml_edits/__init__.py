"""Edits of YAML text that people write: single values and entries change, all other characters stay as they are."""
