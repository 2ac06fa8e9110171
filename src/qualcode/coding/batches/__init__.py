"""Many decisions that one command records as one action, after they were looked at."""
