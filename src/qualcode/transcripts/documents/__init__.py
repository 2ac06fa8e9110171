"""Readers of word processors' documents, web pages and PDF: ``read(content, options)`` returns a draft."""
