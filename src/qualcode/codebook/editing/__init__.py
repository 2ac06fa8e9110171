"""Edits of a codebook's YAML: codes are renamed, merged, moved, split and retired; codings follow by ``formerly``."""
