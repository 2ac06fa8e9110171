"""The network as a widget for notebooks, in which codes and links can be selected."""
