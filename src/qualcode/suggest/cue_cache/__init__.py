"""The index of cue matches on disk, one entry for each cue, and the jobs that fill it."""
