"""Pseudonyms for names all over a study: the key, the plan, its proof, and putting it into place."""
