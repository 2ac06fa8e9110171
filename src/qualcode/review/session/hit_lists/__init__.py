"""The lists that are walked: where their hits come from, and how they are walked."""
