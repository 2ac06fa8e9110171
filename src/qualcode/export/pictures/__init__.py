"""Tables as pictures: one module for each kind of table."""
