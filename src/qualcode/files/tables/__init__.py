"""Tables in CSV, Excel and Parquet files, read as rows with their line numbers."""
