"""The codebook: families of codes and themes from YAML, with every problem told at its place."""

from qualcode.codebook.loading import read_codebook

__all__ = ["read_codebook"]
