"""Screens that are shown over the transcript: lists to choose from, lines to type, pages to read."""
