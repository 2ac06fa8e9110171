"""Work on the codebook of a study: edits with the codings that they affect, and codings to decide again."""
