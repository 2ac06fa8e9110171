"""What a `Project` can do, by kind: sources, decisions, names, counts."""
