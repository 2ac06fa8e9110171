"""Methods of `Project` that record many decisions as one action: accept, reject."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from qualcode.coding.batches.batch_records import ConfirmBatch, record_batch
from qualcode.coding.recorded_decisions import RecordedDecisions
from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import DECISION_PARAMETERS, SUGGESTION_PARAMETERS, document_parameters
from qualcode.study.selection import Names, require_coder
from qualcode.suggest.suggestion_request import SuggestionOptions

if TYPE_CHECKING:
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

    def _decide(
        self, verb: Verb, ids: Names | None, options: SuggestionOptions, *, dry_run: bool, confirm: ConfirmBatch | None
    ) -> RecordedDecisions:
        from qualcode.coding.batches.suggestion_batch import decide_on_suggestions

        name = require_coder(self.study, options.coder, verb=verb)
        batch = decide_on_suggestions(self.study, ids, options, coder=name, verb=verb)
        notes = [*batch.notes, *self._list_unread()] if ids is None else batch.notes
        return record_batch(self.study, batch.events, batch.places, notes=notes, dry_run=dry_run, confirm=confirm)
