"""Pairs of codes and networks: measures, tests, centralities, similarity of partitions."""
