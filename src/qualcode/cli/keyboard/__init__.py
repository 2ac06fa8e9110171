"""Commands to code at the keyboard: the full-screen review, and the transcript in an editor."""
