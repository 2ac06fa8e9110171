"""The report: one HTML page with findings, pictures, quotes, codebook and method of a study."""
