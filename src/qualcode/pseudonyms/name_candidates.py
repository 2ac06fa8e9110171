"""Names proposed for a key: speakers, cases, and what a spaCy model takes for people, organisations and places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from qualcode.files import read_bytes, write_private
from qualcode.pseudonyms.key_file import KeyFile, ensure_key_file, load_valid_key
from qualcode.pseudonyms.text import add_names, assign_pseudonyms
from qualcode.study.study import Study

_ID_PATTERN = re.compile(r"(?:[^\W\d_]{0,4}[-_ ]?\d[\w-]*|[^\W\d_]{1,2})")
"""S01, P 3, I: ids that name nobody."""
_ROLES = frozenset(
    "speaker participant respondent interviewee interviewer moderator facilitator researcher unknown patient partner "
    "student teacher man woman male female person organisation place".split()
)


def find_names(held: KeyFile, study: Study, *, model: str = "") -> tuple[list[tuple[str, str]], list[str]]:
    """Add new names with proposed pseudonyms to a key; return them, and sentences on what was looked at."""
    ensure_key_file(held)
    key = load_valid_key(held)
    entities, said = _find_entities(study, model)
    known = {form.casefold() for one in key.names for form in one.forms}
    known |= {one.pseudonym.casefold() for one in key.names} | {one.casefold() for one in key.keep}
    found = {
        name: kind
        for name, kind in {**entities, **_speaker_and_case_names(study)}.items()
        if name.casefold() not in known
    }
    texts = " ".join(one.text for one in study.transcripts.values())
    taken = [one.pseudonym for one in key.names] + re.findall(r"\b(?:Person|Place|Organisation) \d+\b", texts)
    names = list(assign_pseudonyms(_drop_case_variants(found), taken))
    text = read_bytes(held.path).decode("utf-8-sig")
    if names:
        write_private(held.path, add_names(text, names, suffix=held.path.suffix))
        load_valid_key(held)
    return names, said


def _drop_case_variants(found: Mapping[str, str]) -> dict[str, str]:
    """Keep one spelling of names that differ in capitals only, and those that a key can hold."""
    kept: dict[str, str] = {}
    for name in found:
        kept.setdefault(name.casefold(), name)
    return {name: found[name] for name in kept.values()}


def _speaker_and_case_names(study: Study) -> dict[str, str]:
    """Return speakers and cases that have names."""
    return {name: "PERSON" for name in _labels(study) if _is_name(name)}


def _labels(study: Study) -> Iterator[str]:
    for transcript in study.transcripts.values():
        yield from (turn.speaker for turn in transcript.turns)
    yield from (case.id for case in study.cases)


def _is_name(label: str) -> bool:
    words = re.findall(r"[^\W\d_]+", label.casefold())
    return bool(words) and not _ID_PATTERN.fullmatch(label) and not _ROLES & set(words) and "\n" not in label


def _find_entities(study: Study, model: str) -> tuple[Mapping[str, str], list[str]]:
    from qualcode.pseudonyms.named_entities import find_installed_model, load_entity_model, recognise_entities

    language = study.settings.language
    name = model or find_installed_model(language)
    if not name:
        return {}, [f"looked at speakers and cases only: no spaCy model for '{language}' is installed (--spacy-model)"]
    found = recognise_entities((one.text for one in study.transcripts.values()), load_entity_model(name))
    return found, [f"looked at speakers, cases, and what {name} takes for names: check each, it errs"]
