"""Makers of suggestions besides the built-in ones: plug-ins of other packages, and spaCy pipelines of the user."""
