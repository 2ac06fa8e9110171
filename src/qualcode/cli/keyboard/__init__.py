"""Commands to code at the keyboard."""
