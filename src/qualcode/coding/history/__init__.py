"""What was recorded by which action, and the events that undo, redo and confirm."""
