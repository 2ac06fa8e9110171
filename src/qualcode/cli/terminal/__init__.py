"""What a terminal is sent, and its colours."""
