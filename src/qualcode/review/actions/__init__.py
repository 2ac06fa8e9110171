"""What the keys do: decisions, moves, selections, and what is looked at."""
