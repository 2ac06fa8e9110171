"""Text to write into a key file: the template, new names with proposed pseudonyms, and decisions on phrases."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

PSEUDONYM_PREFIXES = {
    "PERSON": "Person",
    "PER": "Person",
    "ORG": "Organisation",
    "GPE": "Place",
    "LOC": "Place",
    "FAC": "Place",
}
"""First word of a pseudonym by the entity label of a spaCy model."""

_YAML_TEMPLATE = """\
# Key file: each name with the pseudonym that replaces it. Keep it outside the study, readable only by you.
# Other forms of a name go under 'also':   Ann Miller: {as: Person 1, also: [Ann, Annie, Miller]}
# keep: [phrases that are never replaced];  always: [words that are always names]
"""
# Texts that need no quotation marks in YAML.
_PLAIN = re.compile(r"[^\W\d_](?:[\w .'’-]*[\w.])?")


def key_template(suffix: str) -> str:
    """Return the text of a new key file."""
    return "name,pseudonym,also,keep,always\n" if suffix.lower() == ".csv" else _YAML_TEMPLATE


def assign_pseudonyms(labels: Mapping[str, str], used: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each name with a new pseudonym; ``labels`` gives the entity label of each name."""
    known = {pseudonym.casefold() for pseudonym in used}
    numbers = dict.fromkeys(PSEUDONYM_PREFIXES.values(), 0)
    for name, label in labels.items():
        prefix = PSEUDONYM_PREFIXES.get(label, "Person")
        numbers[prefix] += 1
        while f"{prefix} {numbers[prefix]}".casefold() in known:
            numbers[prefix] += 1
        yield name, f"{prefix} {numbers[prefix]}"


def add_names(text: str, names: Iterable[tuple[str, str]], *, suffix: str) -> str:
    """Return the text of a key file with names and pseudonyms added at its end."""
    if suffix.lower() == ".csv":
        lines = [_csv_line([name, pseudonym, "", "", ""]) for name, pseudonym in names]
    else:
        lines = [f"{_yaml_scalar(name)}: {_yaml_scalar(pseudonym)}\n" for name, pseudonym in names]
    return _end_line(text) + "".join(lines)


def _end_line(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _csv_line(cells: Sequence[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow(cells)
    return stream.getvalue()


def _yaml_scalar(text: str) -> str:
    # YAML 1.1, which other programs still read by, takes these words as booleans or null.
    plain = _PLAIN.fullmatch(text) and text.casefold() not in {"yes", "no", "true", "false", "null", "on", "off"}
    # A JSON string is a valid YAML scalar in double quotes.
    return text if plain else json.dumps(text, ensure_ascii=False)


def add_phrase(text: str, phrase: str, *, section: str, suffix: str) -> str:
    """Return the text of a key file with a phrase added to its section ``keep`` or ``always``."""
    text = _end_line(text)
    if suffix.lower() == ".csv":
        header = next(csv.reader([text.partition("\n")[0]]))
        return text + _csv_line([phrase if column == section else "" for column in header])
    item = json.dumps(phrase, ensure_ascii=False)
    # Edited as text, which keeps comments; the item comes first, since the end of a list would have to be parsed.
    if flow := re.search(rf"^{section}:[ \t]*\[(?P<rest>\s*\]?)", text, re.MULTILINE):
        comma = "" if "]" in flow["rest"] else ", "
        start = flow.start("rest")
        return f"{text[:start]}{item}{comma}{text[start:]}"
    if block := re.search(rf"^{section}:[ \t]*(?:#.*)?\n(?P<indent>[ \t]*)-", text, re.MULTILINE):
        start = block.start("indent")
        return f"{text[:start]}{block['indent']}- {item}\n{text[start:]}"
    return f"{text}{section}:\n  - {item}\n"
