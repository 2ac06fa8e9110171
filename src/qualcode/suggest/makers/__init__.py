"""Makers of suggestions beside the built-in ones: plug-ins of other packages, and spaCy pipelines of the user."""
