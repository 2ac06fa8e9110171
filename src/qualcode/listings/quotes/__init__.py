"""Codings that a query finds, with their citations."""
