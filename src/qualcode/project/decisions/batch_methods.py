"""Methods of `Project` that record many decisions as one action: accept, reject, code_matches, code_lines."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from qualcode.coding.batches.batch_records import ConfirmBatch, record_batch
from qualcode.coding.recorded_decisions import RecordedDecisions
from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import DECISION_PARAMETERS, SUGGESTION_PARAMETERS, document_parameters
from qualcode.study.selection import Names, require_coder, to_name_tuple
from qualcode.suggest.suggestion_request import SuggestionOptions

if TYPE_CHECKING:
    from qualcode.coding.batches.coding_batch import CodedSpan
    from qualcode.coding.batches.suggestion_batch import Verb


class BatchMethods(ProjectBase):
    """Decisions on all suggestions or passages that a selection finds; each call is one action of the ledger."""

    @document_parameters(SUGGESTION_PARAMETERS | DECISION_PARAMETERS)
    def accept(
        self,
        ids: Names | None = None,
        *,
        code: Names | None = None,
        transcripts: Names | None = None,
        min_score: float | None = None,
        max_score: float | None = None,
        per_sentence: int | None = None,
        top: int | None = None,
        unread_only: bool = False,
        learn_from: str | None = None,
        maker: Names | None = None,
        spacy_model: str | None = None,
        announce: Callable[[str], object] | None = None,
        coder: str | None = None,
        dry_run: bool = False,
        confirm: ConfirmBatch | None = None,
    ) -> RecordedDecisions:
        """Turn suggestions into codings of a coder: those with some ids, or those that a selection finds.

        Parameters
        ----------
        ids
            Ids of suggestions. If not given, the other parameters select them as `suggest` does.
        """
        selection = (code, transcripts, min_score, per_sentence, top, unread_only, None)
        options = SuggestionOptions(*selection, learn_from, coder, False, maker, spacy_model, announce, max_score)
        return self._decide("accept", ids, options, dry_run=dry_run, confirm=confirm)

    @document_parameters(SUGGESTION_PARAMETERS | DECISION_PARAMETERS)
    def reject(
        self,
        ids: Names | None = None,
        *,
        code: Names | None = None,
        transcripts: Names | None = None,
        min_score: float | None = None,
        max_score: float | None = None,
        per_sentence: int | None = None,
        top: int | None = None,
        unread_only: bool = False,
        learn_from: str | None = None,
        maker: Names | None = None,
        spacy_model: str | None = None,
        announce: Callable[[str], object] | None = None,
        coder: str | None = None,
        dry_run: bool = False,
        confirm: ConfirmBatch | None = None,
    ) -> RecordedDecisions:
        """Dismiss suggestions, selected as by `accept`; they return only if the code's entry in the codebook changes.

        Parameters
        ----------
        ids
            Ids of suggestions. If not given, the other parameters select them as `suggest` does.
        """
        selection = (code, transcripts, min_score, per_sentence, top, unread_only, None)
        options = SuggestionOptions(*selection, learn_from, coder, False, maker, spacy_model, announce, max_score)
        return self._decide("reject", ids, options, dry_run=dry_run, confirm=confirm)

    @document_parameters(DECISION_PARAMETERS)
    def code_matches(
        self,
        words: str,
        code: str,
        *,
        regex: bool = False,
        case: bool = False,
        span: CodedSpan = "sentence",
        within: Names | None = None,
        speaker: Names | None = None,
        transcripts: Names | None = None,
        coder: str | None = None,
        dry_run: bool = False,
        confirm: ConfirmBatch | None = None,
    ) -> RecordedDecisions:
        """Code each place where participants say certain words; what is coded so already is left out.

        Parameters
        ----------
        words
            Whole words next to one another; ``*`` stands for any letters, as for `search`.
        code
            Id of the code.
        regex
            Whether ``words`` is a regular expression.
        case
            Whether capitals must be equal.
        span
            What is coded: the "sentence" with the words, its "paragraph" or "turn", or the "match" alone.
        within
            Only words inside codings of one's own of these codes (with the codes below them), families or themes.
        speaker
            Only turns of these speakers.
        transcripts
            Only these transcripts; patterns such as ``"S*"`` work.
        """
        from qualcode.coding.batches.match_batch import MatchOptions, code_hits
        from qualcode.listings.reading.word_search import WordQuery, compile_words, search_study

        name = require_coder(self.study, coder, verb="code")
        options = MatchOptions(words, regex, case, span, within, speaker, transcripts)
        query = WordQuery(compile_words(words, regex=regex, case=case), speakers=to_name_tuple(speaker), context=40)
        hits, notes = search_study(self.study, query, transcripts)
        batch = code_hits(self.study, hits, options, code=code, coder=name)
        notes += [*batch.notes(), *self._list_unread()]
        return record_batch(self.study, batch.events, batch.places, notes=notes, dry_run=dry_run, confirm=confirm)

    @document_parameters(DECISION_PARAMETERS)
    def code_lines(
        self,
        lines: str | Path | Sequence[str],
        code: str,
        *,
        span: CodedSpan = "sentence",
        transcript: str | None = None,
        skip: bool = False,
        coder: str | None = None,
        dry_run: bool = False,
        confirm: ConfirmBatch | None = None,
    ) -> RecordedDecisions:
        """Code the lines of sources that another program has found and printed with their numbers, such as ``grep -n``.

        Parameters
        ----------
        lines
            What it has printed: a text, its lines, or the path of a file, as ``path:12:words`` or ``path:12:5:words``
            with the column in bytes.
        code
            Id of the code.
        span
            What is coded: the "sentence" or sentences with the words, their "paragraph" or "turn", or the "match"
            alone: the line, or what ``grep -o`` prints.
        transcript
            The transcript of lines without the name of a file.
        skip
            Whether lines that cannot be placed are left out, and the others coded.

        Raises
        ------
        FileProblemsError
            If lines cannot be placed, unless ``skip`` or ``dry_run``.
        """
        from qualcode.coding.batches.line_batch import code_output_lines

        name = require_coder(self.study, coder, verb="code")
        batch = code_output_lines(self.study, lines, code, span=span, transcript=transcript, coder=name)
        batch.check_problems(is_allowed=skip or dry_run)
        return replace(
            record_batch(self.study, batch.events, batch.places, notes=batch.notes(), dry_run=dry_run, confirm=confirm),
            problems=tuple(batch.problems),
        )

    def _decide(
        self, verb: Verb, ids: Names | None, options: SuggestionOptions, *, dry_run: bool, confirm: ConfirmBatch | None
    ) -> RecordedDecisions:
        from qualcode.coding.batches.suggestion_batch import decide_on_suggestions

        name = require_coder(self.study, options.coder, verb=verb)
        batch = decide_on_suggestions(self.study, ids, options, coder=name, verb=verb)
        notes = [*batch.notes, *self._list_unread()] if ids is None else batch.notes
        return record_batch(self.study, batch.events, batch.places, notes=notes, dry_run=dry_run, confirm=confirm)
