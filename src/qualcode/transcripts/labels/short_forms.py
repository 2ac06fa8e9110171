"""Short forms that a source introduces: "Interviewer (I):" and then "I:", or "I = Interviewer" in a header."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from qualcode.model import SpeakerRule
from qualcode.transcripts.labels.label_shapes import RECOGNISER_NAME, ROLE_WORDS
from qualcode.transcripts.labels.speaker_labels import normalise_label, role_of, without_number

_WITH_FORM = re.compile(
    r"(?P<name>[^()\[\]（）【】]*[^()\[\]（）【】\s])\s*[(\[（【]\s*(?P<form>[^()\[\]（）【】]+?)\s*[)\]）】]"
)
"""A label with another in parentheses: Interviewer (I), I (Interviewer)."""
_WITH_FORM_BESIDE = re.compile(r"(?P<name>[^/|=,]*[^/|=,\s])\s*[/|=,]\s*(?P<form>[^/|=,]*[^/|=,\s])")
"""A label with another behind a sign: Interviewer / I."""

_HEREAFTER = re.compile(
    r"(?:hereafter|short|abbreviated|kurz|abgekürzt|im folgenden|fortan|ci-après|en adelante|doravante|di seguito"
    r"|hierna)(?: as| als)?[: ]+",
    re.IGNORECASE,
)
"""Words before a short form in parentheses."""

_RECOGNISER = re.compile(RECOGNISER_NAME)
_MAX_LEGENDS = 200
"""Short labels that may have a legend in the header: each is looked for in all of it."""
_MAX_SHORT = 4
"""Characters of a short form."""

_ROLE = r"(?P<name>[^\W\d_][^\n,;|=:()\[\]]{{1,39}})"
_LEGENDS = (
    rf"(?<!\w){{short}}[)\]）]?\s*(?:=|:|：|–|—|-|→)\s*{_ROLE}",  # I = Interviewer, [I] - Interviewer
    rf"[(\[（] *{{short}} *[)\]）]\s*{_ROLE}",  # [I] Interviewer
    # Interviewer (I), Interviewer (I) and Respondent (R)
    rf"(?<!\w){{short}}\s*[(\[（]\s*{_ROLE}",  # AL (interviewer)
    rf"(?m:^[^\w\n]*+){_ROLE}\s*[:：][^\n:：]*[(\[（] *{{short}} *[)\]）]",  # Interviewer: Ann Lee (AL)
    rf"(?<!\w){{short}}\s*=[^\n,;=:]+,\s*{_ROLE}(?=\s*(?:\Z|[\n;.]))",  # AL = Ann Lee, interviewer
    rf"{_ROLE[:-1]}?) *[(\[（] *{{short}} *[)\]）](?=\s*(?:\Z|[\n,;.]|(?:and|und|et|y|e|en|with|mit|&)\s))",
)
"""Forms in which a header gives a short label its role."""


def find_short_forms(
    labels: Collection[str], header: str, *, interviewers: Collection[str], rules: Mapping[str, SpeakerRule]
) -> dict[str, SpeakerRule]:
    """Return rules for labels that are short forms of another label, or of a role that the header gives them.

    Labels with a rule in the settings (``rules``, by normalised label) are left out.
    """
    free = [label for label in labels if label and normalise_label(label) not in rules]
    short = [label for label in free if len(label) <= _MAX_SHORT and label in header]
    legends = short if len(short) <= _MAX_LEGENDS else []
    found = {
        label: SpeakerRule(role="interviewer") for label in legends if _is_interviewer(label, header, interviewers)
    }
    others = {label: SpeakerRule(role="participant") for label in find_numbered_others(free, interviewers)}
    return found | others | dict(_find_pairs(free, interviewers))


def find_numbered_others(labels: Collection[str], interviewers: Collection[str]) -> list[str]:
    """Return labels with numbers from 1 beside an interviewer's without one, which are another kind of person.

    M1 is a man where M is the moderator. Words for interviewers have a number without being others: Interviewer 1.
    """
    if not any(label[-1:].isdigit() or label.endswith(".") for label in labels):
        return []
    keys = {normalise_label(label): label for label in labels}
    named = {*map(normalise_label, interviewers)} & keys.keys()
    short = {key for key in named if len(key) == 1 or _RECOGNISER.fullmatch(f"{key} 1")}
    begun = [key for key in keys.keys() - named if short and key.startswith(tuple(short))]
    numbered = {key: bare for key in begun if (bare := without_number(key)) in short}
    firsts = {bare for key, bare in numbered.items() if re.search(r"\D0*1\.?$", key)}
    return sorted(keys[key] for key, bare in numbered.items() if bare in firsts)


def _find_pairs(labels: Collection[str], interviewers: Collection[str]) -> Iterator[tuple[str, SpeakerRule]]:
    """Yield each label that stands in exactly one other label, in parentheses or before them."""
    by_key = {normalise_label(label): label for label in labels}
    introduced: dict[str, list[str]] = {}
    for label in labels:
        if match := _WITH_FORM.fullmatch(label) or _WITH_FORM_BESIDE.fullmatch(label):
            form = _HEREAFTER.sub("", match["form"])
            for short in _forms(normalise_label(match["name"]), normalise_label(form), interviewers):
                introduced.setdefault(short, []).append(label)
    for short, names in introduced.items():
        # A form that two labels introduce could be either.
        if short in by_key and len(names) == 1 and by_key[short] != names[0]:
            yield by_key[short], SpeakerRule(name=names[0])


def _forms(name: str, form: str, interviewers: Collection[str]) -> Iterator[str]:
    """Yield the short form, and the form in full, of "name (form)", if one of them is short or a role."""
    if len(form) <= _MAX_SHORT or _is_role(form, interviewers):
        yield form
    if (len(name) <= _MAX_SHORT and len(form) > len(name)) or (
        _is_role(name, interviewers) and len(form) <= _MAX_SHORT
    ):
        yield name


def _is_role(text: str, interviewers: Collection[str]) -> bool:
    return text in ROLE_WORDS or role_of(text, interviewers=interviewers) == "interviewer"


def _is_interviewer(label: str, header: str, interviewers: Collection[str]) -> bool:
    """Tell whether a header says that a short label is an interviewer's."""
    short = re.escape(label)
    matches = (re.search(pattern.format(short=short), header) for pattern in _LEGENDS)
    return any(
        match and role_of(match["name"].strip(), interviewers=interviewers) == "interviewer" for match in matches
    )
