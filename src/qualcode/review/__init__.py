"""The full-screen review of transcripts in the terminal."""
