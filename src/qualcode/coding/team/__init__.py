"""Decisions that concern the work of several coders."""
