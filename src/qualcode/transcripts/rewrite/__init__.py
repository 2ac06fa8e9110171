"""Names replaced in source files of each format, with everything else unchanged."""
