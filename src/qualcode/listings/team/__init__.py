"""Tables on the work of several coders."""
