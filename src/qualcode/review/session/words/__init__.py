"""Words and sentences of a transcript, and the selection of some of them."""
