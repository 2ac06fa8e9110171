"""Earlier versions of a codebook, from git or files, and what changed between two of them."""
