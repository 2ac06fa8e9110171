"""Commands for reading: transcripts with their codings, words in them, memos, cases."""
