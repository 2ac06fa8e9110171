"""Replace the names of people, organisations and places in a study with pseudonyms, and restore them."""
