"""Decisions on codings, suggestions and disagreements: what they change, for a coder or for the consensus."""
