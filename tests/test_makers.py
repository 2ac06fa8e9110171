"""Makers that others write: found, run only when named, and held to the rules of all suggestions."""

from __future__ import annotations

import importlib
import json
import re
import socket
import sys
import tomllib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest

from builders import book_of, transcript_of
from qualcode.errors import OperationError, QualcodeError
from qualcode.model import Codebook, Transcript
from qualcode.project import Project
from qualcode.suggest import Proposal
from qualcode.suggest.makers.maker_plugins import Maker, MakerError, find_installed_makers, load_maker, run_maker
from qualcode.suggest.makers.network_guard import remote_host
from studies import Shell, column, ledgers, small_study, write

PAGE = (Path(__file__).parents[1] / "docs" / "makers.md").read_text(encoding="utf-8")

Install = Callable[..., Path]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Install a package of one module: its code, its entry points, and what tells Python that it is installed."""

    def made(module: str, code: str, makers: dict[str, str], *, package: str = "") -> Path:
        site = tmp_path / "site" / (package or module)
        write(site, f"{module}.py", code)
        points = "\n".join(f"{name} = {value}" for name, value in makers.items())
        record = f"{(package or module).replace('-', '_')}-1.0.dist-info"
        write(site, f"{record}/METADATA", f"Metadata-Version: 2.1\nName: {package or module}\nVersion: 1.0\n")
        write(site, f"{record}/entry_points.txt", f"[qualcode.makers]\n{points}\n")
        monkeypatch.syspath_prepend(str(site))
        monkeypatch.delitem(sys.modules, module, raising=False)
        importlib.invalidate_caches()
        return site

    return made


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(small_study(tmp_path / "study"), capsys)


def of_page(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


# --- the page's example -----------------------------------------------------------------------------------------


@pytest.fixture
def names(install: Install) -> Path:
    """Install the maker of the page, exactly as it stands there."""
    project = tomllib.loads(of_page("toml")[0])["project"]
    makers = project["entry-points"]["qualcode.makers"]
    (module,) = {value.partition(":")[0] for value in makers.values()}
    return install(module, of_page("python")[0], makers, package=project["name"])


def test_the_example_of_the_page_is_twenty_lines_and_suggests(names: Path, shell: Shell) -> None:
    assert len(of_page("python")[0].splitlines()) < 25
    write(shell.root, "transcripts/A.txt", "I: Money?\n\nP: It is the money. Patience is what I need, and money.\n")
    rows = shell("suggest", "--maker", "names", "--transcripts", "A", "--order", "transcript", "--format", "json").json
    assert [(row["quote"], row["code"], row["score"], row["maker"], row["why"]) for row in rows] == [
        ("It is the money.", "work/money", 0.5, "names", 'says "Money"'),
        ("Patience is what I need, and money.", "skills/patience", 0.5, "names", 'says "Patience"'),
        ("Patience is what I need, and money.", "work/money", 0.5, "names", 'says "Money"'),
    ]


def test_the_options_of_the_page_reach_the_maker(names: Path, shell: Shell) -> None:
    settings = (shell.root / "qualcode.yaml").read_text(encoding="utf-8")
    write(shell.root, "qualcode.yaml", settings + of_page("yaml")[0])
    write(shell.root, "transcripts/A.txt", "P: It is the money.\n")
    (row,) = shell("suggest", "--maker", "names", "--transcripts", "A", "--format", "json").json
    assert row["score"] == 0.8
    assert shell("suggest", "--transcripts", "A", "--format", "json").json == []


def test_a_maker_that_is_installed_and_not_named_is_not_even_imported(install: Install, shell: Shell) -> None:
    install("loud", "raise SystemExit('imported')", {"loud": "loud:make"})
    assert "loud" in find_installed_makers()
    found = shell("suggest", "--format", "json")
    assert found.code == 0
    assert set(column(found.json, "maker")) == {"cues"}
    assert "loud" not in sys.modules


def test_a_maker_can_be_named_beside_cues(names: Path, shell: Shell) -> None:
    write(shell.root, "transcripts/A.txt", "P: The budget is money.\n")
    words = ("suggest", "--maker", "names", "--maker", "cues", "--transcripts", "A")
    rows = shell(*words, "--format", "json").json
    assert {(row["maker"], row["code"]) for row in rows} == {("cues", "work/money"), ("names", "work/money")}
    shown = shell(*words).out
    assert "maker" in shown.splitlines()[0]
    assert "2 suggestions by cues and names, codebook" in shown


def test_options_of_listing_work_for_makers_too(names: Path, shell: Shell) -> None:
    write(shell.root, "transcripts/A.txt", "P: It is money and fear.\n")
    words = ("suggest", "--maker", "names", "--transcripts", "A", "--format", "json")
    assert column(shell(*words, "--code", "work/fear").json, "code") == ["work/fear"]
    assert shell(*words, "--min-score", "0.6").json == []


# --- deciding ---------------------------------------------------------------------------------------------------


def test_what_a_maker_suggests_is_accepted_with_its_name_and_reason(names: Path, shell: Shell) -> None:
    write(shell.root, "transcripts/A.txt", "P: It is the money.\n")
    (row,) = shell("suggest", "--maker", "names", "--transcripts", "A", "--format", "json").json
    assert shell("accept", row["id"], "--coder", "ana").out == "1 accepted\n"
    (line,) = ledgers(shell.root)["ana/A.jsonl"].decode().splitlines()
    origin = json.loads(line)["origin"]
    assert (origin["maker"], origin["score"], origin["why"]) == ("names", 0.5, 'says "Money"')
    assert shell("suggest", "--maker", "names", "--coder", "ana", "--format", "json").json == []


def test_what_a_maker_suggests_is_rejected_and_stays_away(names: Path, shell: Shell) -> None:
    write(shell.root, "transcripts/A.txt", "P: It is the money.\n")
    words = ("suggest", "--maker", "names", "--format", "json", "--coder", "ana")
    (row,) = shell(*words).json
    assert shell("reject", row["id"], "--coder", "ana").code == 0
    assert shell(*words).json == []


def test_a_run_over_some_transcripts_keeps_the_suggestions_on_others(names: Path, shell: Shell) -> None:
    for name in "AB":
        write(shell.root, f"transcripts/{name}.txt", "P: It is the money.\n")
    (shell.root / "transcripts/B.md").unlink()
    ids = [
        column(shell("suggest", "--maker", "names", "--transcripts", name, "--format", "json").json, "id")[0]
        for name in "AB"
    ]
    assert shell("accept", *ids, "--coder", "ana").out == "2 accepted\n"


def test_what_is_kept_is_not_accepted_when_the_words_have_changed(names: Path, shell: Shell) -> None:
    write(shell.root, "transcripts/A.txt", "P: It is the money.\n")
    (row,) = shell("suggest", "--maker", "names", "--format", "json").json
    write(shell.root, "transcripts/A.txt", "P: It was the money.\n")
    assert shell("accept", row["id"], "--coder", "ana").code == 2
    assert not ledgers(shell.root)


def test_a_damaged_cache_costs_only_what_was_kept(names: Path, shell: Shell) -> None:
    write(shell.root, "transcripts/A.txt", "P: It is the money.\n")
    words = ("suggest", "--maker", "names", "--format", "json")
    (row,) = shell(*words).json
    (kept,) = (shell.root / ".qualcode").glob("shown*")
    kept.write_bytes(b"none")
    assert shell("accept", row["id"], "--coder", "ana").code == 2
    assert shell(*words).json == [row]
    assert shell("accept", row["id"], "--coder", "ana").code == 0


# --- names ------------------------------------------------------------------------------------------------------

GOOD = """
class M:
    name = {name!r}
    def propose(self, transcript, sentences, book):
        return []
make = M
"""


def test_a_name_that_nobody_has_is_answered_with_those_there_are(names: Path, shell: Shell) -> None:
    found = shell("suggest", "--maker", "name")
    assert found.code == 2
    assert found.err == "qualcode: no maker 'name' in this study (did you mean 'names'?)\n"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("cues", "has a name that is kept for qualcode's own maker"),
        ("Learner", "has a name that is kept for qualcode's own maker"),
        ("ana", "has the name of a coder: a maker is none"),
        ("a b", "has a name with other signs than letters, digits and . _ + -"),
    ],
)
def test_names_that_are_taken_are_refused(install: Install, name: str, said: str) -> None:
    install("taken", GOOD.format(name=name), {name: "taken:make"})
    with pytest.raises(MakerError, match=re.escape(said)):
        load_maker(name, coders={"Ana"})


def test_a_maker_is_called_as_its_entry_point_is(install: Install) -> None:
    install("other", GOOD.format(name="x"), {"y": "other:make"})
    with pytest.raises(MakerError, match="maker 'y' calls itself 'x': its name has to be that of its entry point"):
        load_maker("y")


def test_a_name_that_two_packages_bring_is_refused(install: Install) -> None:
    install("one_m", GOOD.format(name="both"), {"both": "one_m:make"})
    install("two_m", GOOD.format(name="both"), {"both": "two_m:make"})
    with pytest.raises(MakerError, match=r"'both' is brought by several packages \(\w+, \w+\): uninstall all but one"):
        load_maker("both")


def test_a_coder_of_the_study_is_no_maker(install: Install, shell: Shell) -> None:
    install("person", GOOD.format(name="ana"), {"ana": "person:make"})
    assert shell("suggest", "--maker", "ana").code == 0
    shell("code", "A", "work/money", "The budget is gone.", "--coder", "ana")
    found = shell("suggest", "--maker", "ana")
    assert (found.code, found.err) == (1, "qualcode: maker 'ana' has the name of a coder: a maker is none\n")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (
            "import no_such_module",
            "broke off while it was loaded (ModuleNotFoundError: No module named 'no_such_module')",
        ),
        ("def make(): raise KeyError('k')", "broke off while it was loaded (KeyError: 'k')"),
        ("def make(options): ...", "broke off while it was loaded (TypeError: make() missing 1 required"),
        ("def make(): return 7", "calls itself None: its name has to be that of its entry point"),
        ("class make: name = 'm'", "has no method 'propose'"),
        ("class make:\n name = 'm'\n remote = ' '\n def propose(self): ...", "has a 'remote' that is no sentence"),
        ("x = 1", "broke off while it was loaded (AttributeError: module 'broken' has no attribute 'make')"),
    ],
)
def test_a_maker_that_cannot_be_loaded_is_told_in_a_sentence(
    install: Install, shell: Shell, code: str, said: str
) -> None:
    install("broken", code, {"m": "broken:make"})
    found = shell("suggest", "--maker", "m")
    assert found.code == 1
    assert found.out == ""
    assert found.err.startswith(f"qualcode: maker 'm' {said}")
    assert found.err.count("\n") == 1


# --- rules of proposals -----------------------------------------------------------------------------------------

TEXT = "I: What is hard?\n\nP: The budget. It is gone.\n\nP: Nobody cares.\n"
HELD = transcript_of(TEXT)
BOOK = book_of(["f/a", "f/b"])
AT = TEXT.index("The budget.")


class Said:
    """A maker that proposes what it is given."""

    name = "said"

    def __init__(self, *proposals: Any, then: BaseException | None = None) -> None:
        self.proposals = proposals
        self.then = then
        self.got: list[Sequence[tuple[int, int]]] = []

    def propose(
        self, transcript: Transcript, sentences: Sequence[tuple[int, int]], book: Codebook
    ) -> Iterable[Proposal]:
        self.got.append(sentences)
        yield from self.proposals
        if self.then:
            raise self.then


def test_a_maker_gets_the_sentences_of_participants_and_may_propose_less_or_more() -> None:
    maker: Maker = Said(Proposal(AT, AT + 23, "f/a", 1, " both\nsentences "), Proposal(AT, AT + 3, "f/a", 0.0, "the"))
    found = run_maker(maker, [HELD], BOOK)
    assert found.quote == ["The", "The budget. It is gone."]
    assert found.why == ["the", "both sentences"]
    assert (found.turn, found.speaker, found.version) == ([1, 1], ["P", "P"], ["v1", "v1"])
    assert isinstance(maker, Said)
    assert [TEXT[a:b] for a, b in maker.got[0]] == ["The budget.", "It is gone.", "Nobody cares."]


def test_of_two_proposals_of_one_code_for_the_same_words_the_higher_stays() -> None:
    maker = Said(*(Proposal(AT, AT + 3, "f/a", score, str(score)) for score in (0.2, 0.9, 0.4)))
    assert run_maker(maker, [HELD], BOOK).score == [0.9]


def test_ids_do_not_depend_on_the_maker() -> None:
    one, other = Said(Proposal(AT, AT + 3, "f/a", 0.5, "x")), Said(Proposal(AT, AT + 3, "f/a", 0.7, "y"))
    other.name = "other"
    assert run_maker(one, [HELD], BOOK).id == run_maker(other, [HELD], BOOK).id


def test_a_former_id_is_the_code_that_took_its_place(tmp_path: Path) -> None:
    book = Project(small_study(tmp_path)).codebook
    (code,) = [code for code in book.codes if code.id == "work/fear"]
    renamed = Codebook(codes=(type(code)(id="work/worry", name="Worry", formerly=("work/fear",)),))
    assert run_maker(Said(Proposal(AT, AT + 3, "work/fear", 0.5, "x")), [HELD], renamed).code == ["work/worry"]


@pytest.mark.parametrize(
    ("proposal", "said"),
    [
        ((AT, AT + 3), "it proposes a tuple, not a Proposal"),
        (Proposal(AT, AT + 3, "f/c", 0.5, "x"), "it proposes the code 'f/c', which the codebook lacks"),
        (Proposal(AT, AT + 3, "f/a", 1.5, "x"), "a score is a number from 0 to 1, not 1.5"),
        (Proposal(AT, AT + 3, "f/a", float("nan"), "x"), "a score is a number from 0 to 1, not nan"),
        (Proposal(AT, AT + 3, "f/a", True, "x"), "a score is a number from 0 to 1, not True"),
        (Proposal(AT, AT + 3, "f/a", 0.5, " "), f"it gives no reason for f/a at {AT}-{AT + 3}"),
        (Proposal(AT, AT + 3, "f/a", 0.5, "\ud800"), f"its reason for f/a at {AT}-{AT + 3} is no valid text"),
        (Proposal(0, 3, "f/a", 0.5, "x"), "0-3 does not lie inside one turn"),
        (Proposal(3, 6, "f/a", 0.5, "x"), "3-6 lies in an interviewer's turn, and these are never coded"),
        (Proposal(AT, AT + 30, "f/a", 0.5, "x"), f"{AT}-{AT + 30} does not lie inside one turn"),
        (Proposal(AT + 11, AT + 12, "f/a", 0.5, "x"), f"{AT + 11}-{AT + 12} holds no words"),
        (Proposal(AT, AT, "f/a", 0.5, "x"), f"{AT}-{AT} is no span of its {len(TEXT)} characters"),
        (Proposal(AT, 999, "f/a", 0.5, "x"), f"{AT}-999 is no span of its {len(TEXT)} characters"),
        (Proposal("1", 2, "f/a", 0.5, "x"), "start and end are whole numbers, not '1' and 2"),  # type: ignore[arg-type]
    ],
)
def test_a_proposal_that_breaks_a_rule_is_refused_by_its_maker_and_rule(proposal: Any, said: str) -> None:
    with pytest.raises(MakerError) as caught:
        run_maker(Said(proposal), [HELD], BOOK)
    assert str(caught.value) == f"maker 'said' on transcript T: {said}"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (ZeroDivisionError("by zero\nand more"), "ZeroDivisionError: by zero"),
        (OperationError("no"), "Refused: no"),
        (SystemExit(), "SystemExit"),
    ],
)
def test_a_maker_that_breaks_off_is_told_with_its_exception(error: BaseException, said: str) -> None:
    with pytest.raises(MakerError) as caught:
        run_maker(Said(then=error), [HELD], BOOK)
    assert str(caught.value) == f"maker 'said' broke off on transcript T ({said})"


def test_a_maker_that_returns_nothing_is_told_so_and_one_that_is_interrupted_is_not_held_up() -> None:
    with pytest.raises(MakerError, match=r"broke off on transcript T \(TypeError: 'NoneType' object is not iterable\)"):
        run_maker(_Mute(), [HELD], BOOK)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        run_maker(Said(then=KeyboardInterrupt()), [HELD], BOOK)


class _Mute:
    name = "mute"

    def propose(self, transcript: Transcript, sentences: object, book: Codebook) -> None:
        return None


def test_no_traceback_reaches_the_user_and_nothing_is_kept(install: Install, shell: Shell) -> None:
    code = (
        "class M:\n name = 'm'\n def propose(self, *_):\n  print('working')\n  raise ValueError('too much')\nmake = M"
    )
    install("bad", code, {"m": "bad:make"})
    found = shell("suggest", "--maker", "m", "--format", "json")
    assert (found.code, found.out) == (1, "")
    assert found.err == "working\nqualcode: maker 'm' broke off on transcript A (ValueError: too much)\n"


# --- the network ------------------------------------------------------------------------------------------------

REMOTE = """
from qualcode.suggest import Proposal
class M:
    name = "far"
    remote = "Sentences go to\\n https://coder.example.org."
    def propose(self, transcript, sentences, book):
        print("got", transcript.id)
        return []
make = M
"""


def test_a_maker_that_sends_text_away_is_announced_at_each_run_before_it_gets_any(
    install: Install, shell: Shell
) -> None:
    install("far_m", REMOTE, {"far": "far_m:make"})
    for _ in range(2):
        found = shell("suggest", "--maker", "far", "--transcripts", "A", "--format", "json")
        first, second, *_ = found.err.splitlines()
        assert first == (
            "maker 'far' sends text away: Sentences go to https://coder.example.org; "
            "it gets 1 transcripts of 27 words now, interviewers' included"
        )
        assert second == "got A"


def test_nothing_is_sent_where_nobody_is_told(install: Install, tmp_path: Path) -> None:
    install("far_m", REMOTE, {"far": "far_m:make"})
    project = Project(small_study(tmp_path / "study"))
    with pytest.raises(
        OperationError, match="maker 'far' sends text away: say who is to be told, as in announce=print"
    ):
        project.suggestions(maker="far")
    told: list[str] = []
    assert len(project.suggestions(maker=["far"], announce=told.append)) == 0
    assert len(told) == 1


class _Caller:
    name = "caller"

    def __init__(self, call: Callable[[], object], *, caught: bool = False, remote: str = "") -> None:
        self._call, self._caught, self.remote = call, caught, remote

    def propose(self, transcript: Transcript, sentences: object, book: Codebook) -> list[Proposal]:
        try:
            self._call()
        except OSError:
            if not self._caught:
                raise
        return []


def _connect(host: str) -> Callable[[], object]:
    def call() -> None:
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as door:
            door.settimeout(0.2)
            door.connect((host, 9))

    return call


@pytest.mark.parametrize("caught", [False, True])
@pytest.mark.parametrize(
    ("call", "host"),
    [
        (_connect("192.0.2.1"), "192.0.2.1"),
        (lambda: socket.getaddrinfo("example.org", 80), "example.org"),
        (lambda: socket.gethostbyname("example.org"), "example.org"),
    ],
)
def test_a_local_maker_does_not_reach_the_network(call: Callable[[], object], host: str, caught: bool) -> None:
    with pytest.raises(QualcodeError) as error:
        run_maker(_Caller(call, caught=caught), [HELD], BOOK)
    said = f"maker 'caller' says nothing of the network and yet reaches for {host}: nothing was sent"
    assert str(error.value) == said


def test_this_machine_is_no_network() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        for host in ("127.0.0.1", "localhost"):
            run_maker(_Caller(lambda: socket.create_connection((host, port)).close()), [HELD], BOOK)  # noqa: B023


def test_the_network_is_open_only_to_a_maker_that_was_announced() -> None:
    asked: list[str] = []

    def ask() -> None:
        sys.audit("socket.getaddrinfo", "example.org", 80, 0, 0, 0)  # what asking for an address begins with
        asked.append("example.org")

    far = _Caller(ask, remote="Sentences go to example.org.")
    run_maker(far, [HELD], BOOK, is_announced=True)
    assert asked == ["example.org"]
    with pytest.raises(QualcodeError, match=r"reaches for example\.org: nothing was sent"):
        run_maker(far, [HELD], BOOK)
    assert asked == ["example.org"]
    ask()


@pytest.mark.parametrize(
    ("event", "arguments", "host"),
    [
        ("socket.connect", (None, ("192.0.2.1", 80)), "192.0.2.1"),
        ("socket.connect", (None, ("::1", 80, 0, 0)), ""),
        ("socket.connect", (None, ("127.8.0.1", 80)), ""),
        ("socket.sendto", (None, ("2001:db8::1", 53, 0, 0)), "2001:db8::1"),
        ("socket.sendmsg", (None, None), ""),
        ("socket.getaddrinfo", (b"example.org", 80, 0, 0, 0), "example.org"),
        ("socket.getaddrinfo", (None, 80, 0, 0, 0), ""),
        ("socket.gethostbyname", ("localhost",), ""),
    ],
)
def test_a_host_is_told_from_this_machine(event: str, arguments: tuple[Any, ...], host: str) -> None:
    assert remote_host(event, arguments) == host


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no such sockets here")
def test_a_socket_of_this_machine_is_no_network() -> None:
    with socket.socket(socket.AF_UNIX) as door:
        assert remote_host("socket.connect", (door, "/tmp/x")) == ""
