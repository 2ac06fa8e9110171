"""Commands that analyse codings: counts, networks, files for others."""
