"""What is written about the current suggestion, coding or disagreement, and about a code."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from qualcode.errors import format_count
from qualcode.model import Code, Codebook, Coding
from qualcode.review.session.hits import HIT_NAMES
from qualcode.review.session.review_session import ReviewSession
from qualcode.review.session.transcript_marks import SuggestionRow
from qualcode.suggest.suggestion_request import LEARNER


def describe_item(session: ReviewSession) -> Text:
    """Return what the keys act on: the current suggestion with its reasons, or the coding, or the sentence."""
    if session.is_adjudication:
        return _describe_disagreement(session)
    if (row := session.current_suggestion) is not None:
        return _describe_suggestion(session, row)
    if (coding := session.current_coding) is not None:
        return _describe_coding(session, coding)
    waiting = next((mark for mark in session.marks if mark.id == session.current_mark), None)
    if waiting is not None:
        return Text.assemble(("! ", "bold"), (waiting.code, "bold"), f"  {waiting.note}: ctrl+s saves it")
    if session.lacks_participants:
        return Text(session.lacks_participants)
    where = "the selected words" if session.selection else "this sentence"
    lines = [Text.assemble(("memo: ", "bold"), memo) for memo in _memos_here(session)]
    return Text("\n").join([*lines, Text(f"nothing on {where}: space chooses a code, m writes a memo")])


def _describe_suggestion(session: ReviewSession, row: SuggestionRow) -> Text:
    code = session.book.by_id.get(row["code"])
    head = Text.assemble(("▯ ", "bold"), (row["code"], "bold"), f"  {code.name if code else ''}  ", _score(row))
    if session.hits.kind == "suggestion" and session.hits.current:
        head.append(f"   {session.hits.place + 1:,} of {len(session.hits.hits):,}")
    return Text("\n").join([head, Text.assemble(("why: ", "bold"), row["why"])])


def _score(row: SuggestionRow) -> str:
    if row["maker"] != LEARNER:
        return f"{row['score']:.2f}  by {row['maker']}"
    # The verdict is on the model for this code, not on this suggestion.
    has_verdict = row.get("verdict") not in {None, "", "use"}
    return f"{row['score']:.2f}" + (f"  (model for this code: {row['verdict']})" if has_verdict else "")


def _describe_coding(session: ReviewSession, coding: Coding) -> Text:
    code = session.book.by_id.get(coding.code)
    head = Text.assemble(("█ ", "bold"), (coding.code, "bold"), f"  {code.name if code else ''}  by {coding.coder}")
    lines = [head]
    if coding.status == "changed":
        lines.append(Text.assemble(("was: ", "bold"), f"“{coding.was}”", "   a confirms, < > new bounds, x retracts"))
    memos = [*memos_on(session, coding), *_memos_here(session)]
    lines += [Text.assemble(("memo: ", "bold"), memo) for memo in memos]
    if code and len(lines) == 1:
        lines.append(Text(code.definition))
    return Text("\n").join(lines)


def memos_on(session: ReviewSession, coding: Coding) -> list[str]:
    """Return the memos on a coding."""
    return [memo.text for memo in session.memos if memo.target == coding.id]


def _memos_here(session: ReviewSession) -> list[str]:
    """Return the memos on words of the current sentence."""
    start, end = session.cursor
    here = [memo for memo in session.memos if memo.transcript == session.transcript.id and not memo.target]
    return [memo.text for memo in here if memo.start < end and start < memo.end]


def _describe_disagreement(session: ReviewSession) -> Text:
    # Not imported above, since it loads scipy: the first screen would wait for it.
    from qualcode.listings.agreement.disagreement_rows import CODES_BY

    hit = session.hits.current
    row = session.disagreements.get(hit.id) if hit else None
    if hit is None or row is None:
        return Text("no disagreement here: n goes to the next one" if session.hits.hits else "no disagreement is left")
    left = format_count(len(session.hits.hits), "passage")
    lines = [Text.assemble((f"{left} left", "bold"), f"  {row['transcript']} turn {row['turn']}  {row['speaker']}")]
    for number, coder in enumerate(session.options.adjudicate, 1):
        codes = row.get(f"{CODES_BY}{coder}") or "no code"
        lines.append(Text.assemble((f"{number} {coder}: ", "bold"), codes))
    if row["agreed"]:
        lines.append(Text.assemble(("both: ", "bold"), row["agreed"]))
    if session.reason:
        lines.append(Text.assemble(("reason: ", "bold"), session.reason))
    return Text("\n").join(lines)


def describe_code(code: Code) -> Text:
    """Return the entry of a code: name, definition, what to include and exclude, examples."""
    lines = [Text.assemble((code.id, "bold"), f"  {code.marked_name}")]
    for title, text in (("", code.definition), ("Include", code.include), ("Exclude", code.exclude)):
        if text:
            lines.append(Text.assemble((f"{title}: " if title else "", "bold"), " ".join(text.split())))
    lines += list(_describe_examples("Example", [example.quote for example in code.examples]))
    lines += list(_describe_examples("Not", [example.quote for example in code.counterexamples]))
    if code.formerly:
        lines.append(Text.assemble(("Formerly: ", "bold"), ", ".join(code.formerly)))
    return Text("\n\n").join(lines)


def _describe_examples(title: str, quotes: list[str]) -> Iterator[Text]:
    for quote in quotes:
        yield Text.assemble((f"{title}: ", "bold"), f"“{quote}”")


def current_code(session: ReviewSession) -> str:
    """Return the code of the current suggestion or coding, or the first disputed one; empty if there is none."""
    return next(iter(current_codes(session)), "")


def current_codes(session: ReviewSession) -> list[str]:
    """Return the codes of what the keys act on: one, or of a disagreement all that are disputed."""
    if session.is_adjudication:
        hit = session.hits.current
        row = session.disagreements.get(hit.id) if hit else None
        return row["disputed"].split("; ") if row else []
    row, coding = session.current_suggestion, session.current_coding
    return [row["code"]] if row is not None else [coding.code] if coding is not None else []


def describe_status(session: ReviewSession, *, per_minute: float, waits: bool) -> str:
    """Return where the coder is, and what is read, coded and left."""
    sentences = len(session.spans.sentences)
    read = len(session.progress.read)
    own = sum(coding.coder == session.coder for coding in session.codings)
    parts = [
        f"{session.transcript.id}",
        f"{session.index + 1 if sentences else 0}/{sentences}",
        f"read {round(100 * read / sentences) if sentences else 0} %",
    ]
    if session.is_adjudication:
        parts.append(f"{format_count(len(session.hits.hits), 'passage')} left")
    else:
        parts.append(f"coded {own:,}")
        parts.append("suggestions ..." if waits else f"left {len(session.open_suggestions):,}")
    if per_minute:
        parts.append(f"{per_minute:.1f}/min")
    parts.append(session.coder + (" blind" if session.is_blind else ""))
    if session.hits.kind not in {"suggestion", "disagreement"}:
        parts.append(f"{HIT_NAMES[session.hits.kind]} {session.hits.place + 1}/{len(session.hits.hits)}")
    if session.filter:
        parts.append("filtered (F: all)")
    if session.unsaved:
        parts.append(f"NOT SAVED: {len(session.unsaved)}")
    return "  ".join(parts)


def list_families(book: Codebook) -> Iterator[tuple[str, str, list[Code]]]:
    """Yield the id, name and codes in use of each family."""
    for family in book.families:
        yield family.id, family.name, [code for code in book.codes if code.family == family.id and not code.retired]
