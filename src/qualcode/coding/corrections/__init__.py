"""Corrections that come back in a workbook, a CSV table or the comments of a Word file, turned into ledger events."""
