"""What people read of a study: transcripts with their codings, passages with searched words, memos."""
