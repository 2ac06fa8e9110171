"""A study on disk: its files, which part of them an analysis is asked for, and the place of every coding."""
