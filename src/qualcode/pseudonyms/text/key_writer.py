"""What is written into a key file: new names with proposed pseudonyms, and decisions."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping

PSEUDONYM_PREFIXES = {
    "PERSON": "Person",
    "PER": "Person",
    "ORG": "Organisation",
    "GPE": "Place",
    "LOC": "Place",
    "FAC": "Place",
}
"""What a pseudonym begins with, by the kinds of entities that spaCy's models know."""

_YAML_TEMPLATE = """\
# The key: a name, and the pseudonym that stands for it. Keep it apart from the study, and let nobody read it.
# Other forms of a name go under 'also':   Ann Miller: {as: Person 1, also: [Ann, Annie, Miller]}
# keep: [phrases that are never touched];  always: [words that are names wherever they stand]
"""
_PLAIN = re.compile(r"[^\W\d_](?:[\w .'’-]*[\w.])?")


def key_template(suffix: str) -> str:
    """Return what a key file begins with."""
    return "name,pseudonym,also,keep,always\n" if suffix.lower() == ".csv" else _YAML_TEMPLATE


def assign_pseudonyms(found: Mapping[str, str], taken: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each new name with a pseudonym that nobody has; names are given with their kind of entity."""
    used = {one.casefold() for one in taken}
    last = dict.fromkeys(PSEUDONYM_PREFIXES.values(), 0)
    for name, kind in found.items():
        word = PSEUDONYM_PREFIXES.get(kind, "Person")
        last[word] += 1
        while f"{word} {last[word]}".casefold() in used:
            last[word] += 1
        yield name, f"{word} {last[word]}"


def add_names(text: str, names: Iterable[tuple[str, str]], *, suffix: str) -> str:
    """Return the text of a key file with names added at its end."""
    begun = text if not text or text.endswith("\n") else f"{text}\n"
    if suffix.lower() == ".csv":
        return begun + "".join(_csv_row([name, pseudonym]) for name, pseudonym in names)
    return begun + "".join(f"{_yaml_scalar(name)}: {_yaml_scalar(pseudonym)}\n" for name, pseudonym in names)


def _csv_row(cells: Iterable[str]) -> str:
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerow([*cells, "", "", ""])
    return stream.getvalue()


def _yaml_scalar(text: str) -> str:
    plain = _PLAIN.fullmatch(text) and text.casefold() not in {"yes", "no", "true", "false", "null", "on", "off"}
    return text if plain else json.dumps(text, ensure_ascii=False)


def add_phrases(text: str, phrases: Iterable[str], *, section: str, suffix: str) -> str:
    """Return the text of a key file with phrases added to its ``keep`` or ``always``."""
    for phrase in phrases:
        text = _add_phrase(text, phrase, section, suffix)
    return text


def _add_phrase(text: str, phrase: str, under: str, suffix: str) -> str:
    begun = text if not text or text.endswith("\n") else f"{text}\n"
    if suffix.lower() == ".csv":
        header = next(csv.reader([begun.partition("\n")[0]]))
        stream = io.StringIO()
        csv.writer(stream, lineterminator="\n").writerow([phrase if one == under else "" for one in header])
        return begun + stream.getvalue()
    said = json.dumps(phrase, ensure_ascii=False)
    if flow := re.search(rf"^{under}:[ \t]*\[(?P<rest>\s*\]?)", begun, re.MULTILINE):
        comma = "" if "]" in flow["rest"] else ", "
        place = flow.start("rest")
        return f"{begun[:place]}{said}{comma}{begun[place:]}"
    if block := re.search(rf"^{under}:[ \t]*(?:#.*)?\n(?P<dent>[ \t]*)-", begun, re.MULTILINE):
        place = block.start("dent")
        return f"{begun[:place]}{block['dent']}- {said}\n{begun[place:]}"
    return f"{begun}{under}:\n  - {said}\n"
