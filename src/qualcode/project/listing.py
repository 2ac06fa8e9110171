"""Codings as lines, finished transcripts from a table, memos, and what counts leave out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from pathlib import Path
from typing import Any

from qualcode.anchors import turn_at
from qualcode.errors import Problem, QualcodeError, UnknownName
from qualcode.ledger import Event, new_event
from qualcode.model import Codebook, Coding, lies_in
from qualcode.project.bulk import DONE_COLUMNS, Placed, read_rows
from qualcode.project.choice import Choice, chosen_codes, chosen_transcript, chosen_transcripts, deciding_coder, names
from qualcode.project.deciding import done_events, memo_text
from qualcode.project.study import Study
from qualcode.transcripts import cases_at


def coding_rows(study: Study, choice: Choice) -> Iterator[dict[str, Any]]:
    """Yield a line a coding; of all coders unless some are named."""
    book = study.book
    coders = names(choice.get("coder"))
    for coder in coders:
        if coder not in study.coders:
            raise UnknownName("coder", coder, study.coders)
    only = chosen_codes(book, choice.get("code"))
    wanted = book.opened(only)
    picked = names(choice.get("transcripts"))
    where = set(chosen_transcripts(study, picked)) if picked else None
    for coding in study.codings:
        if where is not None and coding.transcript not in where:
            continue
        if coders and coding.coder not in coders:
            continue
        if not only or coding.code in wanted or any(lies_in(coding.code, one) for one in only):
            yield _coding_row(study, coding)


def _coding_row(study: Study, coding: Coding) -> dict[str, Any]:
    transcript = study.transcripts.get(coding.transcript)
    turn = turn_at(transcript, coding.start) if transcript and coding.status != "orphaned" else None
    return {
        "id": coding.id,
        "transcript": coding.transcript,
        "case": ", ".join(_cases(study, coding)),
        "turn": turn.index if turn else None,
        "speaker": turn.speaker if turn else "",
        "start": coding.start,
        "end": coding.end,
        "quote": coding.quote,
        "code": coding.code,
        "coder": coding.coder,
        "at": coding.at,
        "status": coding.status,
        "memo": coding.memo,
        "maker": coding.maker,
        "was": coding.was,
    }


def _cases(study: Study, coding: Coding) -> list[str]:
    """Return the cases of the words that are coded; of an orphaned coding, those of its transcript."""
    shares = study.shares.get(coding.transcript)
    if shares is None or coding.status == "orphaned":
        return [case.id for case in shares.cases] if shares else []
    return cases_at(study.transcripts[coding.transcript], shares, coding.start, coding.end)


def done_rows(study: Study, path: Path, *, coder: str | None) -> tuple[list[Event], Placed]:
    """Read a table of finished transcripts; with any problem there are no events."""
    needed = ["transcript"] + ([] if coder or study.settings.coder else ["coder"])
    lines, said = read_rows(path, columns=DONE_COLUMNS, needed=needed)
    problems = [problem for problem in said if problem.level == "error"]
    if any("code" in line.cells or "quote" in line.cells for line in lines):
        problems.append(Problem(str(path), 1, 0, "this is a table of codings", "for those: qualcode code --from"))
    marked: dict[tuple[str, str, tuple[str, ...]], Event] = {}
    already = 0
    for line in lines if not problems else ():
        try:
            who = deciding_coder(study, line.cells.get("coder", "").strip() or coder, verb="finish")
            name = chosen_transcript(study, line.cells.get("transcript", "").strip()).id
            families = [part.strip() for part in line.cells.get("families", "").split(";") if part.strip()]
            found, again = done_events(study, [name], coder=who, families=families)
        except QualcodeError as error:
            problems.append(line.problem(str(error)))
        else:
            new = {(event.coder, event.transcript, event.families): event for event in found}
            already += len(again) + len(new.keys() & marked.keys())
            marked = new | marked
    events = list(marked.values()) if not problems else []
    coders = Counter(event.coder for event in events)
    notices = tuple(problem for problem in said if problem.level == "notice")
    return events, Placed(len(events), already, tuple(problems), notices, coders)


def memo_on(study: Study, text: str, *, on: str, coder: str) -> Event:
    """Return the memo event on the study, a coding, a code or a transcript."""
    text = memo_text(text)
    codings = {coding.id: coding for coding in study.codings}
    if not on:
        return new_event("memo", coder=coder, text=text)
    if on in codings:
        return new_event("memo", coder=coder, transcript=codings[on].transcript, target=on, text=text)
    if on in study.transcripts:
        return new_event("memo", coder=coder, transcript=on, text=text, sha256=study.transcripts[on].sha256)
    if on in study.book.by_id:
        return new_event("memo", coder=coder, code=on, text=text)
    raise UnknownName("coding, code or transcript", on, [*study.transcripts, *study.book.by_id])


def left_out(study: Study, coders: Collection[str] = ()) -> list[str]:
    """Say what counts of these coders (all, if none is named) lack: unread sources, orphaned codings, unknown codes."""
    said = [*unread(study), *_errors(study.case_problems)]
    own = [coding for coding in study.codings if not coders or coding.coder in coders]
    orphaned = sum(coding.status == "orphaned" for coding in own)
    unknown = _unknown_codes(study, own)
    if orphaned:
        said.append(f"not counted: {orphaned} orphaned codings (see 'qualcode check')")
    if stale := sum(many for (_, coder), many in study.stale.items() if not coders or coder in coders):
        said.append(f"transcripts were edited since they were coded: 'qualcode update' follows {stale} codings")
    if unknown:
        many = f"{unknown.total()} codings of codes that the codebook lacks"
        said.append(f"not counted: {many} ({', '.join(sorted(unknown))})")
    return [*said, *map(str, study.ledger_problems)]


def unread(study: Study) -> list[str]:
    """Say which sources cannot be read, and what is wrong with the settings that they are read by."""
    return _errors([*study.settings_problems, *study.transcript_problems])


def _errors(problems: Iterable[Problem]) -> list[str]:
    return [str(problem) for problem in problems if problem.level == "error"]


def mendable(study: Study) -> bool:
    """Tell whether counts lack something that its owner can mend: files that cannot be read, unknown codes."""
    return bool(
        unread(study) or _errors(study.case_problems) or study.ledger_problems or _unknown_codes(study, study.codings)
    )


def _unknown_codes(study: Study, codings: Iterable[Coding]) -> Counter[str]:
    known = study.book.by_id
    return Counter(coding.code for coding in codings if coding.code not in known)


def code_rows(book: Codebook) -> Iterator[dict[str, Any]]:
    """Yield a line a code with its whole entry."""
    for code in book.codes:
        yield {
            "code": code.id,
            "name": code.name,
            "family": code.family,
            "definition": code.definition,
            "include": code.include,
            "exclude": code.exclude,
            "examples": [example.quote for example in code.examples],
            "counterexamples": [example.quote for example in code.counterexamples],
            "cues": len(code.cues),
            "formerly": list(code.formerly),
            "colour": code.colour,
        }
