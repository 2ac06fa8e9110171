"""Rows, notes and problems read from a study: transcripts, speakers, segments, codes, codings, status, check."""
