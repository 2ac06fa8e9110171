"""Comments of Word files: where they are in a transcript, and what they ask for."""
