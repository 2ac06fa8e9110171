"""Files made from a study: the Excel workbook, network files and pictures, training data for spaCy."""
