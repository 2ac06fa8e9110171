"""Agreement on spans: published values of unitizing alpha, plain loops over characters, matches of spans."""

from __future__ import annotations

from itertools import pairwise, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.agreement import (
    compute_span_statistics,
    make_spans,
    match_spans,
    sum_matches,
    unitizing_alpha,
    unitizing_alpha_2004,
)
from qualcode.statistics import Resampling, draw_groups

# Krippendorff (2004): a continuum from 150 to 450; two coders, codes c and k.
CODE_C = [[(225, 295), (370, 400)], [(220, 300), (355, 375), (400, 420)]]
CODE_K = [[(180, 240), (300, 350)], [(180, 240), (300, 350)]]


def from_2004(*codes: Any) -> list[Any]:
    rows = [
        [(0, start - 150, end - 150, code) for code, coders in enumerate(codes) for start, end in coders[coder]]
        for coder in range(2)
    ]
    return [make_spans(row) for row in rows]


def test_alpha_of_2004_has_the_published_values() -> None:
    length = np.array([300])
    assert unitizing_alpha_2004(from_2004(CODE_C), length).value == pytest.approx(0.7286, abs=5e-5)
    assert unitizing_alpha_2004(from_2004(CODE_K), length).value == 1
    # The book has .8591, from an observed disagreement rounded to .0144: 1 - .0144 / .1022; unrounded it is .8587.
    assert unitizing_alpha_2004(from_2004(CODE_C, CODE_K), length).value == pytest.approx(0.8591, abs=5e-4)


def test_alpha_of_2016_differs_on_the_same_data() -> None:
    assert unitizing_alpha(from_2004(CODE_C), np.array([300])).value == pytest.approx(0.5163, abs=5e-5)
    assert unitizing_alpha(from_2004(CODE_K), np.array([300])).value == 1


def test_alpha_of_2016_with_one_and_two_codes() -> None:
    one = [[(0, 3, 15, 0), (0, 22, 53, 0)], [(0, 3, 10, 0), (0, 22, 53, 0)], [(0, 22, 46, 0)]]
    two = [
        [(0, 0, 10, 0), (0, 20, 30, 1)],
        [(0, 2, 12, 0), (0, 35, 40, 0), (0, 20, 28, 1)],
        [(0, 0, 10, 0), (0, 22, 30, 0)],
    ]
    for rows, length, expected in ((one, 56, (0.5645, 0.5645)), (two, 50, (0.5302, 0.6511))):
        coders = [make_spans(row) for row in rows]
        values = [unitizing_alpha(coders, np.array([length]), coefficient=name).value for name in ("u", "binary_u")]
        assert values == pytest.approx(expected, abs=5e-5)


# Plain loops over characters and sections.


def loop_characters(rows: list[tuple[int, int, int, int]], lengths: list[int]) -> list[tuple[int, int]]:
    """For each character of all texts: its value (0 gap, else code + 1) and the number of its span (-1 in a gap)."""
    characters = []
    for text, length in enumerate(lengths):
        for position in range(length):
            inside = [n for n, (t, start, end, _) in enumerate(rows) if t == text and start <= position < end]
            characters.append((rows[inside[0]][3] + 1, inside[0]) if inside else (0, -1))
    return characters


def loop_u_alpha(coders: list[Any], lengths: list[int], coefficient: str) -> float:
    characters = [loop_characters(rows, lengths) for rows in coders]
    if coefficient == "binary_u":
        characters = [[(min(value, 1), span) for value, span in row] for row in characters]
    m, size = len(characters), sum(lengths)
    kept = [[True] * size for _ in range(m)]
    if coefficient == "cu":
        kept = [[value > 0 for value, _ in row] for row in characters]
    different = total = 0.0
    weight = [[0.0] * size for _ in range(m)]
    for i, j in permutations(range(m), 2):
        for p in range(size):
            if kept[i][p] and kept[j][p]:
                total += 1 / (m - 1)
                weight[i][p] += 1 / (m - 1)
                different += (characters[i][p][0] != characters[j][p][0]) / (m - 1)
    items = [(i, p) for i in range(m) for p in range(size) if weight[i][p]]
    pairs = pairs_different = 0.0
    for i, p in items:
        for j, q in items:
            same_span = i == j and characters[i][p][1] == characters[j][q][1] >= 0
            if not same_span and (i, p) != (j, q):
                pairs += weight[i][p] * weight[j][q]
                pairs_different += weight[i][p] * weight[j][q] * (characters[i][p][0] != characters[j][q][0])
    return 1 - (different / total) / (pairs_different / pairs) if pairs_different else float("nan")


def loop_sections(rows: list[Any], lengths: list[int]) -> list[tuple[int, int, bool]]:
    """Start, end and kind (span or gap) of all sections, of texts one after the other."""
    sections, offset = [], 0
    for text, length in enumerate(lengths):
        position = 0
        for _, start, end, _ in sorted(row for row in rows if row[0] == text):
            if start > position:
                sections.append((offset + position, offset + start, False))
            sections.append((offset + start, offset + end, True))
            position = end
        if position < length:
            sections.append((offset + position, offset + length, False))
        offset += length
    return sections


def loop_alpha_2004(coders: list[Any], lengths: list[int]) -> float:
    sections = [loop_sections(rows, lengths) for rows in coders]
    m, length = len(sections), sum(lengths)
    observed = 0.0
    for i, j in permutations(range(m), 2):
        for a, b, is_span in sections[i]:
            for c, d, other_is_span in sections[j]:
                if is_span and other_is_span and a < d and c < b:
                    observed += (a - c) ** 2 + (b - d) ** 2
                elif is_span and not other_is_span and c <= a and b <= d:
                    observed += (b - a) ** 2
                elif other_is_span and not is_span and a <= c and d <= b:
                    observed += (d - c) ** 2
    spans = [b - a for row in sections for a, b, is_span in row if is_span]
    gaps = [b - a for row in sections for a, b, is_span in row if not is_span]
    placed = sum(
        (len(spans) - 1) / 3 * (2 * n**3 - 3 * n**2 + n) + n**2 * sum(gap - n + 1 for gap in gaps if gap >= n)
        for n in spans
    )
    expected = 2 / length * placed / (m * length * (m * length - 1) - sum(n * (n - 1) for n in spans))
    return 1 - observed / (m * (m - 1) * length**2) / expected if expected else float("nan")


@st.composite
def unitizations(draw: Any, *, codes: int) -> tuple[list[Any], list[int]]:
    lengths = draw(st.lists(st.integers(1, 12), min_size=1, max_size=3))
    coders = []
    for _ in range(draw(st.integers(2, 3))):
        rows = []
        for text, length in enumerate(lengths):
            cuts = sorted(draw(st.sets(st.integers(0, length), max_size=6)))
            pairs = pairwise(cuts)
            rows += [(text, start, end, draw(st.integers(0, codes - 1))) for start, end in pairs if draw(st.booleans())]
        coders.append(rows)
    return coders, lengths


def assert_equal(result: Any, expected: float) -> None:
    if np.isnan(expected):
        assert result.value is None
        assert result.reason
    else:
        assert result.value == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("coefficient", ["u", "binary_u", "cu"])
@given(data=unitizations(codes=2))
@settings(max_examples=50, deadline=None)
def test_alpha_of_2016_equals_plain_loops_over_characters(coefficient: str, data: Any) -> None:
    coders, lengths = data
    spans = [make_spans(rows) for rows in coders]
    result = unitizing_alpha(spans, np.array(lengths), coefficient=coefficient)
    assert_equal(result, loop_u_alpha(coders, lengths, coefficient))


@given(data=unitizations(codes=1))
@settings(max_examples=60, deadline=None)
def test_alpha_of_2004_equals_plain_loops_over_sections(data: Any) -> None:
    coders, lengths = data
    result = unitizing_alpha_2004([make_spans(rows) for rows in coders], np.array(lengths))
    assert_equal(result, loop_alpha_2004(coders, lengths))


@given(data=unitizations(codes=2), seed=st.integers(0, 99))
@settings(max_examples=50, deadline=None)
def test_order_of_coders_and_texts_makes_no_difference(data: Any, seed: int) -> None:
    coders, lengths = data
    order = np.random.default_rng(seed).permutation(len(lengths))
    position = {int(text): number for number, text in enumerate(order)}
    changed = [[(position[text], *row) for text, *row in rows] for rows in reversed(coders)]
    before, after = [make_spans(rows) for rows in coders], [make_spans(rows) for rows in changed]
    size = np.array(lengths)
    for function in (unitizing_alpha, unitizing_alpha_2004):
        one, other = function(before, size), function(after, size[order])
        assert one.value == pytest.approx(other.value, abs=1e-12)


def test_interval_resamples_texts_as_if_they_were_joined_again() -> None:
    generator = np.random.default_rng(8)
    lengths = [20, 30, 25]
    coders: list[Any] = [[], []]
    for text, length in enumerate(lengths):
        for start in range(0, length - 8, 8):
            for rows in coders:
                shift = int(generator.integers(0, 3))
                rows.append((text, start + shift, start + 5 + shift, 0))
    spans, resampling = [make_spans(rows) for rows in coders], Resampling(200, 3)
    for function, loop in (
        (unitizing_alpha, lambda rows, size: loop_u_alpha(rows, size, "u")),
        (unitizing_alpha_2004, loop_alpha_2004),
    ):
        result = function(spans, np.array(lengths), resampling=resampling)
        values = {}
        for draw in {tuple(draw) for draw in draw_groups(np.ones(3), resampling).astype(int).tolist()}:
            texts = [text for text, times in enumerate(draw) for _ in range(times)]
            drawn = [[(n, *row[1:]) for n, t in enumerate(texts) for row in rows if row[0] == t] for rows in coders]
            values[draw] = loop(drawn, [lengths[text] for text in texts])
        replicates = [values[tuple(draw)] for draw in draw_groups(np.ones(3), resampling).astype(int).tolist()]
        assert [result.low, result.high] == pytest.approx(np.quantile(replicates, [0.025, 0.975]).tolist(), abs=1e-9)


@pytest.mark.parametrize("function", [unitizing_alpha, unitizing_alpha_2004])
@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([[(0, 0, 5, 0), (0, 4, 9, 0)], []], "spans of one coder overlap"),
        ([[], []], "no coder used the code"),
        ([[(0, 0, 5, 0)]], "needs at least two coders"),
    ],
)
def test_unitizing_alpha_is_undefined_with_a_reason(function: Any, rows: Any, reason: str) -> None:
    result = function([make_spans(row) for row in rows], np.array([10]))
    assert (result.value, result.reason) == (None, reason)


def test_codes_that_overlap_are_refused_together_but_compared_one_by_one() -> None:
    coders = [make_spans([(0, 0, 5, 0), (0, 3, 8, 1)]), make_spans([(0, 0, 6, 0), (0, 3, 8, 1)])]
    assert unitizing_alpha(coders, np.array([20])).reason == "spans of one coder overlap"
    assert unitizing_alpha_2004(coders, np.array([20])).value is not None


@pytest.mark.parametrize(
    ("coefficient", "rows", "reason"),
    [
        ("u", [[(0, 0, 10, 0)], [(0, 0, 10, 0)]], "nothing varies: all text is coded"),
        ("cu", [[(0, 0, 5, 0)], [(0, 0, 5, 0)]], "nothing varies: all text that two coders coded has the same code"),
        ("cu", [[(0, 0, 5, 0)], [(0, 5, 9, 1)]], "no span of one coder overlaps a span of another"),
        ("cu", [[], []], "no coder used the code"),
    ],
)
def test_coefficients_are_undefined_where_nothing_varies(coefficient: str, rows: Any, reason: str) -> None:
    coders = [make_spans(row) for row in rows]
    result = unitizing_alpha(coders, np.array([10]), coefficient=coefficient)
    assert (result.value, result.reason) == (None, reason)


SPANS = st.lists(
    st.tuples(st.just(0), st.integers(0, 12), st.integers(1, 8), st.integers(0, 1)), max_size=5, unique=True
).map(lambda rows: sorted((text, start, start + length, code) for text, start, length, code in rows))


def test_no_texts_at_all_are_no_spans() -> None:
    nothing, no_texts = [make_spans([]), make_spans([])], np.zeros(0, dtype=np.int64)
    for function in (unitizing_alpha, unitizing_alpha_2004):
        assert function(nothing, no_texts).reason == "no coder used the code"


# Matches of spans.


def numbers(sums: Any, names: str) -> list[float]:
    return [float(getattr(sums, name)) for name in names.split()]


def test_matches_tell_the_same_code_from_another_code_at_the_place() -> None:
    """Coder one: three spans. Two match (one exactly, one by half), one has another code; the second has one more."""
    first = make_spans([(0, 0, 10, 0), (0, 20, 30, 0), (1, 5, 9, 1)])
    second = make_spans([(0, 0, 10, 0), (0, 20, 25, 0), (1, 5, 9, 2), (1, 30, 40, 0)])
    sums = sum_matches([first, second], np.array([50, 50])).total()
    results = compute_span_statistics(sum_matches([first, second], np.array([50, 50])))
    assert numbers(sums, "first second matched exact") == [3, 4, 2, 1]
    assert {name: result.value for name, result in results.items()} == pytest.approx(
        {
            "span_agreement": 2 * 2 / 7,
            "first_share": 2 / 3,
            "second_share": 2 / 4,
            "mean_overlap": (1 + 0.5) / 2,
            "other_code_share": 2 / 7,
        }
    )


def test_matches_of_one_code_count_the_spans_of_that_code_only() -> None:
    first = make_spans([(0, 0, 10, 0), (0, 20, 30, 1)])
    second = make_spans([(0, 0, 10, 0), (0, 20, 30, 2)])
    counts = [sum_matches([first, second], np.array([50]), codes=[code]).total() for code in range(3)]
    assert [numbers(row, "first second matched") for row in counts] == [[1, 1, 1], [1, 0, 0], [0, 1, 0]]
    assert [numbers(row, "other_first other_second") for row in counts] == [[0, 0], [1, 0], [0, 1]]


@pytest.mark.parametrize(("least_overlap", "matched"), [(0.0, 3), (0.5, 2), (1.0, 1)])
def test_least_overlap_sets_what_a_match_is(least_overlap: float, matched: int) -> None:
    first = make_spans([(0, 0, 10, 0), (0, 20, 30, 0), (0, 40, 50, 0)])
    second = make_spans([(0, 0, 10, 0), (0, 20, 25, 0), (0, 49, 60, 0)])
    assert len(match_spans(first, second, np.array([99]), least_overlap=least_overlap).same_code) == matched


def test_touching_spans_and_spans_of_other_texts_do_not_match() -> None:
    first, second = make_spans([(0, 0, 10, 0)]), make_spans([(0, 10, 12, 0), (1, 0, 10, 0)])
    assert len(match_spans(first, second, np.array([12, 12])).same_code) == 0


def test_more_spans_are_matched_before_larger_overlaps() -> None:
    """The long span of one matches the first short one best, but then the other would have no partner."""
    first, second = make_spans([(0, 0, 10, 0), (0, 8, 20, 0)]), make_spans([(0, 1, 12, 0), (0, 9, 10, 0)])
    pairs = match_spans(first, second, np.array([20])).same_code
    assert len(pairs) == 2
    assert pairs.tolist() == [[0, 0], [1, 1]]


def loop_best_match(first: list[Any], second: list[Any]) -> tuple[int, float]:
    """The largest number of pairs and the largest sum of overlaps with it, over all ways to match."""
    if not first:
        return 0, 0.0
    (_, start, end, code), rest = first[0], first[1:]
    options = [loop_best_match(rest, second)]
    for position, (_, a, b, other) in enumerate(second):
        common = min(end, b) - max(start, a)
        if common > 0 and code == other:
            count, total = loop_best_match(rest, second[:position] + second[position + 1 :])
            options.append((count + 1, total + common / (end - start + b - a - common)))
    return max(options)


@given(first=SPANS, second=SPANS)
@settings(max_examples=150, deadline=None)
def test_the_matching_is_the_best_of_all(first: Any, second: Any) -> None:
    matches = match_spans(make_spans(first), make_spans(second), np.array([30]))
    count, total = loop_best_match(first, second)
    assert len(matches.same_code) == count
    assert matches.same_code_overlap.sum() == pytest.approx(total)
    for column in range(2):
        used = [*matches.same_code[:, column], *matches.other_code[:, column]]
        assert len(set(used)) == len(used)


def test_three_coders_are_compared_pair_by_pair() -> None:
    coders = [make_spans([(0, 0, 10, 0)]), make_spans([(0, 0, 10, 0)]), make_spans([(0, 20, 30, 0)])]
    result = compute_span_statistics(sum_matches(coders, np.array([40])))
    assert result["span_agreement"].value == pytest.approx(2 * 1 / (2 * 3))


def test_span_agreement_is_undefined_with_a_reason_and_has_an_interval() -> None:
    nobody = compute_span_statistics(sum_matches([make_spans([]), make_spans([])], np.array([40])))
    assert {result.reason for result in nobody.values()} == {
        "no coder used the code",
        "the first coder used the code nowhere",
        "the second coder used the code nowhere",
        "no spans match",
    }
    first = make_spans([(text, 0, 10, 0) for text in range(6)])
    second = make_spans([(text, 0, 10, 0) for text in range(4)])
    sums = sum_matches([first, second], np.full(7, 40))
    result = compute_span_statistics(sums, resampling=Resampling(seed=2))["span_agreement"]
    assert result.value == pytest.approx(8 / 10)
    assert result.groups == 7  # the last text has no span
    assert result.low is not None
    assert result.high is not None
    assert result.low < 0.8 <= result.high <= 1
    with pytest.raises(ValueError, match="at least two coders"):
        sum_matches([first], np.full(6, 40))
