"""Comments of Word files: their texts, threads and places in the text of the document."""

from qualcode.transcripts.comments.document_comments import CommentedDocument, DocumentComment, read_commented_document

__all__ = ["CommentedDocument", "DocumentComment", "read_commented_document"]
