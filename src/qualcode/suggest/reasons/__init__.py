"""Reasons of suggestions: contributions to the log odds, and their form as one line of a table."""
