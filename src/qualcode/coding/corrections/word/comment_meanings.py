"""What the text of a comment asks for: codes with remarks, a decision on a coding, or a remark alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from qualcode.coding.corrections.code_labels import CodeLabels, format_code_label
from qualcode.coding.corrections.correction import DECISIONS
from qualcode.errors import OperationError, QualcodeError
from qualcode.model import Codebook

_MEMO = re.compile(r"(?:memo|note)\s*[:：]\s*", re.IGNORECASE)
_CODE = re.compile(r"code\s*[:：]\s*", re.IGNORECASE)
_COLON = re.compile("[:：]")
_LIST = re.compile(r"[;\n]")
_DECISION = re.compile(rf"({'|'.join(DECISIONS)})(?!\w)", re.IGNORECASE)
_OTHER_DECISION = re.compile(rf"(?:but|and|or|then|better)?\W*({'|'.join(DECISIONS)})(?!\w)", re.IGNORECASE)
_BREAK = re.compile(r"\s*(?:[:：;,.!–—-]\s*|\n\s*|$)")
"""What may be between a decision and a remark: without it, "keep this in mind" would be a decision."""
_NEW_CODE = re.compile(r"\s*(?:[:：]|(?:to|as)\s|-+>|→|[-–—]+\s)?\s*", re.IGNORECASE)
_QUOTATION_MARKS = "“”„\"'‘’«»"
_SHORTEST_TYPO = 4
"""Letters of a word that may have a typo: shorter words are too similar."""
_MIN_LIKENESS = 0.75
"""Likeness from which a word may be meant as a decision: "kept" and "rejectd" are."""


@dataclass(frozen=True, slots=True)
class CodedRemark:
    """A code as typed with a remark on it; without a code, a remark on the passage."""

    code: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the answer to a coding's comment says: a decision as typed, with new codes, and a remark."""

    decision: str = ""
    new_codes: tuple[str, ...] = ()
    remark: str = ""


class CommentMeanings:
    """Reads the texts of comments by the codes of a codebook."""

    def __init__(self, codebook: Codebook) -> None:
        self._labels = CodeLabels(codebook)
        codes = codebook.codes
        self._names = {
            _fold(name): name
            for code in codes
            for name in (code.id, code.name, format_code_label(code), *code.formerly)
            if name
        }
        families = [name for family in codebook.families for name in (family.id, family.name)]
        themes = [name for theme in codebook.themes for name in (theme.id, theme.name)]
        self._groups = {_fold(name): name for name in (*families, *themes)}
        self._tails = {_fold(code.id.rpartition("/")[2]): code.id for code in codes}
        self._longest = max(map(len, self._names), default=0) + len(_QUOTATION_MARKS)

    def read_codes(self, text: str) -> list[CodedRemark]:
        """Return the codes that a comment gives to its words, each with its remark, or its remark alone.

        Raises
        ------
        OperationError
            If it is nearly a code.
        """
        text = text.strip()
        if memo := _MEMO.match(text):
            return [CodedRemark("", text[memo.end() :])]
        if named := _CODE.match(text):
            return self._read_list(text[named.end() :]) or [CodedRemark(text[named.end() :])]
        if found := self._read_list(text):
            return found
        self._refuse_likely_typo(text)
        return [CodedRemark("", text)]

    def _read_list(self, text: str) -> list[CodedRemark]:
        """Return the code of a text with its remark, or the codes of its lines; nothing if it has no code."""
        if coded := self._split_code(text):
            return [coded]
        lines = [line.strip() for line in _LIST.split(text) if line.strip()]
        found = [coded for line in lines if (coded := self._split_code(line))]
        if found and len(found) == len(lines):
            return found
        first, _, rest = text.partition("\n")
        coded = self._split_code(first)
        return [CodedRemark(coded.code, "\n".join(filter(None, [coded.remark, rest.strip()])))] if coded else []

    def _split_code(self, text: str) -> CodedRemark | None:
        """Return the code that a text is, or the longest one before a colon with the remark behind it."""
        if self._is_code(text):
            return CodedRemark(_bare(text))
        for head, remark in reversed(list(self._split_at_colons(text))):
            if self._is_code(head):
                return CodedRemark(_bare(head), remark)
        return None

    def _split_at_colons(self, text: str) -> Iterator[tuple[str, str]]:
        for colon in _COLON.finditer(text[: self._longest + 1]):
            yield text[: colon.start()], text[colon.end() :].strip()

    def _is_code(self, text: str) -> bool:
        if len(text) > self._longest:
            return False
        bare = _bare(text)
        # The labels also know a label whose name has changed.
        return _fold(bare) in self._names or (bare.endswith(")") and self._labels.has(bare))

    def _refuse_likely_typo(self, text: str) -> None:
        heads = [text, *(head for head, _ in self._split_at_colons(text))]
        for head in (_bare(head) for head in heads if len(head) <= self._longest):
            folded = _fold(head)
            if group := self._groups.get(folded):
                raise OperationError(f"'{group}' is a family or theme, not a code: {_ADVICE}")
            near = self._tails.get(folded) or _find_likely_typo(folded, self._names)
            if near:
                raise OperationError(f"'{head}' is no code (did you mean '{near}'?): {_ADVICE}")

    def read_answer(self, text: str) -> Answer:
        """Return what an answer to a coding's comment says.

        Raises
        ------
        OperationError
            If it may be a decision or a remark, or names a code but not what to do with it.
        """
        text = text.strip()
        if memo := _MEMO.match(text):
            return Answer(remark=text[memo.end() :])
        decision = _DECISION.match(text)
        if decision and decision[1].casefold() == "recode":
            return self._read_recoding(decision[1], text[decision.end() :])
        if decision:
            gap = _BREAK.match(text, decision.end())
            if gap is None:
                raise OperationError(f"'{decision[1]}' may be a decision or a remark: {_decision_advice(decision[1])}")
            remark = text[gap.end() :].strip()
            if other := _OTHER_DECISION.match(remark):
                both = f"'{decision[1]}' and '{other[1]}'"
                raise OperationError(f"{both} are two decisions: {_decision_advice(decision[1])}")
            return Answer(decision[1], (), remark)
        head = _COLON.split(text, maxsplit=1)[0].strip()
        if get_close_matches(_fold(head), DECISIONS, cutoff=_MIN_LIKENESS):
            return Answer(head)  # as typed, so that it is reported
        codes = [one.code for one in self.read_codes(text) if one.code]
        if codes:
            raise OperationError(
                f"'{codes[0]}' is a code: to replace that of the coding write 'recode: {codes[0]}'; to give the words "
                "another one, comment on them"
            )
        return Answer(remark=text)

    def _read_recoding(self, word: str, rest: str) -> Answer:
        gap = _NEW_CODE.match(rest)
        codes = rest[gap.end() if gap else 0 :].strip()
        found = self._read_list(codes)
        if found:
            return Answer(word, tuple(one.code for one in found), "\n".join(one.remark for one in found if one.remark))
        # As typed, so that what is no code is reported.
        return Answer(word, (codes,) if codes else ())

    def read_new_label(self, text: str, code: str) -> Answer:
        """Return what a text in place of the label of a coding's comment says: another code replaces the coding's.

        Raises
        ------
        OperationError
            If it may be a decision or a remark, or is nearly a code.
        """
        if self.is_decision(text):
            return self.read_answer(text)
        found = self.read_codes(text)
        codes = tuple(one.code for one in found if one.code)
        remark = "\n".join(one.remark for one in found if one.remark)
        if all(self.is_same_code(one, code) for one in codes):
            return Answer(remark=remark)
        return Answer("recode", codes, remark)

    def find_code(self, text: str) -> str:
        """Return the id of the code that a text names; empty if it names none."""
        try:
            return self._labels.find(_bare(text)) if self._is_code(text) else ""
        except QualcodeError:  # retired, or one of several with this name
            return ""

    def is_same_code(self, one: str, other: str) -> bool:
        """Return whether two texts name one code."""
        return self.find_code(one) == self.find_code(other) != ""

    def is_remark(self, text: str) -> bool:
        """Return whether a comment is a remark: no code and no decision, nor nearly one."""
        try:
            return self.read_answer(text) == Answer(remark=text.strip())
        except QualcodeError:
            return False

    def is_decision(self, text: str) -> bool:
        """Return whether a comment begins as a decision on a coding does."""
        decision = _DECISION.match(text.strip())
        if decision is None:
            return False
        is_recoding = decision[1].casefold() == "recode"
        return is_recoding or _BREAK.match(text.strip(), decision.end()) is not None


_ADVICE = "write a code exactly, or begin with 'memo:' if it is a remark"


def _decision_advice(word: str) -> str:
    return f"write '{word}' alone, '{word}: REMARK', or 'memo: REMARK'"


def _bare(text: str) -> str:
    """Return a text without quotation marks around it and a full stop behind it."""
    return text.strip().strip(_QUOTATION_MARKS).rstrip(".,;").strip(_QUOTATION_MARKS).strip()


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def _find_likely_typo(text: str, names: dict[str, str]) -> str:
    """Return the name that a text is but for one letter that is missing, added, replaced or swapped."""
    if len(text) < _SHORTEST_TYPO:
        return ""
    return next((name for folded, name in names.items() if _is_one_edit_apart(text, folded)), "")


def _is_one_edit_apart(one: str, other: str) -> bool:
    if abs(len(one) - len(other)) > 1 or one == other:
        return False
    first = _count_equal(one, other)
    last = min(_count_equal(one[::-1], other[::-1]), min(len(one), len(other)) - first)
    rest, other_rest = one[first : len(one) - last], other[first : len(other) - last]
    return max(len(rest), len(other_rest)) == 1 or (len(rest) == 2 and rest == other_rest[::-1])


def _count_equal(one: Sequence[str], other: Sequence[str]) -> int:
    return next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
