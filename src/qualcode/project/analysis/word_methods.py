"""Methods of `Project` on participants' words: what is typical of a code or group, and candidates for codes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from qualcode.project.project_base import ProjectBase
from qualcode.shared_parameters import ANALYSIS_PARAMETERS, document_parameters
from qualcode.study.selection import AnalysisOptions, Names, UniverseName

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.incidence import CodeSetLevel


class WordMethods(ProjectBase):
    """Words of participants."""

    @document_parameters(ANALYSIS_PARAMETERS)
    def keyness(
        self,
        *,
        top: int = 20,
        min_count: int = 3,
        min_transcripts: int = 2,
        under: bool = False,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        by: Names | None = None,
        level: CodeSetLevel | Sequence[CodeSetLevel] | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
    ) -> pd.DataFrame:
        """Return the words that are typical of the passages with a code or, with ``by``, of a group of cases.

        Without ``by``, the words of passages with a code are compared with all other words of participants; with
        ``by``, a group's words with those of the other groups, with ``code`` only the words of passages with it. For a
        word in context see `search`.

        Parameters
        ----------
        top
            Maximum number of words of each code or group.
        min_count
            Least number of occurrences of a word.
        min_transcripts
            Least number of transcripts in which it occurs.
        under
            Whether words that are rarer than in the rest are included.

        References
        ----------
        Dunning (1993) for the log-likelihood ratio, as in quanteda's ``textstat_keyness``; Hardie (2014) for log ratio.
        """
        from qualcode.listings.analysis.words.keyness_rows import KEYNESS_COLUMNS, KeynessOptions, list_keyness
        from qualcode.tables import group_columns, make_frame

        chosen = AnalysisOptions(None, coder, code, transcripts, by, level, universe, as_of)
        rows, counted, notes = list_keyness(
            self.study, chosen, KeynessOptions(top, min_count, min_transcripts, under=under)
        )
        columns = group_columns(counted.group_attributes, KEYNESS_COLUMNS)
        return make_frame(rows, [*columns, *KEYNESS_COLUMNS], notes=notes, categories=self._categories)

    @document_parameters(ANALYSIS_PARAMETERS)
    def in_vivo(
        self,
        *,
        top: int = 30,
        max_words: int = 4,
        min_count: int = 3,
        min_transcripts: int = 2,
        coder: Names | None = None,
        code: Names | None = None,
        transcripts: Names | None = None,
        universe: UniverseName = "asked",
        as_of: str | None = None,
    ) -> pd.DataFrame:
        """Return candidates for in-vivo codes: words and phrases of participants, mostly where no code is.

        Parameters
        ----------
        top
            Maximum number of phrases.
        max_words
            Maximum number of words of a phrase.
        min_count
            Least number of occurrences without a code.
        min_transcripts
            Least number of transcripts in which it occurs without a code.
        code
            Which codes count as codes; all if not given.
        """
        from qualcode.listings.analysis.words.in_vivo_rows import IN_VIVO_COLUMNS, InVivoOptions, list_in_vivo
        from qualcode.tables import make_frame

        chosen = AnalysisOptions(None, coder, code, transcripts, universe=universe, as_of=as_of)
        rows, notes = list_in_vivo(self.study, chosen, InVivoOptions(top, max_words, min_count, min_transcripts))
        return make_frame(rows, IN_VIVO_COLUMNS, notes=notes, categories=self._categories)
