"""Tables that people fill in: codings and suggestions to decide on, and segments to code."""
