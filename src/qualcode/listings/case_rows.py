"""The table of cases: one row per case with its transcripts, attributes and the progress of its coding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from qualcode.listings.coding_rows import coded_cases
from qualcode.listings.transcript_rows import coders_by_finished_transcript
from qualcode.segments import count_turn_words
from qualcode.study.study import Study

CASE_COLUMNS = "case transcripts words codings done".split()


def case_columns(study: Study) -> list[str]:
    """Return `CASE_COLUMNS` and the attributes; one that is named as a column of the table begins with ``case_``."""
    return [*CASE_COLUMNS, *_attribute_columns(study).values()]


def _attribute_columns(study: Study) -> Mapping[str, str]:
    return {name: f"case_{name}" if name in CASE_COLUMNS else name for name in study.attributes}


def case_rows(study: Study) -> Iterator[dict[str, Any]]:
    """Yield one row per case, in the order of the table of cases; then transcripts that are cases of their own."""
    transcripts: dict[str, list[str]] = {case.id: [] for case in study.cases}
    words: Counter[str] = Counter()
    for name, shares in study.shares.items():
        for case in shares.cases:
            transcripts.setdefault(case.id, []).append(name)
        words += _count_case_words(study, name)
    codings = Counter(
        case for coding in study.codings if coding.status != "orphaned" for case in coded_cases(study, coding)
    )
    finished_by = coders_by_finished_transcript(study)
    for case_id, names in transcripts.items():
        values = study.attributes_of.get(case_id, {})
        yield {
            "case": case_id,
            "transcripts": "; ".join(names),
            "words": words[case_id],
            "codings": codings[case_id],
            "done": ", ".join(_coders_of_all(finished_by, names)),
            **{column: values.get(name, "") for name, column in _attribute_columns(study).items()},
        }


def _count_case_words(study: Study, transcript_id: str) -> Counter[str]:
    """Return the participants' words of each case in a transcript, as counts of themes have them."""
    transcript, words = study.transcripts[transcript_id], Counter[str]()
    for turn in transcript.participant_turns:
        for case_id in [turn.case] if turn.case else [case.id for case in study.shares[transcript_id].default_cases]:
            words[case_id] += count_turn_words(transcript, [turn])
    return words


def _coders_of_all(finished_by: Mapping[str, set[str]], transcripts: Sequence[str]) -> list[str]:
    """Return the coders who have finished all of these transcripts, sorted."""
    coders = [finished_by.get(name, set()) for name in transcripts]
    return sorted(set.intersection(*coders)) if coders else []
