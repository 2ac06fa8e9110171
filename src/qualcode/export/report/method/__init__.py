"""How the numbers of a report came about: provenance, sentences for a methods section, reporting checklists."""
