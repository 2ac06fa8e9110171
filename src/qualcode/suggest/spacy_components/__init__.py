"""spaCy components for any pipeline: sentences, lemmas, cues, and suggestions of the trained model."""
