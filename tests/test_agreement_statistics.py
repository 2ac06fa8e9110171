"""Coefficients of agreement: published values, plain loops written from the papers, and laws."""

from __future__ import annotations

from collections import Counter
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qualcode.agreement import (
    INDICES,
    STATISTICS,
    build_patterns,
    compute_replicates,
    compute_statistics,
    jaccard_distance,
    masi_distance,
    number_sets,
    sum_ratings,
)
from qualcode.statistics import Resampling, draw_groups

NOMINAL = [name for name, row in STATISTICS.items() if row.input == "values"]
SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "reference" / "agreement.yaml"
PUBLISHED_NAMES = {
    "alpha": "krippendorff_alpha",
    "alpha_nominal": "krippendorff_alpha",
    "s": "brennan_prediger",
    "randolph": "brennan_prediger",
    "fleiss": "fleiss_kappa",
    "conger": "conger_kappa",
}


def from_table(table: Any) -> Any:
    """Two coders from their contingency table."""
    counts = np.array(table)
    return build_patterns(np.argwhere(counts >= 0), lengths=counts.ravel())


def from_coders(*coders: str) -> Any:
    """Coders as strings of values, '.' where missing."""
    rows = [coder.split() if " " in coder else list(coder) for coder in coders]
    values = sorted({value for row in rows for value in row} - {"."})
    return build_patterns(np.array([[-1 if value == "." else values.index(value) for value in row] for row in rows]).T)


def value_of(name: str, patterns: Any, **options: Any) -> Any:
    """The value, or the reason where undefined."""
    estimate = compute_statistics([name], patterns, **options)[name]
    return estimate.reason if estimate.value is None else estimate.value


# Cohen (1960): examples 1, 2. Artstein and Poesio (2008), table 1. Zwick (1988). Brennan and Prediger (1981), p. 689
# and 691. Krippendorff (2004), p. 246. Feinstein and Cicchetti (1990). Gwet (2014): abstractors. SAS/STAT FREQ: 3x3.
TABLES: list[tuple[Any, dict[str, float]]] = [
    ([[88, 14, 18], [10, 40, 10], [2, 6, 12]], {"percent": 0.70, "cohen_kappa": 0.492, "gwet_ac1": 0.5760}),
    ([[25, 12, 3], [13, 2, 15], [12, 16, 2]], {"percent": 0.29, "gwet_ac1": -0.0480}),
    ([[0, 4, 1], [0, 8, 0], [0, 1, 5]], {"cohen_kappa": 0.4842}),
    ([[20, 20], [10, 50]], {"brennan_prediger": 0.400, "scott_pi": 0.341, "cohen_kappa": 0.348}),
    ([[50, 50], [50, 850]], {"percent": 0.90, "cohen_kappa": 0.4444}),
    ([[80, 7], [8, 5]], {"gwet_ac1": 0.808}),
    ([[0, 0], [1, 33]], {"percent": 0.971, "cohen_kappa": 0.0}),
    (
        [[13, 0, 0], [0, 20, 7], [0, 4, 56]],
        {"percent": 0.89, "cohen_kappa": 0.796, "gwet_ac1": 0.849, "scott_pi": 0.7962, "brennan_prediger": 0.835},
    ),
    (
        [[20, 0, 0, 5], [0, 10, 15, 0], [0, 15, 10, 0], [5, 0, 0, 20]],
        {"percent": 0.6, "brennan_prediger": 0.467, "scott_pi": 0.467, "cohen_kappa": 0.467},
    ),
    (
        [[20, 10, 10, 0], [10, 10, 0, 0], [10, 0, 10, 0], [0, 0, 0, 20]],
        {"percent": 0.6, "brennan_prediger": 0.467, "scott_pi": 0.444, "cohen_kappa": 0.444},
    ),
    (
        [[20, 5, 5, 10], [0, 10, 5, 5], [0, 5, 10, 5], [0, 0, 0, 20]],
        {"percent": 0.6, "brennan_prediger": 0.467, "scott_pi": 0.460, "cohen_kappa": 0.474},
    ),
    ([[50, 0, 0], [10, 10, 10], [20, 0, 0]], {"percent": 0.6, "cohen_kappa": 0.27, "brennan_prediger": 0.40}),
    ([[50, 0, 10], [0, 10, 10], [10, 10, 0]], {"percent": 0.6, "cohen_kappa": 0.29, "brennan_prediger": 0.40}),
    (
        [[12, 9, 9], [9, 14, 9], [9, 9, 20]],
        {"percent": 0.46, "brennan_prediger": 0.190, "scott_pi": 0.186, "cohen_kappa": 0.186},
    ),
    (
        [[12, 18, 18], [0, 14, 18], [0, 0, 20]],
        {"percent": 0.46, "brennan_prediger": 0.190, "scott_pi": 0.186, "cohen_kappa": 0.258},
    ),
    ([[40, 9], [6, 45]], {"percent": 0.85, "cohen_kappa": 0.70}),
    ([[80, 10], [5, 5]], {"percent": 0.85, "cohen_kappa": 0.32, "pabak": 0.70}),
    ([[45, 15], [25, 15]], {"percent": 0.6, "cohen_kappa": 0.13}),
    ([[25, 35], [5, 35]], {"percent": 0.6, "cohen_kappa": 0.26}),
    ([[8, 1], [0, 1]], {"percent": 0.9, "gwet_ac1": 0.8658, "scott_pi": 0.6078}),
    ([[20, 5, 1, 0], [4, 15, 6, 1], [0, 5, 18, 4], [0, 1, 3, 12]], {"gwet_ac1": 0.58046}),
]
HAYES_KRIPPENDORFF = tuple(
    "".join(column)
    for column in zip(
        *"112.2 1101. 2333. .00.0 000.0 000.0 102.1 1.20. 222.2 2111. .100. 0000. 1222. 33223 111.1 "
        "111.1 212.2 1233. 1101. 000.0 0011. 00.00 2333. 0000. 12.22 0111. 00010 1212. 1122. 112.2 "
        "110.0 2121. 22.22 3222. 222.2 223.2 222.2 22.12 2222. 111.1".split(),
        strict=True,
    )
)
# Krippendorff (2011), sections A, B, C; a worked example with three coders; Krippendorff (1995): 24 positions.
CODERS: list[tuple[tuple[str, ...], dict[str, float]]] = [
    (("1100000000", "0110010100"), {"krippendorff_alpha": 0.095}),
    (("aabbdcccedda", "babbbccceddd"), {"krippendorff_alpha": 0.692}),
    (
        ("123321412...", "1233224125.3", ".3332342251.", "12332441251."),
        {"krippendorff_alpha": 0.7434, "percent": 0.8182, "gwet_ac1": 0.7754, "fleiss_kappa": 0.7612},
    ),
    # Gwet (2014) has the same ratings but the last one, which another coder gave.
    (("123321412...", "1233224125..", ".33323422513", "12332441251."), {"conger_kappa": 0.7628}),
    ((".....34121133.3", "1.213343.......", "..21344.21133.4"), {"krippendorff_alpha": 0.6914}),
    (
        ("001111111100001111110000", "000011110000000110000000"),
        {"cohen_kappa": 0.385, "scott_pi": 0.314, "krippendorff_alpha": 0.329},
    ),
    # Hayes and Krippendorff (2007), p. 84: five observers, 40 units; its first 15 units in Gwet (2014).
    (HAYES_KRIPPENDORFF, {"krippendorff_alpha": 0.4765}),
    (
        tuple(coder[:15] for coder in HAYES_KRIPPENDORFF),
        {
            "percent": 0.6156,
            "gwet_ac1": 0.4966,
            "fleiss_kappa": 0.4576,
            "brennan_prediger": 0.4874,
            "krippendorff_alpha": 0.4805,
        },
    ),
    # Randolph (2005): four units, three coders.
    (("YYNN", "YYNN", "YNYN"), {"fleiss_kappa": 0.33, "brennan_prediger": 0.33}),
    (("YYYY", "YYYY", "YNNY"), {"fleiss_kappa": -0.2, "brennan_prediger": 0.33}),
]
# Fleiss (1971): 30 patients, 6 raters. Ten subjects, 14 raters: a worked example.
FLEISS_1971 = (
    "00060 03003 01401 00006 03030 20400 00402 20310 20040 00006 10050 11040 03300 10050 02031 "
    "00501 30012 51000 02040 10203 00006 01050 02013 20040 10041 05010 40002 02040 10500 00006"
)
TEN_SUBJECTS = [
    [0, 0, 0, 0, 14],
    [0, 2, 6, 4, 2],
    [0, 0, 3, 5, 6],
    [0, 3, 9, 2, 0],
    [2, 2, 8, 1, 1],
    [7, 7, 0, 0, 0],
    [3, 2, 6, 3, 0],
    [2, 5, 3, 2, 2],
    [6, 5, 2, 1, 0],
    [0, 2, 2, 3, 7],
]


def assert_published(patterns: Any, values: dict[str, float]) -> None:
    """Compare to the digits that were printed."""
    for name, expected in values.items():
        digits = len(str(expected).partition(".")[2])
        assert value_of(name, patterns) == pytest.approx(expected, abs=0.51 * 10**-digits), name


@pytest.mark.parametrize(("table", "values"), TABLES)
def test_two_coders_have_the_published_values(table: Any, values: dict[str, float]) -> None:
    assert_published(from_table(table), values)


@pytest.mark.parametrize(("coders", "values"), CODERS)
def test_units_with_missing_ratings_have_the_published_values(
    coders: tuple[str, ...], values: dict[str, float]
) -> None:
    assert_published(from_coders(*coders), values)


def test_fleiss_kappa_of_published_counts() -> None:
    rows = [[int(digit) for digit in row] for row in FLEISS_1971.split()]
    assert_published(build_patterns([np.repeat(range(5), row) for row in rows]), {"fleiss_kappa": 0.4302})
    assert_published(build_patterns([np.repeat(range(5), row) for row in TEN_SUBJECTS]), {"fleiss_kappa": 0.2099})


def test_kappa_per_code_is_that_of_the_code_against_all_others() -> None:
    """Mieskes (2009), p. 58: 17 words, three coders."""
    words = "UH VB UH,INP INP INP,UH UH UH,INP INP INP,RB RB RB,JJ JJ JJ,INP INP INP,PRP PRP PRP,NN NN RB,VB VBP VB,"
    words += "PRP PRP PRP,INP INP INP,RB UH UH,INP INP INP,MD MD MD,PRP PRP PRP,INP INP INP"
    units = [unit.split() for unit in words.split(",")]
    values = sorted({word for unit in units for word in unit})
    assert_published(build_patterns([[values.index(word) for word in unit] for unit in units]), {"fleiss_kappa": 0.80})
    for code, kappa in {"NN": 0.48, "RB": 0.56, "UH": 0.67, "VB": 0.29, "VBP": -0.02, "JJ": 1.00}.items():
        assert_published(
            build_patterns([[int(word == code) for word in unit] for unit in units]), {"fleiss_kappa": kappa}
        )


def test_every_entry_of_the_shared_reference_file() -> None:
    if not SHARED.exists():
        pytest.skip(f"{SHARED} is not on this machine; its values are also above")
    from ruamel.yaml import YAML

    checked = 0
    for entry in YAML(typ="safe").load(SHARED.read_text(encoding="utf-8")).values():
        for row in entry if isinstance(entry, list) else [entry]:
            patterns = read_reference(row)
            if patterns is not None:
                names = {PUBLISHED_NAMES.get(name, name): value for name, value in row["values"].items()}
                known = {name: value for name, value in names.items() if name in STATISTICS}
                assert_published(patterns, known)
                checked += len(known)
    assert checked > 50


def read_reference(entry: Any) -> Any:
    """The ratings of an entry of the file, None where it has none on units."""
    if "contingency" in entry:
        return from_table(entry["contingency"])
    if "counts" in entry:
        return build_patterns([np.repeat(range(len(row)), row) for row in entry["counts"]])
    if "rows" in entry:
        return from_coders(*("".join(column) for column in zip(*entry["rows"], strict=True)))
    if isinstance(entry.get("coders"), dict):
        return from_coders(*(coder.replace(" ", "") for coder in entry["coders"].values()))
    return from_coders(str(entry["a"]), str(entry["b"])) if "a" in entry else None


# Plain loops, from the papers.


def loop_over_pairs(units: list[list[int]]) -> float:
    shares = []
    for unit in units:
        ratings = [value for value in unit if value >= 0]
        pairs = list(permutations(ratings, 2))
        if pairs:
            shares.append(sum(a == b for a, b in pairs) / len(pairs))
    return sum(shares) / len(shares) if shares else float("nan")


def corrected(observed: float, expected: float) -> float:
    return float("nan") if abs(1 - expected) < 1e-12 else (observed - expected) / (1 - expected)


def loop_alpha(units: list[list[Any]], distance: Any = lambda a, b: float(a != b)) -> float:
    """Krippendorff: distances within units over those between any two ratings."""
    kept = [[value for value in unit if value != -1] for unit in units]
    kept = [unit for unit in kept if len(unit) > 1]
    pool = [value for unit in kept for value in unit]
    within = sum(sum(distance(a, b) for a, b in permutations(unit, 2)) / (len(unit) - 1) for unit in kept)
    between = sum(distance(a, b) for a, b in permutations(pool, 2))
    return 1 - (within / len(pool)) / (between / (len(pool) * (len(pool) - 1))) if between else float("nan")


def loop_shares(units: list[list[int]], values: int) -> list[float]:
    """The share of each value, averaged over rated units."""
    rated = [[value for value in unit if value >= 0] for unit in units]
    rated = [unit for unit in rated if unit]
    return [sum(unit.count(value) / len(unit) for unit in rated) / len(rated) for value in range(values)]


def loop_statistic(name: str, units: list[list[int]], values: int) -> float:
    observed = loop_over_pairs(units)
    if np.isnan(observed):
        return observed
    if name == "percent":
        return observed
    if name == "krippendorff_alpha":
        return loop_alpha(units)
    if name == "brennan_prediger":
        return corrected(observed, 1 / values)
    if name == "pabak":
        return 2 * observed - 1
    if name in ("cohen_kappa", "scott_pi"):
        both = [unit for unit in units if min(unit) >= 0]
        first, second = (Counter(unit[coder] for unit in both) for coder in range(2))
        if name == "cohen_kappa":
            return corrected(observed, sum(first[v] * second[v] for v in range(values)) / len(both) ** 2)
        return corrected(observed, sum(((first[v] + second[v]) / (2 * len(both))) ** 2 for v in range(values)))
    if name == "conger_kappa":
        coders = [[unit[coder] for unit in units if unit[coder] >= 0] for coder in range(len(units[0]))]
        chances = [
            sum(a.count(v) / len(a) * b.count(v) / len(b) for v in range(values))
            for a, b in combinations([coder for coder in coders if coder], 2)
        ]
        return corrected(observed, sum(chances) / len(chances))
    shares = loop_shares(units, values)
    if name == "fleiss_kappa":
        return corrected(observed, sum(share**2 for share in shares))
    assert name == "gwet_ac1"
    expected = sum(share * (1 - share) for share in shares) / (values - 1)
    return float("nan") if expected < 1e-12 else corrected(observed, expected)


@st.composite
def ratings(draw: Any, *, coders: int | None = None, values: int | None = None) -> tuple[list[list[int]], int]:
    n_coders = coders or draw(st.integers(2, 4))
    n_values = values or draw(st.integers(2, 4))
    unit = st.lists(st.integers(-1, n_values - 1), min_size=n_coders, max_size=n_coders)
    return draw(st.lists(unit, min_size=1, max_size=12)), n_values


@pytest.mark.parametrize("name", NOMINAL)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_a_statistic_equals_plain_loops_over_pairs(name: str, data: Any) -> None:
    units, values = data.draw(
        ratings(coders=2 if STATISTICS[name].two_coders else None, values=2 if STATISTICS[name].two_values else None)
    )
    expected = loop_statistic(name, units, values)
    result = value_of(name, build_patterns(units, n_values=values))
    if np.isnan(expected):
        assert isinstance(result, str)
        assert result
    else:
        assert result == pytest.approx(expected, abs=1e-9)


@given(
    data=ratings(coders=3), order=st.permutations(range(3)), labels=st.permutations(range(4)), seed=st.integers(0, 9)
)
@settings(max_examples=60, deadline=None)
def test_order_of_coders_units_and_values_makes_no_difference(data: Any, order: Any, labels: Any, seed: int) -> None:
    units, _ = data
    names = [name for name in NOMINAL if not STATISTICS[name].two_coders]
    changed = [[-1 if unit[coder] < 0 else labels[unit[coder]] for coder in order] for unit in units]
    np.random.default_rng(seed).shuffle(changed)
    before = compute_statistics(names, build_patterns(units, n_values=4))
    after = compute_statistics(names, build_patterns(changed, n_values=4))
    for name in names:
        assert after[name].value == pytest.approx(before[name].value, abs=1e-12)


@given(data=ratings())
@settings(max_examples=60, deadline=None)
def test_a_unit_that_nobody_rated_changes_nothing(data: Any) -> None:
    units, values = data
    with_gap = [*units, [-1] * len(units[0])]
    names = [name for name in NOMINAL if not STATISTICS[name].two_coders]
    assert compute_statistics(names, build_patterns(with_gap, n_values=values)) == compute_statistics(
        names, build_patterns(units, n_values=values)
    )


@given(data=ratings(), factor=st.integers(2, 5))
@settings(max_examples=60, deadline=None)
def test_units_counted_several_times_change_only_alpha(data: Any, factor: int) -> None:
    """Alpha corrects for few units, all others are of shares."""
    units, values = data
    once = build_patterns(units, n_values=values)
    lengths = build_patterns(units, lengths=[factor] * len(units), n_values=values)
    repeated = build_patterns(units * factor, n_values=values)
    names = [name for name in NOMINAL if not STATISTICS[name].two_coders]
    by_length, by_row = compute_statistics(names, lengths), compute_statistics(names, repeated)
    for name in names:
        assert by_length[name].value == pytest.approx(by_row[name].value, abs=1e-12)
        if name != "krippendorff_alpha":
            assert by_length[name].value == pytest.approx(value_of(name, once), abs=1e-12) or by_length[name].reason


@pytest.mark.parametrize("name", NOMINAL)
def test_coders_who_agree_everywhere_have_1(name: str) -> None:
    assert value_of(name, build_patterns([[0, 0], [1, 1], [1, 1]])) == 1


def test_a_unit_without_the_code_raises_agreement_and_lowers_prevalence() -> None:
    """One disagreement in four units, then in five."""
    names = ["percent", "prevalence_index", "bias_index"]
    units = [[1, 1], [1, 1], [1, 0], [0, 0]]
    before = compute_statistics(names, build_patterns(units))
    after = compute_statistics(names, build_patterns([*units, [0, 0]]))
    assert [before[name].value for name in names] == [3 / 4, (2 - 1) / 4, 1 / 4]
    assert [after[name].value for name in names] == pytest.approx([4 / 5, (2 - 2) / 5, 1 / 5])


def test_kappa_follows_from_pabak_prevalence_and_bias() -> None:
    """Byrt, Bishop and Carlin (1993): kappa = (PABAK - PI ** 2 + BI ** 2) / (1 - PI ** 2 + BI ** 2)."""
    patterns = from_table([[45, 15], [25, 15]])
    kappa, adjusted, prevalence, bias = (
        value_of(name, patterns) for name in ("cohen_kappa", "pabak", "prevalence_index", "bias_index")
    )
    assert kappa == pytest.approx((adjusted - prevalence**2 + bias**2) / (1 - prevalence**2 + bias**2))
    assert (prevalence, bias) == pytest.approx((-0.3, 0.1))


@pytest.mark.parametrize(
    ("name", "units", "reason"),
    [
        ("percent", [[0, -1], [-1, 1]], "no unit was coded by two coders"),
        ("percent", [[0], [1]], "needs at least two coders"),
        ("cohen_kappa", [[0, 0, 1]], "needs exactly two coders"),
        ("pabak", [[0, 2]], "needs exactly two values, coded and not coded"),
        ("bias_index", [[0, 1, 0]], "needs exactly two coders"),
        ("krippendorff_alpha", [[0, 0], [0, 0]], "no coder used the code"),
        ("gwet_ac1", [[0, 0], [0, -1]], "no coder used the code"),
        ("cohen_kappa", [[1, 1], [1, 1]], "nothing varies: all ratings are the same"),
        (
            "krippendorff_alpha",
            [[0, 0], [1, -1]],
            "nothing varies: all ratings of units that two coders rated are the same",
        ),
        ("alpha_masi", [[0, 1]], "needs sets of codes, not one code"),
    ],
)
def test_undefined_has_a_reason(name: str, units: Any, reason: str) -> None:
    values = 2 if np.max(units) < 2 else 3
    assert compute_statistics([name], build_patterns(units, n_values=values))[name].value is None
    assert value_of(name, build_patterns(units, n_values=values)) == reason


def test_percent_and_s_are_defined_where_nobody_used_the_code() -> None:
    patterns = build_patterns([[0, 0], [0, 0]], n_values=2)
    assert [value_of(name, patterns) for name in ("percent", "brennan_prediger", "pabak")] == [1, 1, 1]


def test_coders_are_compared_pair_by_pair_as_if_read_alone() -> None:
    units = np.array([[0, 1, 1], [1, 1, -1], [0, 0, 1], [1, 1, 1]])
    pair = build_patterns(units, groups=[0, 0, 1, 1]).select_coders([2, 0])
    alone = build_patterns(units[:, [2, 0]], groups=[0, 0, 1, 1])
    assert pair.values.tolist() == alone.values.tolist()
    assert pair.counts.tolist() == alone.counts.tolist()


def test_characters_count_by_the_length_of_stretches() -> None:
    """1000 characters: both code 50, each codes 50 more; agreement on 50 + 850."""
    stretches = build_patterns([[1, 1], [1, 0], [0, 1], [0, 0]], lengths=[50, 50, 50, 850])
    characters = build_patterns([[1, 1]] * 50 + [[1, 0]] * 50 + [[0, 1]] * 50 + [[0, 0]] * 850)
    for name in NOMINAL:
        assert value_of(name, stretches) == value_of(name, characters)
    assert value_of("cohen_kappa", stretches) == pytest.approx(4 / 9)


def test_hundreds_of_millions_of_characters_are_counted_exactly() -> None:
    """Ten times 10 ** 9 characters without the code, and three on which coders differ."""
    patterns = build_patterns([[0, 0]] * 10 + [[0, 1], [1, 1]], lengths=[10**9] * 10 + [3, 1])
    assert patterns.counts.sum() == 10**10 + 4
    assert value_of("scott_pi", patterns) == pytest.approx(1 - (3 / 5) / (1 - 2.5 / (10**10 + 4)), abs=1e-12)


@pytest.mark.parametrize("bad", [[[0, 2]], [[-2, 0]], [0, 1]])
def test_ratings_out_of_range_are_refused(bad: Any) -> None:
    with pytest.raises(ValueError, match="ratings"):
        build_patterns(bad, n_values=2)


@pytest.mark.parametrize("n_values", [2, 40_000])
def test_patterns_hold_each_distinct_row_once(n_values: int) -> None:
    """With 40,000 values of five coders a row is too large for one number of 64 bits."""
    generator = np.random.default_rng(1)
    units = generator.integers(-1, 2, (500, 5)) * (n_values - 1)
    units[units < 0] = -1
    groups = generator.integers(0, 7, 500)
    patterns = build_patterns(units, groups=groups, n_values=n_values)
    counted = Counter((int(group), tuple(row)) for group, row in zip(groups, units.tolist(), strict=True))
    found = {
        (int(group), tuple(patterns.values[pattern].tolist())): count
        for group, pattern, count in zip(patterns.cell_group, patterns.cell_pattern, patterns.cell_count, strict=True)
    }
    assert found == counted
    assert len({tuple(row) for row in patterns.values.tolist()}) == len(patterns.values)


# Intervals.


@pytest.mark.parametrize("name", [name for name in NOMINAL if not STATISTICS[name].two_coders])
def test_a_replicate_equals_the_units_of_its_transcripts_repeated(name: str) -> None:
    generator = np.random.default_rng(3)
    units, groups = generator.integers(-1, 3, (60, 3)), generator.integers(0, 5, 60)
    sums = sum_ratings(build_patterns(units, groups=groups))
    draws = draw_groups(sums.filled_groups, Resampling(replicates=20, seed=4))
    formula = STATISTICS[name].formula
    assert formula is not None
    replicates = compute_replicates(formula, sums, draws)
    for draw, replicate in zip(draws, replicates, strict=True):
        rows = [unit for group, times in enumerate(draw) for unit in units[groups == group].tolist() * int(times)]
        assert replicate == pytest.approx(value_of(name, build_patterns(rows, n_values=3)), abs=1e-12)


def test_interval_contains_the_value_and_is_the_same_with_the_same_seed() -> None:
    generator = np.random.default_rng(5)
    truth = generator.integers(0, 2, 400)
    units = np.stack([np.where(generator.random(400) < 0.1, 1 - truth, truth) for _ in range(2)], axis=1)
    patterns = build_patterns(units, groups=np.arange(400) // 20)
    results = [
        compute_statistics(["cohen_kappa"], patterns, resampling=Resampling(seed=seed))["cohen_kappa"]
        for seed in (1, 1, 2)
    ]
    assert results[0] == results[1] != results[2]
    assert results[0].low is not None
    assert results[0].value is not None
    assert results[0].high is not None
    assert results[0].low < results[0].value < results[0].high
    assert (results[0].groups, results[0].undefined_replicates) == (20, 0)
    assert results[0].resampling == Resampling(replicates=2000, seed=1, level=0.95)


def test_one_transcript_has_no_interval_and_says_why() -> None:
    result = compute_statistics(["percent"], build_patterns([[0, 1]]), resampling=Resampling())["percent"]
    assert (result.value, result.low, result.high) == (0, None, None)
    assert result.interval_reason == "fewer than two transcripts or cases to resample"


def test_transcripts_that_two_coders_did_not_both_read_are_not_drawn() -> None:
    patterns = build_patterns([[0, 1], [1, -1], [1, 1]], groups=[0, 1, 2])
    assert compute_statistics(["percent"], patterns, resampling=Resampling())["percent"].groups == 2
    draws = draw_groups(sum_ratings(patterns).filled_groups, Resampling(replicates=50))
    assert draws[:, 1].sum() == 0
    assert set(draws.sum(axis=1)) == {2.0}


def test_undefined_replicates_are_left_out_and_counted() -> None:
    """Two transcripts, one of which has the code: in a quarter of the draws of two nobody used it."""
    patterns = build_patterns([[1, 1], [1, 0], [0, 0], [0, 0]], groups=[0, 0, 1, 1])
    result = compute_statistics(["cohen_kappa"], patterns, resampling=Resampling(seed=1))["cohen_kappa"]
    draws = draw_groups(np.ones(2), Resampling(seed=1))
    assert result.undefined_replicates == int((draws[:, 1] == 2).sum()) > 400
    assert result.low == 0


# Sets of codes.

PASSONNEAU = [("ab", "abcd", 0.6667), ("ab", "bc", 0.8889), ("a", "a", 0), ("a", "b", 1), ("", "", 0), ("", "a", 1)]
CODES = "abcd"
NINE_UNITS = [("", ""), ("a", ""), ("a", "a"), ("a", "b"), ("ab", "a"), ("ab", "ac"), ("abc", "abc"), ("c", "ac")]


def as_members(sets: list[str]) -> Any:
    return np.array([[code in codes for code in CODES] for codes in sets])


def distance_between(first: str, second: str, distance: Any) -> float:
    a, b = set(first), set(second)
    return float(distance(np.array(float(len(a & b))), np.array(float(len(a))), np.array(float(len(b)))))


def loop_masi(first: str, second: str) -> float:
    a, b = set(first), set(second)
    if a == b:
        return 0.0
    monotonicity = 2 / 3 if a <= b or b <= a else 1 / 3 if a & b else 0
    return 1 - len(a & b) / len(a | b) * monotonicity


def loop_jaccard(first: str, second: str) -> float:
    a, b = set(first), set(second)
    return 1 - len(a & b) / len(a | b) if a | b else 0.0


@pytest.mark.parametrize(("first", "second", "expected"), PASSONNEAU)
def test_masi_distance_is_that_of_passonneau_2006(first: str, second: str, expected: float) -> None:
    assert distance_between(first, second, masi_distance) == pytest.approx(expected, abs=5e-5)
    assert distance_between(second, first, masi_distance) == pytest.approx(expected, abs=5e-5)


def test_alpha_of_sets_has_the_reference_values() -> None:
    units = [*NINE_UNITS, ("c", "ac")]
    sets, numbers = number_sets(as_members([codes for unit in units for codes in unit]))
    patterns = build_patterns(numbers.reshape(-1, 2))
    results = compute_statistics(["alpha_masi", "alpha_jaccard", "krippendorff_alpha"], patterns, sets=sets)
    assert [round(result.value or 0, 4) for result in results.values()] == [0.2731, 0.3156, 0.2388]


@given(units=st.lists(st.lists(st.sampled_from(["", "a", "b", "ab", "abc", "cd", None]), min_size=3, max_size=3)))
@settings(max_examples=80, deadline=None)
def test_alpha_of_sets_equals_plain_loops(units: list[list[str | None]]) -> None:
    rated = [(row, coder) for row, unit in enumerate(units) for coder, codes in enumerate(unit) if codes is not None]
    sets, numbers = number_sets(as_members([units[row][coder] or "" for row, coder in rated]).reshape(-1, 4))
    values = np.full((len(units), 3), -1)
    for (row, coder), number in zip(rated, numbers, strict=True):
        values[row, coder] = number
    results = compute_statistics(["alpha_masi", "alpha_jaccard"], build_patterns(values), sets=sets)
    kept = [[-1 if codes is None else codes for codes in unit] for unit in units]
    if not any(sum(codes != -1 for codes in unit) > 1 for unit in kept):
        assert results["alpha_masi"].reason == "no unit was coded by two coders"
        return
    for name, distance in (("alpha_masi", loop_masi), ("alpha_jaccard", loop_jaccard)):
        expected = loop_alpha(kept, distance)
        if np.isnan(expected):
            assert results[name].reason == "nothing varies: all sets of codes are the same"
        else:
            assert results[name].value == pytest.approx(expected, abs=1e-9)


def test_interval_of_alpha_of_sets_resamples_transcripts() -> None:
    units = [*NINE_UNITS, ("c", "ac")]
    sets, numbers = number_sets(as_members([codes for unit in units for codes in unit]))
    values, groups = numbers.reshape(-1, 2), np.arange(len(units)) // 3
    patterns = build_patterns(values, groups=groups)
    result = compute_statistics(["alpha_jaccard"], patterns, sets=sets, resampling=Resampling(500, 7))["alpha_jaccard"]
    draws = draw_groups(np.ones(3), Resampling(500, 7))
    replicates = []
    for draw in draws:
        rows = [unit for group, times in enumerate(draw) for unit in units[3 * group : 3 * group + 3] * int(times)]
        replicates.append(loop_alpha([list(row) for row in rows], loop_jaccard))
    assert [result.low, result.high] == pytest.approx(np.quantile(replicates, [0.025, 0.975]).tolist(), abs=1e-9)


def test_two_equal_lists_of_sets_agree_and_empty_sets_are_alike() -> None:
    sets, numbers = number_sets(np.zeros((4, 3), dtype=bool))
    assert len(sets) == 1
    assert value_of("alpha_masi", build_patterns(numbers.reshape(2, 2)), sets=sets) == (
        "nothing varies: all sets of codes are the same"
    )
    assert float(jaccard_distance(np.array(0.0), np.array(0.0), np.array(0.0))) == 0


def test_the_table_names_all_statistics_with_source_and_meaning() -> None:
    promised = "percent cohen_kappa fleiss_kappa conger_kappa scott_pi brennan_prediger pabak gwet_ac1"
    assert list(STATISTICS) == [*promised.split(), "krippendorff_alpha", "alpha_masi", "alpha_jaccard"]
    for statistic in (*STATISTICS.values(), *INDICES.values()):
        assert all((statistic.label, statistic.meaning, statistic.source, statistic.coders))
        assert (statistic.formula is None) != (statistic.distance is None)
