"""The codebook, read from YAML: families of codes, and themes, with problems by line and column."""

from qualcode.codebook.codebook_loader import parse_codebook, read_codebook

__all__ = ["parse_codebook", "read_codebook"]
