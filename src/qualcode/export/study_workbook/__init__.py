"""What the sheets of the workbook show, collected from a study."""
