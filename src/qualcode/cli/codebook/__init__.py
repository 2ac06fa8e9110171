"""Commands on the codebook: show, edit, compare and export it."""
