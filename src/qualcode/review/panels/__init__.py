"""The panels around the transcript: status, the current item, the codebook, the keys."""
