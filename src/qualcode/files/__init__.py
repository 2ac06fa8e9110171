"""Reading and writing of files: text, YAML, tables, atomic writes, and appends under a lock."""

from qualcode.files.atomic_writer import copy_without_overwrite, fill_atomically, write_atomically
from qualcode.files.file_reader import (
    BYTE_ORDER_MARKS,
    MAX_SOURCE_SIZE,
    STANDARD_INPUT,
    DecodedText,
    decode_text,
    is_within,
    open_binary,
    parse_json,
    read_bytes,
    read_text,
    unify_line_ends,
)
from qualcode.files.file_signatures import NO_FILE, FileSignature, file_signature, folder_signature
from qualcode.files.line_appender import append_lines, hold_lock, read_lines
from qualcode.files.private_cache import CACHE_MARK, create_folder, find_cache_folder
from qualcode.files.private_files import create_private_folder, is_private, write_private
from qualcode.files.schema_problems import validate_yaml
from qualcode.files.tables.csv_stream import detect_delimiter
from qualcode.files.tables.csv_table import CsvTable, read_csv
from qualcode.files.tables.formula_cells import guard_cell, is_guarded, unguard_cell
from qualcode.files.tables.table_stream import (
    MAX_TABLE_SIZE,
    TABLE_SUFFIXES,
    TableOptions,
    TableStream,
    open_table_stream,
)
from qualcode.files.yaml_editor import set_yaml_entry
from qualcode.files.yaml_notices import read_yaml_notices
from qualcode.files.yaml_reader import KeyPath, YamlDocument, parse_yaml, read_yaml
from qualcode.files.zip_guard import ARCHIVE_ERRORS, OLE_SIGNATURE, member_name, open_zip, read_member
from qualcode.model.xml_text import display_html, escape_html, remove_forbidden_characters

__all__ = [
    "ARCHIVE_ERRORS",
    "BYTE_ORDER_MARKS",
    "CACHE_MARK",
    "MAX_SOURCE_SIZE",
    "MAX_TABLE_SIZE",
    "NO_FILE",
    "OLE_SIGNATURE",
    "STANDARD_INPUT",
    "TABLE_SUFFIXES",
    "CsvTable",
    "DecodedText",
    "FileSignature",
    "KeyPath",
    "TableOptions",
    "TableStream",
    "YamlDocument",
    "append_lines",
    "copy_without_overwrite",
    "create_folder",
    "create_private_folder",
    "decode_text",
    "detect_delimiter",
    "display_html",
    "escape_html",
    "file_signature",
    "fill_atomically",
    "find_cache_folder",
    "folder_signature",
    "guard_cell",
    "hold_lock",
    "is_guarded",
    "is_private",
    "is_within",
    "member_name",
    "open_binary",
    "open_table_stream",
    "open_zip",
    "parse_json",
    "parse_yaml",
    "read_bytes",
    "read_csv",
    "read_lines",
    "read_member",
    "read_text",
    "read_yaml",
    "read_yaml_notices",
    "remove_forbidden_characters",
    "set_yaml_entry",
    "unguard_cell",
    "unify_line_ends",
    "validate_yaml",
    "write_atomically",
    "write_private",
]
