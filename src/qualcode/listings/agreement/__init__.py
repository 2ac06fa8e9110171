"""Agreement between coders, and the passages in which they disagree."""
