"""The only door to disk, YAML and CSV: reading text safely, writing it whole, appending under a lock."""

from qualcode.files.appending import append_lines, locked, read_lines
from qualcode.files.checked import checked
from qualcode.files.csvs import Table, read_csv
from qualcode.files.private import is_private, private_folder, write_private
from qualcode.files.reading import LIMIT, Decoded, decode, read_bytes, read_text, within
from qualcode.files.writing import fill_atomically, write_atomically
from qualcode.files.yamls import Key, Marked, read_yaml

__all__ = [
    "LIMIT",
    "Decoded",
    "Key",
    "Marked",
    "Table",
    "append_lines",
    "checked",
    "decode",
    "fill_atomically",
    "is_private",
    "locked",
    "private_folder",
    "read_bytes",
    "read_csv",
    "read_lines",
    "read_text",
    "read_yaml",
    "within",
    "write_atomically",
    "write_private",
]
