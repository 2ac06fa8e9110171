"""Benchmarks: costs as ratios against a baseline of the same run, and the quality of suggestions."""
