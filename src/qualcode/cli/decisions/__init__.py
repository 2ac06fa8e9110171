"""Commands that record decisions, what they ask first, and what they print."""
