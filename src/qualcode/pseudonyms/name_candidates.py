"""Find names to add to a key: speakers, cases, and entities that a spaCy model recognises."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from qualcode.errors import name_for_interface
from qualcode.files import read_bytes, write_private
from qualcode.pseudonyms.key_file import KeyFile, create_key_file, load_valid_key
from qualcode.pseudonyms.text import add_names, assign_pseudonyms
from qualcode.study.study import Study

_ID_PATTERN = re.compile(r"(?:[^\W\d_]{0,4}[-_ ]?\d[\w-]*|[^\W\d_]{1,2})")
"""Labels that are ids, not names: S01, P 3, I."""
_ROLES = frozenset(
    "speaker participant respondent interviewee interviewer moderator facilitator researcher unknown patient partner "
    "student teacher man woman male female person organisation place".split()
)


def find_names(key_file: KeyFile, study: Study, *, model: str = "") -> tuple[list[tuple[str, str]], list[str]]:
    """Add new names with proposed pseudonyms to a key file; return them, and notes on what was searched.

    Raises
    ------
    FileProblemsError
        If the key file has problems.
    OperationError
        If the spaCy model cannot be loaded or does not recognise entities.
    """
    create_key_file(key_file)
    key = load_valid_key(key_file)
    labels, notes = _find_entities(study, model)
    # Speakers are people, whatever label the model gives them.
    labels = {**labels, **dict.fromkeys(_speaker_and_case_names(study), "PERSON")}
    known = {form.casefold() for name in key.names for form in (*name.forms, name.pseudonym)}
    known |= {phrase.casefold() for phrase in key.keep}
    labels = _drop_case_variants({name: label for name, label in labels.items() if name.casefold() not in known})
    texts = " ".join(transcript.text for transcript in study.transcripts.values())
    # A replacement is refused if one of its pseudonyms occurs in the study.
    used = [name.pseudonym for name in key.names] + re.findall(r"\b(?:Person|Place|Organisation) \d+\b", texts)
    names = list(assign_pseudonyms(labels, used))
    if names:
        text = read_bytes(key_file.path).decode("utf-8-sig")  # Excel writes a byte-order mark
        write_private(key_file.path, add_names(text, names, suffix=key_file.path.suffix))
        # A model returns odd strings as names; a key that became invalid is reported now, not at the replacement.
        load_valid_key(key_file)
    return names, notes


def _drop_case_variants(labels: Mapping[str, str]) -> dict[str, str]:
    """Return the first of those names that differ in capitals only."""
    first: dict[str, str] = {}
    for name in labels:
        first.setdefault(name.casefold(), name)
    return {name: labels[name] for name in first.values()}


def list_name_labels(study: Study) -> list[str]:
    """Return the labels of speakers and cases that may be names of people, each once."""
    return list(dict.fromkeys(_speaker_and_case_names(study)))


def _speaker_and_case_names(study: Study) -> Iterator[str]:
    speakers = (turn.speaker for transcript in study.transcripts.values() for turn in transcript.turns)
    return filter(_is_name, (*speakers, *(case.id for case in study.cases)))


def _is_name(label: str) -> bool:
    words = re.findall(r"[^\W\d_]+", label.casefold())
    return bool(words) and not _ID_PATTERN.fullmatch(label) and not _ROLES & set(words) and "\n" not in label


def _find_entities(study: Study, model: str) -> tuple[Mapping[str, str], list[str]]:
    """Return the entity label of each name that a spaCy model recognises, and notes."""
    from qualcode.pseudonyms.named_entities import find_installed_model, load_entity_model, recognise_entities

    language = study.settings.language
    name = model or find_installed_model(language)
    if not name:
        option = name_for_interface("--spacy-model", "model=")
        return {}, [f"searched speakers and cases only: no spaCy model for '{language}' is installed ({option})"]
    texts = (transcript.text for transcript in study.transcripts.values())
    labels = recognise_entities(texts, load_entity_model(name))
    return labels, [f"searched speakers, cases, and texts with {name}: check each name, since the model makes mistakes"]
