"""Search for cues (keyword rules of the codebook) in transcripts, and the suggestions that follow from matches."""
