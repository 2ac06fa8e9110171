"""The codebook as the appendix of a paper (.docx, .md) and as a table (.csv)."""
