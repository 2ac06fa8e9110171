"""Methods of `Project` that analyse codings: counts, networks, files for others."""
