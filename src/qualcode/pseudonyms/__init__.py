"""Names and what stands for them: found in a text as whole words, replaced, and put back exactly."""

from qualcode.pseudonyms.common import lower_words
from qualcode.pseudonyms.finding import Finder, Hit, Kind, finder
from qualcode.pseudonyms.keys import Key, Name, parsed, read_key
from qualcode.pseudonyms.pieces import Edit, Shift, applied, edits_of, shift_of
from qualcode.pseudonyms.recording import Changer, Doing, Record, Seen, Undoing
from qualcode.pseudonyms.writing import added, decided, new_key, next_pseudonyms

__all__ = [
    "Changer",
    "Doing",
    "Edit",
    "Finder",
    "Hit",
    "Key",
    "Kind",
    "Name",
    "Record",
    "Seen",
    "Shift",
    "Undoing",
    "added",
    "applied",
    "decided",
    "edits_of",
    "finder",
    "lower_words",
    "new_key",
    "next_pseudonyms",
    "parsed",
    "read_key",
    "shift_of",
]
