"""Rows of analyses."""
