"""Names proposed for a key: speakers, cases, and what a spaCy model takes for people, organisations and places."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from qualcode.files import read_bytes, write_private
from qualcode.project.naming.keys import KeyFile, begin_key, names_of
from qualcode.project.study import Study
from qualcode.pseudonyms import added, next_pseudonyms

_CODE_LIKE = re.compile(r"(?:[^\W\d_]{0,4}[-_ ]?\d[\w-]*|[^\W\d_]{1,2})")
"""S01, P 3, I: ids that name nobody."""
_ROLES = frozenset(
    "speaker participant respondent interviewee interviewer moderator facilitator researcher unknown patient partner "
    "student teacher man woman male female person organisation place".split()
)


def find_names(held: KeyFile, study: Study, *, model: str = "") -> tuple[list[tuple[str, str]], list[str]]:
    """Add new names with proposed pseudonyms to a key; return them, and sentences on what was looked at."""
    begin_key(held)
    key = names_of(held)
    entities, said = _entities(study, model)
    known = {form.casefold() for one in key.names for form in one.forms}
    known |= {one.pseudonym.casefold() for one in key.names} | {one.casefold() for one in key.keep}
    found = {name: kind for name, kind in {**entities, **_people(study)}.items() if name.casefold() not in known}
    texts = " ".join(one.text for one in study.transcripts.values())
    taken = [one.pseudonym for one in key.names] + re.findall(r"\b(?:Person|Place|Organisation) \d+\b", texts)
    names = list(next_pseudonyms(_once(found), taken))
    text = read_bytes(held.path).decode("utf-8-sig")
    if names:
        write_private(held.path, added(text, names, suffix=held.path.suffix))
        names_of(held)
    return names, said


def _once(found: Mapping[str, str]) -> dict[str, str]:
    """Keep one spelling of names that differ in capitals only, and those that a key can hold."""
    kept: dict[str, str] = {}
    for name in found:
        kept.setdefault(name.casefold(), name)
    return {name: found[name] for name in kept.values()}


def _people(study: Study) -> dict[str, str]:
    """Return speakers and cases that have names."""
    return {name: "PERSON" for name in _labels(study) if _is_name(name)}


def _labels(study: Study) -> Iterator[str]:
    for transcript in study.transcripts.values():
        yield from (turn.speaker for turn in transcript.turns)
    yield from (case.id for case in study.cases)


def _is_name(label: str) -> bool:
    words = re.findall(r"[^\W\d_]+", label.casefold())
    return bool(words) and not _CODE_LIKE.fullmatch(label) and not _ROLES & set(words) and "\n" not in label


def _entities(study: Study, model: str) -> tuple[Mapping[str, str], list[str]]:
    from qualcode.suggest.entities import entities, entity_model, usual_model

    language = study.settings.language
    name = model or usual_model(language)
    if not name:
        return {}, [f"looked at speakers and cases only: no spaCy model for '{language}' is installed (--spacy-model)"]
    found = entities((one.text for one in study.transcripts.values()), entity_model(name))
    return found, [f"looked at speakers, cases, and what {name} takes for names: check each, it errs"]
