"""Commands of people who code one study together."""
