"""Names in a text: the key of names and pseudonyms, finding names, replacing them and restoring them exactly."""

from qualcode.pseudonyms.text.common_words import (
    NAME_LIKE_WORDS,
    OrdinaryWords,
    find_ordinary_words,
)
from qualcode.pseudonyms.text.key_writer import add_names, add_phrase, assign_pseudonyms, key_template
from qualcode.pseudonyms.text.name_key import Name, NameKey, key_words, parse_key, read_key
from qualcode.pseudonyms.text.name_replacement import (
    NameInContext,
    NameRestorer,
    ParagraphRecord,
    Pseudonymiser,
    Replacer,
)
from qualcode.pseudonyms.text.name_search import (
    NameFinder,
    NameMatch,
    TextKind,
    build_name_finder,
    build_pseudonym_finder,
)
from qualcode.pseudonyms.text.text_edits import Edit, OffsetMap, apply_edits, build_edits, build_offset_map
from qualcode.pseudonyms.text.unsure_words import WORD_DOUBTS

__all__ = [
    "NAME_LIKE_WORDS",
    "WORD_DOUBTS",
    "Edit",
    "Name",
    "NameFinder",
    "NameInContext",
    "NameKey",
    "NameMatch",
    "NameRestorer",
    "OffsetMap",
    "OrdinaryWords",
    "ParagraphRecord",
    "Pseudonymiser",
    "Replacer",
    "TextKind",
    "add_names",
    "add_phrase",
    "apply_edits",
    "assign_pseudonyms",
    "build_edits",
    "build_name_finder",
    "build_offset_map",
    "build_pseudonym_finder",
    "find_ordinary_words",
    "key_template",
    "key_words",
    "parse_key",
    "read_key",
]
