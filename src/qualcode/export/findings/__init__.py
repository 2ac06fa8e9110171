"""What is computed for the workbook and the report alike: tables, sentences on them, and their provenance."""
