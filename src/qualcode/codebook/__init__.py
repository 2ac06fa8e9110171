"""The codebook: families of codes and themes from YAML, with every problem told at its place."""

from qualcode.codebook.codebook_loader import read_codebook

__all__ = ["read_codebook"]
