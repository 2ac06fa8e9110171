"""Several coders' readings of one transcript: who read it, where they differ, and the consensus."""
