"""Columns of a survey with answers in own words, which are questions, not attributes of a case."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import mean

from qualcode.files import TableStream

_MAX_ROWS = 2000
"""Rows from which the kind of a column is inferred; a table may have millions."""

_SENTENCE_ENDS = (".", "?", "!", "…", "。", "！", "？", "।", "؟")
_MIN_WORDS = 5
"""Mean words from which the cells of a column are answers in own words, if most are sentences."""
_MIN_DOUBTFUL_WORDS = 2
_MIN_NEUTRAL_CELLS = 4
"""Cells from which different words are doubtful though the name of their column tells nothing."""
_LONG_NAME = 5
"""Words from which the name of a column is a sentence, not the name of an attribute."""


def _words_in(text: str) -> frozenset[str]:
    return frozenset(text.split())


_OPEN_WORDS = _words_in(
    "text texts comment comments other others advice why how what describe explain specify elaborate reason reasons "
    "suggestion suggestions feedback opinion opinions thought thoughts remark remarks note notes open openended "
    "verbatim reflection reflections answer answers response responses reply quote story example examples anything "
    "else tell wish kommentar kommentare anmerkung anmerkungen sonstiges anderes andere warum wieso weshalb wie was "
    "grund begründung rat ratschlag tipp tipps antwort bemerkung bemerkungen offen freitext vorschlag vorschläge "
    "meinung commentaire commentaires remarque remarques pourquoi comment autre autres précisez conseil conseils "
    "raison réponse suggestions avis comentario comentarios observaciones porqué otro otra otros consejo consejos "
    "razón respuesta cómo qué sugerencias opinión comentários outro outra conselho conselhos resposta sugestões porquê "
    "como que commento commenti altro perché consiglio consigli risposta opmerking opmerkingen waarom anders advies "
    "reden"
)
"""Words in names of columns that may have answers in own words."""

_ATTRIBUTE_WORDS = _words_in(
    "id ids number no nr name surname firstname lastname title role job position occupation profession employer "
    "company organisation organization department team industry sector country nationality region city town village "
    "district state county address street location place site language ethnicity religion age gender sex education "
    "degree school university email mail phone date time status group wave cohort code category type file url link ip "
    "browser device interviewer enumerator collector supervisor author user participant beruf land ort stadt dorf "
    "sprache alter geschlecht abteilung firma profession ville pays village métier langue ciudad país pueblo idioma "
    "sexo edad cidade trabalho"
)
"""Words in names of columns that are attributes, even where each row has another value."""

_CLOSED_ANSWERS = frozenset(
    name.strip()
    for name in (
        "yes, no, true, false, maybe, none, nothing, n/a, na, -, ., other, unknown, don't know, dont know, do not "
        "know, not applicable, no answer, prefer not to say, prefer not to answer, male, female, man, woman, "
        "non-binary, diverse, agree, disagree, strongly agree, strongly disagree, neutral, neither agree nor disagree, "
        "always, often, sometimes, rarely, never, ja, nein, keine, weiß nicht, männlich, weiblich, divers, oui, non, "
        "homme, femme, sí, si, sim, não, hombre, mujer, homem, mulher, uomo, donna, nee, man, vrouw, checked, "
        "unchecked, selected"
    ).split(",")
)
"""Answers to choose from, which show nothing of own words."""

_LETTERS = re.compile(r"[^\W\d_]{3,}|[\u2e80-\u9fff\uac00-\ud7af]")
_NO_WORDS = re.compile(r"\S*[@/\\]\S*|\S+\.\w{2,4}|\S*\d\S*")
"""Addresses, names of files, and single words with a digit, such as ids."""


@dataclass(frozen=True, slots=True)
class OpenColumns:
    """Positions of columns that are open questions, and of those that may be."""

    sure: tuple[int, ...]
    doubtful: tuple[int, ...]


def find_open_columns(sheet: TableStream, positions: Sequence[int], questions: Sequence[str]) -> OpenColumns:
    """Return which of the columns have answers in own words: different texts of several words, most of them sentences.

    Doubtful are those of which few are sentences, those below a question, and different words that are no choices.
    ``questions`` are the wordings of all columns of the table.
    """
    cells: dict[int, list[str]] = {position: [] for position in positions}
    for _, row in islice(sheet.rows(), _MAX_ROWS):
        for position, column in cells.items():
            if text := row[position].strip():
                column.append(text)
    marks = {
        position: _mark(column, sheet.columns[position], questions[position]) for position, column in cells.items()
    }
    return OpenColumns(
        tuple(position for position, mark in marks.items() if mark == "sure"),
        tuple(position for position, mark in marks.items() if mark == "doubtful"),
    )


def _mark(cells: Sequence[str], name: str, question: str) -> str:
    if len(cells) > 1 and len({cell.casefold() for cell in cells}) >= 0.8 * len(cells):
        words = mean(map(_count_words, cells))
        sentences = sum(cell.endswith(_SENTENCE_ENDS) for cell in cells) / len(cells)
        # Two answers may be sentences by chance.
        if words >= _MIN_WORDS and sentences > 0.6 and len(cells) > 2:
            return "sure"
        if words >= _MIN_WORDS or (words >= _MIN_DOUBTFUL_WORDS and sentences > 0.5):
            return "doubtful"
    spoken = [cell for cell in cells if _has_own_words(cell)]
    if not spoken or _are_categories(spoken):
        return ""
    return "doubtful" if _is_open_name(name, question) or _are_different(spoken, cells, name) else ""


def _has_own_words(cell: str) -> bool:
    """Tell whether a cell has words that are no choice such as "yes", no number, date, id or address."""
    is_closed = cell.casefold().strip(" .!") in _CLOSED_ANSWERS
    return not is_closed and bool(_LETTERS.search(cell)) and not _NO_WORDS.fullmatch(cell)


def _are_categories(cells: Sequence[str]) -> bool:
    """Tell whether the values of a column come back, so that few or none of them were given only once."""
    counts = Counter(cell.casefold() for cell in cells)
    single = sum(count == 1 for count in counts.values())
    return single == 0 or (len(cells) > _MIN_NEUTRAL_CELLS and single < 0.1 * len(cells))


def _is_open_name(name: str, question: str) -> bool:
    """Tell whether a column is called as questions in own words are, or by a whole sentence."""
    words = re.findall(r"[^\W_\d]+", f"{name} {question}".casefold())
    is_sentence = len(question.split()) >= _LONG_NAME
    return question.rstrip().endswith(("?", "？", "؟")) or is_sentence or not _OPEN_WORDS.isdisjoint(words)


def _are_different(cells: Sequence[str], all_cells: Sequence[str], name: str) -> bool:
    """Tell whether the cells of a column with any other name differ as answers do, and are no names."""
    different = len({cell.casefold() for cell in cells})
    is_named = not _ATTRIBUTE_WORDS.isdisjoint(re.findall(r"[^\W_\d]+", name.casefold()))
    names = sum((cell.istitle() and len(cell.split()) > 1) or bool(re.search(r"\d", cell)) for cell in cells)
    is_enough = len(cells) >= _MIN_NEUTRAL_CELLS and 2 * len(cells) > len(all_cells)
    return is_enough and different >= 0.8 * len(cells) and not is_named and 2 * names < len(cells)


def _count_words(cell: str) -> int:
    """Return the number of words; two characters of a script without spaces are taken for a word."""
    return max(len(cell.split()), sum(character >= "\u2e80" for character in cell) // 2)
