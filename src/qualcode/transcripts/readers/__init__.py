"""Readers of plain text, captions, chats, tables and recognisers' JSON: ``read(content, options)`` returns a draft."""
