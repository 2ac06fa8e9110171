"""The pictures of a report as values: rows of bars and dots, the curve of saturation, the network, colours."""
