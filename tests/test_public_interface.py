"""The public Python interface: parameters, their documentation, and what is refused."""

from __future__ import annotations

import ast
import inspect
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import qualcode
from qualcode import Project, QualcodeError
from qualcode.cli import COMMANDS
from qualcode.errors import UnknownNameError, UsageError
from qualcode.shared_parameters import document_parameters
from qualcode.study.selection import AnalysisOptions
from qualcode.suggest.suggestion_request import SuggestionOptions
from studies import A, Shell, coded_study, small_study

ROOT = Path(__file__).resolve().parents[1]
CLASSES_WITH_CHECKED_PARAMETERS = {"Project", "QuoteLocation"}
METHODS_THAT_WRITE = ("export", "export_coding", "export_review", "export_spacy", "report", "save_suggestions")


def public_functions() -> Iterator[tuple[str, Callable[..., Any]]]:
    """Yield the public functions, constructors and methods of all public classes, with their names."""
    for name in qualcode.__all__:
        public = getattr(qualcode, name)
        if inspect.isfunction(public):
            yield name, public
        elif inspect.isclass(public):
            for member, function in inspect.getmembers(public, inspect.isroutine):
                own = getattr(function, "__module__", None) or ""
                if (member == "__init__" or not member.startswith("_")) and own.startswith("qualcode"):
                    yield f"{name}.{member}", function


PUBLIC = dict(public_functions())


def parameters_of(function: Callable[..., Any]) -> list[inspect.Parameter]:
    return [one for one in inspect.signature(function).parameters.values() if one.name != "self"]


def test_the_walk_finds_the_methods() -> None:
    assert {"Project.themes", "Project.init", "Project.__init__", "QuoteLocation.__init__"} <= set(PUBLIC)
    assert len(PUBLIC) > 40


@pytest.mark.parametrize("name", PUBLIC)
def test_every_public_function_declares_its_parameters_with_types(name: str) -> None:
    parameters = parameters_of(PUBLIC[name])
    assert [one.name for one in parameters if one.kind in {one.VAR_KEYWORD, one.VAR_POSITIONAL}] == []
    assert [one.name for one in parameters if one.annotation is one.empty] == []
    assert inspect.signature(PUBLIC[name]).return_annotation is not inspect.Signature.empty


@pytest.mark.parametrize("name", [name for name in PUBLIC if name.startswith("Project.")])
def test_every_parameter_is_in_the_docstring(name: str) -> None:
    function = Project if name == "Project.__init__" else PUBLIC[name]
    text = inspect.getdoc(function) or ""
    assert [one.name for one in parameters_of(PUBLIC[name]) if not re.search(rf"\b{one.name}\b", text)] == []


@pytest.mark.parametrize("name", [name for name in PUBLIC if name.startswith("Project.")])
def test_after_the_first_parameters_all_are_keyword_only(name: str) -> None:
    """What has a default is given by name; positional are the things that a method is about, one default at most."""
    positional = [one for one in parameters_of(PUBLIC[name]) if one.kind is one.POSITIONAL_OR_KEYWORD]
    assert [one.name for one in positional if one.default is not one.empty][1:] == []


@pytest.mark.parametrize("name", [name for name in PUBLIC if name.partition(".")[0] in CLASSES_WITH_CHECKED_PARAMETERS])
def test_an_unknown_keyword_is_refused_by_name(name: str) -> None:
    label = name.removesuffix(".__init__")
    for parameter in parameters_of(PUBLIC[name]):
        misspelt = f"{parameter.name}x"
        with pytest.raises(TypeError) as raised:
            PUBLIC[name](None, **{misspelt: 1})
        assert isinstance(raised.value, QualcodeError)
        assert str(raised.value).startswith(f"{label}() has no parameter '{misspelt}': did you mean '")
    with pytest.raises(QualcodeError, match=re.escape(f"{label}() has no parameter 'qqqqqqq' (it has: ")):
        PUBLIC[name](None, qqqqqqq=1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda it: it.themes(coders=["ben"]), "Project.themes() has no parameter 'coders': did you mean 'coder'?"),
        (
            lambda it: it.themes(transcript="A"),
            "Project.themes() has no parameter 'transcript': did you mean 'transcripts'?",
        ),
        (
            lambda it: it.suggest(minscore=0.9),
            "Project.suggest() has no parameter 'minscore': did you mean 'min_score'?",
        ),
        (lambda it: it.themes(levels="code"), "Project.themes() has no parameter 'levels': did you mean 'level'?"),
        (
            lambda it: it.codings(coders="ana", codes="work"),
            "Project.codings() has no parameter 'coders': did you mean 'coder'?; "
            "no parameter 'codes': did you mean 'code'?",
        ),
        (lambda it: it.coders(x=1), "Project.coders() has no parameter 'x' (it has: none)"),
        (
            lambda _: PUBLIC["QuoteLocation.__init__"](None, turns=3),
            "QuoteLocation() has no parameter 'turns': did you mean 'turn'?",
        ),
        (lambda it: type(it)(it.study.root, pth=1), "Project() has no parameter 'pth': did you mean 'path'?"),
    ],
)
def test_a_misspelt_keyword_is_refused_with_the_right_one(
    tmp_path: Path, call: Callable[[Any], object], message: str
) -> None:
    with pytest.raises(QualcodeError, match="has no parameter") as raised:
        call(Project(coded_study(tmp_path)))
    assert str(raised.value) == message
    assert len(raised.traceback) == 3  # this test, the call, and the check


def test_messages_of_python_name_the_public_class(tmp_path: Path) -> None:
    project: Any = Project(small_study(tmp_path))
    with pytest.raises(TypeError, match=r"^Project\.code\(\) missing 1 required positional argument: 'code'$"):
        project.code("A")
    with pytest.raises(TypeError, match=r"^Project\.check\(\) has no parameters$"):
        project.check("A")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda it: it.themes(coder="ana", level="codes"), "level: there is no 'codes' (did you mean 'code'?)"),
        (
            lambda it: it.cooccurrence(coder="ana", level=["code", "thme"]),
            "level: there is no 'thme' (did you mean 'theme'?)",
        ),
        (lambda it: it.networks(coder="ana", level="x"), "level: there is no 'x' (known: code, family, theme)"),
        (lambda it: it.themes(coder="ana", universe="al"), "universe: there is no 'al' (did you mean 'all'?)"),
        (
            lambda it: it.export_spacy("x", coder="ana", universe="any"),
            "universe: there is no 'any' (known: asked, all)",
        ),
        (lambda it: it.themes(coder="ana", unit="sentences"), "no unit 'sentences' (did you mean 'sentence'?)"),
        (
            lambda it: it.segments(unit=3),
            "Project.segments(): unit must be a text or None, not 3",
        ),
        (lambda it: it.themes(coder=3), "Project.themes(): coder must be a text or a list of texts or None, not 3"),
        (
            lambda it: it.codings(code=["work", None]),
            "Project.codings(): code must be a text or a list of texts or None, not ['work', None]",
        ),
        (lambda it: it.suggest(order="reviews"), "order: there is no 'reviews' (did you mean 'review'?)"),
        (lambda it: it.suggest(min_score=50), "min_score: must be a number from 0 to 1, not 50"),
        (lambda it: it.highlight("A", top=0), "top: must be at least 1, not 0"),
        (lambda it: it.suggest(jobs=0), "jobs: must be at least 1, not 0"),
        (lambda it: it.network(coder="ana", min_count=0), "min_count: must be at least 1, not 0"),
        (lambda it: it.surprises(coder="ana", top=-1), "top: must be at least 1, not -1"),
        (lambda it: it.confusions(coder="ana", top=0), "top: must be at least 1, not 0"),
        (lambda it: it.rows("A", most=0), "most: must be at least 1, not 0"),
        (
            lambda it: it.search("legal", role="x"),
            "role: there is no 'x' (known: participant, interviewer, all)",
        ),
        (
            lambda it: it.search("legal", role="participants"),
            "role: there is no 'participants' (did you mean 'participant'?)",
        ),
    ],
)
def test_a_wrong_value_is_refused(tmp_path: Path, call: Callable[[Any], object], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        call(Project(coded_study(tmp_path)))
    assert str(raised.value) == message


LISTS_OF_NAMES = [
    (name, parameter.name)
    for name, function in PUBLIC.items()
    for parameter in parameters_of(function)
    if name.startswith("Project.") and re.search(r"Names \| None|Sequence\[.*\] \| None", parameter.annotation)
]


@pytest.mark.parametrize(("name", "parameter"), LISTS_OF_NAMES)
def test_an_empty_list_does_not_select_all(tmp_path: Path, name: str, parameter: str) -> None:
    project = Project(coded_study(tmp_path))
    function = getattr(project, name.removeprefix("Project."))
    first: dict[str, list[Any]] = {"transcript": ["A"], "search": ["legal"], "highlight": ["A"], "done": ["A"]}
    first |= {name: [tmp_path / "x"] for name in METHODS_THAT_WRITE}
    empties: list[Any] = [[], (), pd.Series([], dtype=str), iter([])]
    for empty in empties:
        with pytest.raises(
            UsageError, match=f"^{parameter}: an empty list selects nothing; leave it out, or give None"
        ):
            function(*first.get(function.__name__, []), **{parameter: empty})


def test_the_walk_finds_the_lists_of_names() -> None:
    assert {("Project.themes", "by"), ("Project.suggest", "code"), ("Project.codings", "status")} <= set(LISTS_OF_NAMES)


@pytest.mark.parametrize("given", [[], (), None, {}, iter([]), 5, True])
def test_done_without_a_name_marks_nothing(tmp_path: Path, given: Any) -> None:
    root = small_study(tmp_path)
    for undo in (False, True):
        with pytest.raises(UsageError, match="transcripts"):
            Project(root).done(given, coder="ana", undo=undo)
    assert not list(root.glob("codings/**/*.jsonl"))


def test_ids_that_an_iterator_yields_are_all_used(tmp_path: Path) -> None:
    project: Any = Project(small_study(tmp_path))
    ids = project.suggest(transcripts=(name for name in "AB"))["id"]
    assert project.accept(iter(ids[:2]), coder="ana").count == 2
    # An empty list is not "no ids, so select by the other parameters".
    with pytest.raises(UsageError, match="ids: an empty list selects nothing"):
        project.accept([], coder="ana")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda it: it.transcript(5), "transcript(): transcript must be a text, not 5"),
        (
            lambda it: it.transcript("A", turns=True),
            "transcript(): turns must be a whole number or a text or None, not True",
        ),
        (lambda it: it.text(None), "text(): transcript must be a text, not None"),
        (lambda it: it.rows(5), "rows(): transcript must be a text, not 5"),
        (lambda it: it.rows("A", most="a"), "rows(): most must be a whole number, not 'a'"),
        (lambda it: it.rows("A", most=1.5), "rows(): most must be a whole number, not 1.5"),
        (lambda it: it.highlight(5), "highlight(): transcript must be a text, not 5"),
        (lambda it: it.search(None), "search(): words must be a text, not None"),
        (lambda it: it.search("x", context="a"), "search(): context must be a whole number, not 'a'"),
        (lambda it: it.search("x", context=None), "search(): context must be a whole number, not None"),
        (lambda it: it.search("x", context=1.5), "search(): context must be a whole number, not 1.5"),
        (lambda it: it.search("x", regex="no"), "search(): regex must be True or False, not 'no'"),
        (lambda it: it.why([]), "why(): suggestion must be a text, not []"),
        (lambda it: it.why(None), "why(): suggestion must be a text, not None"),
        (lambda it: it.memo(5, coder="ana"), "memo(): text must be a text, not 5"),
        (lambda it: it.memos(words=5), "memos(): words must be a text, not 5"),
        (lambda it: it.code("A", "work", None), "code(): quote must be a QuoteLocation or a text, not None"),
        (lambda it: it.code("A", "work", 5), "code(): quote must be a QuoteLocation or a text, not 5"),
        (lambda it: it.code("A", "work", turn="1"), "code(): turn must be a whole number or None, not '1'"),
        (lambda it: it.code("A", "work", turn=True), "code(): turn must be a whole number or None, not True"),
        (lambda it: it.code("A", "work", end=float("nan")), "code(): end must be a whole number or None, not nan"),
        (lambda it: it.code("A", "work", coder=["ana"]), "code(): coder must be a text or None, not ['ana']"),
        (lambda it: it.suggest(min_score="a"), "suggest(): min_score must be a number or None, not 'a'"),
        (lambda it: it.suggest(top=1.5), "suggest(): top must be a whole number or None, not 1.5"),
        (lambda it: it.suggest(jobs=None), "suggest(): jobs must be a whole number, not None"),
        (lambda it: it.suggest(learn_from=5), "suggest(): learn_from must be a text or None, not 5"),
        (lambda it: it.suggest(announce="x"), "suggest(): announce must be a function or None, not 'x'"),
        (
            lambda it: it.suggest(order=5),
            "suggest(): order must be 'review' or 'transcript' or 'uncertain' or 'novel' or None, not 5",
        ),
        (lambda it: it.update(renamed=5), "update(): renamed must be a mapping or None, not 5"),
        (lambda it: it.update(renamed={1: "A"}), "update(): renamed must be a mapping or None, not {1: 'A'}"),
        (lambda it: it.update(choose=5), "update(): choose must be a function or None, not 5"),
        (lambda it: it.pseudonymise("k", decide=5), "pseudonymise(): decide must be a function or None, not 5"),
        (
            lambda it: it.themes(coder=np.array("a")),
            "themes(): coder must be a text or a list of texts or None, not array('a', dtype='<U1')",
        ),
        (lambda it: it.export(None), "export(): path must be a path, not None"),
        (lambda it: it.add(5), "add(): paths must be a path or a list of paths, not 5"),
        (lambda it: it.add([5]), "add(): paths must be a path or a list of paths, not [5]"),
        (lambda it: it.add("x.txt", into=5), "add(): into must be a text, not 5"),
        (lambda it: it.code_from(None), "code_from(): table must be a path or a DataFrame, not None"),
        (lambda it: it.done_from([1]), "done_from(): table must be a path or a DataFrame, not [1]"),
        (lambda it: it.draw(5), "draw(): what must be a Graph or a DataFrame or None, not 5"),
        (lambda it: it.edges([]), "edges(): graphs must be a dict, not []"),
        (lambda it: it.init(5), "init(): path must be a path, not 5"),
        (lambda it: it.done("A", undo="no"), "done(): undo must be True or False, not 'no'"),
        (lambda it: it.text(list("abcdefghijklmnopqrstuvwxyz")), "text(): transcript must be a text, not a list"),
    ],
)
def test_a_value_of_another_type_is_refused(tmp_path: Path, call: Callable[[Any], object], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        call(Project(coded_study(tmp_path)))
    assert str(raised.value) == f"Project.{message}"
    assert isinstance(raised.value, TypeError)


def test_a_study_is_opened_by_a_path_alone() -> None:
    with pytest.raises(UsageError, match=r"^Project\(\): path must be a path, not 5$"):
        Project(5)  # type: ignore[arg-type]


def test_numbers_of_pandas_are_taken(tmp_path: Path) -> None:
    project: Any = Project(small_study(tmp_path))
    first = A.index("They fear it.")
    place = pd.DataFrame({"start": [first, None], "end": [first + 13, None]}).iloc[0]
    assert place.dtype == float
    assert project.code("A", "work/fear", start=place["start"], end=place["end"], coder=np.str_("ana")).count == 1
    assert project.code("B", "work/fear", "Legal says no.", turn=np.int64(1), coder="ana").count == 1
    assert len(project.suggest(top=2.0, min_score=np.float32(0), decided=np.bool_(True))) == 2
    assert project.transcript("A", turns=np.int64(1)).turns == project.transcript("A", turns="1").turns
    assert project.transcripts(pd.Series(["A", "B"]))["transcript"].tolist() == ["A", "B"]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda it: it.suggest("wrigley"),
            "suggest() takes its parameters by name: code=..., transcripts=..., min_score=..., max_score=... and "
            "11 more",
        ),
        (
            lambda it: it.themes("ana"),
            "themes() takes its parameters by name: unit=..., coder=..., code=..., transcripts=... and 7 more",
        ),
        (lambda it: it.check(1), "check() has no parameters"),
        (lambda it: it.text("A", "B"), "text() takes only transcript by position, not 2 values"),
        (
            lambda it: it.rows("A", 5),
            "rows() takes only transcript by position, not 2 values; by name: most=...",
        ),
    ],
)
def test_too_many_values_by_position_are_refused(tmp_path: Path, call: Callable[[Any], object], message: str) -> None:
    with pytest.raises(UsageError) as raised:
        call(Project(small_study(tmp_path)))
    assert str(raised.value) == f"Project.{message}"
    assert isinstance(raised.value, TypeError)


def test_a_value_given_twice_is_refused_by_python(tmp_path: Path) -> None:
    project: Any = Project(small_study(tmp_path))
    with pytest.raises(TypeError, match=r"^Project\.text\(\) got multiple values for argument 'transcript'$"):
        project.text("A", transcript="A")


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda it: it.themes(coder="anna"), "no coder 'anna' in this study (did you mean 'ana'?)"),
        (lambda it: it.codings(coder="anna"), "no coder 'anna' in this study (did you mean 'ana'?)"),
        (lambda it: it.suggest(coder="anna"), "no coder 'anna' in this study (did you mean 'ana'?)"),
        (lambda it: it.suggest(learn_from="anna"), "no coder 'anna' in this study (did you mean 'ana'?)"),
        (lambda it: it.why("0", learn_from="bem"), "no coder 'bem' in this study (did you mean 'ben'?)"),
        (lambda it: it.evaluate(coder="anna"), "no coder 'anna' in this study (did you mean 'ana'?)"),
        (
            lambda it: it.evaluate(coder="ana", second="bem"),
            "no second coder 'bem' in this study (did you mean 'ben'?)",
        ),
        (lambda it: it.surprises(coder="anna"), "no coder 'anna' in this study (did you mean 'ana'?)"),
        (lambda it: it.themes(coder="ana", by="sized"), "no attribute 'sized' in this study (did you mean 'size'?)"),
        (
            lambda it: it.themes(coder="ana", code="work/mony"),
            "no code 'work/mony' in this study (did you mean 'work/money'?)",
        ),
        (lambda it: it.segments(transcripts="E"), "no transcript 'E' in this study (known: A, B, C, D)"),
        (lambda it: it.suggest(maker="cue"), "no maker 'cue' in this study (did you mean 'cues'?)"),
        (lambda it: it.done("A", families="wrk", coder="ana"), "no family 'wrk' in this study (did you mean 'work'?)"),
    ],
)
def test_a_name_that_the_study_does_not_have_is_refused(
    tmp_path: Path, call: Callable[[Any], object], hint: str
) -> None:
    with pytest.raises(UnknownNameError) as raised:
        call(Project(coded_study(tmp_path)))
    assert str(raised.value) == hint


def test_a_new_coder_may_ask_for_suggestions(tmp_path: Path) -> None:
    assert len(Project(coded_study(tmp_path)).suggest(coder="carla")) > 0


def test_one_family_may_be_given_as_a_text(tmp_path: Path) -> None:
    project = Project(small_study(tmp_path))
    project.done("A", coder="ana", families="work")
    (path,) = tmp_path.glob("codings/ana/*.jsonl")
    assert json.loads(path.read_text())["families"] == ["work"]


class _CalledWith(Exception):
    """Carries the options that a method has passed on."""


@pytest.mark.parametrize(
    ("method", "target"),
    [
        ("themes", "qualcode.listings.counted_incidences.build_incidence_set"),
        ("cooccurrence", "qualcode.listings.analysis.pair_incidences.build_pair_incidences"),
        ("network", "qualcode.listings.analysis.pair_incidences.build_pair_incidences"),
        ("networks", "qualcode.listings.analysis.pair_incidences.build_pair_incidences"),
        ("centrality", "qualcode.listings.analysis.pair_incidences.build_pair_incidences"),
        ("communities", "qualcode.listings.analysis.pair_incidences.build_pair_incidences"),
        ("network_difference", "qualcode.listings.analysis.pair_incidences.build_pair_incidences"),
        ("case_network", "qualcode.listings.counted_incidences.build_incidence_set"),
        ("export", "qualcode.export.workbook_export.export_workbook"),
        ("export_spacy", "qualcode.export.spacy_training_data.export_spacy"),
        ("suggest", "qualcode.suggest.study_suggestions.stream_study_suggestions"),
        ("suggestions", "qualcode.suggest.study_suggestions.stream_study_suggestions"),
        ("stream_suggestions", "qualcode.suggest.study_suggestions.stream_study_suggestions"),
        ("save_suggestions", "qualcode.suggest.study_suggestions.stream_study_suggestions"),
        ("highlight", "qualcode.suggest.explanations.highlighted_transcript.highlight_transcript"),
    ],
)
def test_every_option_arrives_under_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, target: str
) -> None:
    """Options are passed on by position: no two may be exchanged."""

    def record(*args: Any, **_: Any) -> Any:
        raise _CalledWith(next(one for one in args if isinstance(one, AnalysisOptions | SuggestionOptions)))

    monkeypatch.setattr(target, record)
    values: dict[str, Any] = {
        "universe": "all",
        "order": "novel",
        "min_score": 0.25,
        "max_score": 0.75,
        "top": 7,
        "unread_only": True,
    }
    values |= {"decided": True, "per_sentence": 3}
    function = getattr(Project(small_study(tmp_path)), method)
    names = {one for cls in (AnalysisOptions, SuggestionOptions) for one in cls.__slots__}
    values["announce"] = print
    given = {one.name: values.get(one.name, one.name) for one in parameters_of(function) if one.name in names}
    first = {"highlight": ["A"]} | {name: [tmp_path / "x.parquet"] for name in METHODS_THAT_WRITE}
    with pytest.raises(_CalledWith) as raised:
        list(function(*first.get(method, []), **given))
    options = raised.value.args[0]
    assert {name: getattr(options, name) for name in given} == given
    assert len(given) >= 5


def test_shared_parameters_are_described_once_in_the_order_of_the_signature() -> None:
    @document_parameters({"b": "The second.", "a": "The first.", "c": "Not shown.", "z": "Not a parameter."})
    def method(a: int, b: int, c: int) -> None:
        """Do it.

        Parameters
        ----------
        c
            Its own.

        Raises
        ------
        ValueError
            Never.
        """

    assert method.__doc__ == (
        "Do it.\n\nParameters\n----------\nc\n    Its own.\na\n    The first.\nb\n    The second.\n\n"
        "Raises\n------\nValueError\n    Never."
    )


# Public names


def test_dir_shows_the_public_names_and_each_is_there() -> None:
    assert dir(qualcode) == sorted(qualcode.__all__)
    assert {"Project", "CodingUpdate", "Problem", "QualcodeError", "QuoteLocation"} <= set(dir(qualcode))
    assert all(getattr(qualcode, name) for name in dir(qualcode))


def test_classes_that_methods_of_a_project_take_or_return_are_public() -> None:
    named = {
        word
        for function in PUBLIC.values()
        if function.__qualname__.startswith("Project")
        for annotation in function.__annotations__.values()
        for word in re.findall(r"\b[A-Z]\w+", annotation)
    }
    aliases = {
        "AgreementUniverse",
        "Any",
        "Callable",
        "CodeSetLevel",
        "CodingStatus",
        "DataFrame",
        "DefinitionStatus",
        "Graph",
        "Iterator",
        "Mapping",
    }
    aliases |= {"MemoKind", "CrosstabCells", "MatrixCells", "MatrixRows"}
    aliases |= {"CodedSpan", "ConfirmBatch", "EdgeWeight"}
    aliases |= {"Names", "Order", "Path", "QuotePart", "ReportProgress", "RoleChoice", "Sequence", "UniverseName"}
    assert len(named) > 20
    assert named - aliases - {"None"} <= set(qualcode.__all__)


# Names of options and commands in messages


NAME_ON_COMMAND_LINE = re.compile(rf"(?<!\S)[('\"]*(--[a-z]|qualcode ({'|'.join(COMMANDS)})\b)")


def messages_with_command_line_names() -> Iterator[str]:
    """Yield the texts in the code outside ``cli`` that name an option or command as on the command line."""
    for path in sorted((ROOT / "src/qualcode").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        docstrings = {
            node.body[0].value
            for node in ast.walk(tree)
            if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef) and node.body
            if isinstance(node.body[0], ast.Expr)
        }
        # The first argument is the phrase for the command line.
        phrases = {
            node.args[0]
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "name_for_interface"
        }
        allowed = docstrings | {inner for phrase in phrases for inner in ast.walk(phrase)}
        for node in ast.walk(tree):
            text = node.value if isinstance(node, ast.Constant) and node not in allowed else None
            if isinstance(text, str) and "cli" not in path.parts and NAME_ON_COMMAND_LINE.search(text):
                yield f"{path.stem}: {text}"


FILES_FOR_OTHERS = (
    "counted_content: ",
    "review_instructions: ",
    "spacy_training_data: ",
    "sheet_content: . Suggestions are not counted",
    "sheet_content: To decide, write",
    "transcript_document: qualcode apply",
    "group_sheet: No case",
)
"""Texts in exported files, whose readers work with the command line if with any of the two."""


def test_messages_name_options_and_commands_for_the_interface_in_use() -> None:
    # Options of pip and git, titles, a property of styles, and the command that the review runs.
    others = ("onnx_files: ", "codebook_schema: qualcode codebook", "git_texts: ", "page_colours:  { --own")
    review = ("browser_app: qualcode review", "review_app: qualcode review", "suggestion_process: --")
    found = [
        text
        for text in messages_with_command_line_names()
        if not text.startswith((*FILES_FOR_OTHERS, *others, *review))
    ]
    assert found == []


def test_python_is_told_of_parameters_and_the_command_line_of_options(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    project, shell = Project(coded_study(tmp_path)), Shell(tmp_path, capsys)
    with pytest.raises(QualcodeError) as raised:
        project.themes()
    assert str(raised.value).endswith("to count, name one with coder='NAME' or 'coder: NAME' in qualcode.yaml")
    expected = "to count, name one with --coder NAME or 'coder: NAME' in qualcode.yaml"
    assert shell("themes").err.rstrip().endswith(expected)
    (tmp_path / "transcripts/A.txt").write_text(A.replace("Nobody", "Well. Nobody"))
    project.refresh()
    assert "run Project.update()" in " ".join(project.themes(coder="ana").attrs["notes"])
    assert "run 'qualcode update'" in shell("themes", "--coder", "ana").out
    assert (
        "nothing is recorded yet: add write=True to record it, or choose= to be asked first"
        in (project.update(coder="ana").attrs["notes"])
    )
    assert "nothing is recorded yet: add --write to record it, or --interactive to be asked" in shell("update").out
