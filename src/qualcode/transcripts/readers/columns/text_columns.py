"""The columns of a table that have the texts: by their names, else by the length of their cells."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice

from qualcode.files import TableStream
from qualcode.transcripts.readers.columns.column_statistics import ColumnStatistics, normalise_name, split_names

TEXT_NAMES = split_names(
    "text, answer, answers, response, responses, comment, comments, freetext, free text, verbatim, verbatims, quote,"
    "fft answer, transcript, words, content, utterance, message, feedback, open answer, open response, antwort,"
    "reponse, respuesta"
)
CONVERSATION_NAMES = split_names("transcript, words, content, utterance")
"""Names of texts that make a table a conversation, where no column has ids."""

_SEGMENT_NAMES = split_names(
    "segment, segments, coded segment, excerpt, quotation, passage, caption, captions, subtitle, subtitles, said, "
    "speech, spoken text, transcription, sous titre, untertitel, subtítulo, texto, texte, testo, tekst"
)
"""Names of columns that have texts if no column is called "text", or only one with remarks."""
_REMARK_NAMES = split_names("comment, comments")
_MAX_ROWS = 2000
_MIN_SEGMENT_LENGTH = 12
"""Mean characters from which the cells of such a column are texts."""

_MIN_TEXT_LENGTH = 25
"""Mean characters from which the cells of a column are taken for answers in own words."""


def find_texts_by_name(sheet: TableStream, statistics: ColumnStatistics, questions: Sequence[str]) -> tuple[int, ...]:
    """Return the column called "text", "answer" ...; else those with long cells whose names end so or are questions."""
    columns = [(position, normalise_name(column)) for position, column in enumerate(sheet.columns)]
    exact = sorted(
        (position for position, name in columns if name in TEXT_NAMES),
        key=lambda position: statistics.total_lengths[position],
        reverse=True,
    )
    segments = _segments(sheet, columns, statistics)
    if exact and segments and {name for position, name in columns if position in exact} <= _REMARK_NAMES:
        return segments
    if exact:
        lengths = [statistics.total_lengths[position] for position in exact]
        # Two such columns of similar length are ambiguous; the lengths of all columns may still decide.
        return tuple(exact[:1]) if len(exact) == 1 or lengths[0] > 2 * lengths[1] else ()
    likely = [position for position, name in columns if name.split()[-1:] and name.split()[-1] in TEXT_NAMES]
    likely += [position for position, question in enumerate(questions) if question.endswith("?")]
    found = tuple(sorted({position for position in likely if statistics.mean_length(position) >= _MIN_TEXT_LENGTH}))
    return found or (() if find_texts_by_length(sheet, statistics, ()) else segments)


def find_texts_by_length(
    sheet: TableStream, statistics: ColumnStatistics, excluded: Collection[int]
) -> tuple[int, ...]:
    """Return the columns whose cells are at least twice as long, in the mean, as those of all others."""
    positions = [position for position in range(len(sheet.columns)) if position not in excluded]
    means = {position: statistics.mean_length(position) for position in positions}
    longest = max(means.values(), default=0.0)
    texts = tuple(position for position, mean in means.items() if mean >= longest / 2)
    # With a column between the thresholds the choice would be arbitrary: the settings must name the columns.
    is_clear = all(mean <= longest / 4 for position, mean in means.items() if position not in texts)
    return texts if is_clear and longest >= _MIN_TEXT_LENGTH else ()


def _segments(sheet: TableStream, columns: Sequence[tuple[int, str]], statistics: ColumnStatistics) -> tuple[int, ...]:
    """Return the column with parts of a talk: the one that is called so, with the longest and different cells."""
    called = [position for position, name in columns if name in _SEGMENT_NAMES]
    others = [position for position, name in columns if name not in _REMARK_NAMES and position not in called]
    longest = max([_MIN_SEGMENT_LENGTH, *(statistics.mean_length(position) for position in others)])
    found = [position for position in called if statistics.mean_length(position) >= longest]
    if len(found) != 1 or statistics.filled_cells[found[0]] < statistics.rows:
        return ()
    cells = [cells[found[0]].strip() for _, cells in islice(sheet.rows(), _MAX_ROWS)]
    # The same words again and again are a kind of respondents, such as a segment of a market.
    return tuple(found) if len(set(cells)) > 0.8 * len(cells) else ()
