"""The review in a browser on this machine, behind a secret address."""
