"""Codes as people write and choose them: an id, a name, or an entry of a drop-down list, as "Costs (c/roi)"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from qualcode.errors import OperationError, QualcodeError, UnknownNameError
from qualcode.model import Code, Codebook
from qualcode.study.selection import find_usable_code_id

_ID_AT_END = re.compile(r"\(([^()\s]+/[^()]+)\)\s*$")


def format_code_label(code: Code) -> str:
    """Return the entry of a code in a drop-down list.

    >>> format_code_label(Code("challenges/roi", "Proving ROI"))
    'Proving ROI (challenges/roi)'
    """
    return f"{code.name} ({code.id})" if code.name and code.name != code.id else code.id


class CodeLabels:
    """The codes of a codebook by what people write for them.

    Parameters
    ----------
    codebook
        The codebook.
    has_parts
        Whether the last part of an id names a code as well, as roi for challenges/roi, if no other one has it. Not
        where any text may stand in place of a code: many parts are words.
    """

    def __init__(self, codebook: Codebook, *, has_parts: bool = False) -> None:
        self._codebook = codebook
        self._ids = _index_codes((name, code.id) for code in codebook.codes for name in _names_of(code))
        present = _index_codes((part, code.id) for code in codebook.codes for part in _last_parts(code.id))
        former = _index_codes(
            (part, code.id) for code in codebook.codes for name in code.formerly for part in _last_parts(name)
        )
        self._ids_by_part = former | present if has_parts else {}

    def find(self, text: str) -> str:
        """Return the id of the code that a text names: by its present or a former id, its name, or its label.

        Capitals and spaces do not matter.

        Raises
        ------
        UnknownNameError
            If there is no such code.
        OperationError
            If it is retired, or several codes have the name.
        """
        return find_usable_code_id(self._codebook, self.find_any(text))

    def find_any(self, text: str) -> str:
        """Return the id of the code that a text names, be it retired, as `find`."""
        given = _ID_AT_END.search(text)
        for name in [text.strip(), *([given[1].strip()] if given else [])]:
            if (current := self._codebook.current_id(name)) in self._codebook.by_id:
                return current
        found = self._list_ids(text)
        if len(found) > 1:
            raise OperationError(f"several codes are named '{text.strip()}': write the id, one of {', '.join(found)}")
        if not found:
            known = [*self._codebook.by_id, *(code.name for code in self._codebook.codes if code.name)]
            raise UnknownNameError("code", text.strip(), known)
        return found[0]

    def _list_ids(self, text: str) -> list[str]:
        name = _fold(text)
        return list(self._ids.get(name) or self._ids_by_part.get(name) or ())

    def shorten(self, code: str) -> str:
        """Return the shortest last part of the id of a code that names no other one; the id if there is none."""
        return next((part for part in reversed(list(_last_parts(code))) if self._names_alone(part, code)), code)

    def _names_alone(self, part: str, code: str) -> bool:
        """Return whether a part of an id names a code, and neither a name nor a part of another id is the same."""
        named = {*self._ids.get(_fold(part), ()), *self._ids_by_part.get(_fold(part), ())}
        return named == {code} and self._codebook.current_id(part) == part

    def has(self, text: str) -> bool:
        """Return whether a text names a code, be it retired or one of several with the name."""
        try:
            self.find(text)
        except UnknownNameError:
            return False
        except QualcodeError:
            return True
        return True


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def _index_codes(names: Iterable[tuple[str, str]]) -> dict[str, dict[str, None]]:
    ids: dict[str, dict[str, None]] = {}
    for name, code in names:
        ids.setdefault(_fold(name), {})[code] = None
    return ids


def _last_parts(code: str) -> Iterator[str]:
    """Yield the ends of an id, the longest first: of f/c/child they are c/child and child."""
    while (code := code.partition("/")[2]) != "":
        yield code


def _names_of(code: Code) -> Iterator[str]:
    yield from (code.id, code.name, format_code_label(code), *code.formerly)
