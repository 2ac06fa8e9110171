"""The only door to disk, YAML and CSV: reading text safely, writing it whole, appending under a lock."""

from qualcode.files.appending import append_lines, locked, read_lines
from qualcode.files.checked import checked
from qualcode.files.csvs import Table, read_csv
from qualcode.files.editing import set_entry
from qualcode.files.private import is_private, private_folder, write_private
from qualcode.files.reading import LIMIT, MARKS, Decoded, decode, open_binary, read_bytes, read_text, within
from qualcode.files.regexes import is_runaway, regex_fault
from qualcode.files.sheets import LARGEST, TABLES, Sheet, Wanted, open_sheet
from qualcode.files.writing import copy_new, fill_atomically, write_atomically
from qualcode.files.yamls import Key, Marked, read_yaml

__all__ = [
    "LARGEST",
    "LIMIT",
    "MARKS",
    "TABLES",
    "Decoded",
    "Key",
    "Marked",
    "Sheet",
    "Table",
    "Wanted",
    "append_lines",
    "checked",
    "copy_new",
    "decode",
    "fill_atomically",
    "is_private",
    "is_runaway",
    "locked",
    "open_binary",
    "open_sheet",
    "private_folder",
    "read_bytes",
    "read_csv",
    "read_lines",
    "read_text",
    "read_yaml",
    "regex_fault",
    "set_entry",
    "within",
    "write_atomically",
    "write_private",
]
