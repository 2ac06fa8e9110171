"""Makers of other packages: found by entry point, run only when named, their proposals checked."""

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
    """Install a package of one module, with its metadata and entry points."""

    def install_package(module: str, code: str, makers: dict[str, str], *, package: str = "") -> Path:
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

    return install_package


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    return Shell(small_study(tmp_path / "study"), capsys)


def code_blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


# --- the page's example -----------------------------------------------------------------------------------------


@pytest.fixture
def names(install: Install) -> Path:
    """Install the maker that the page shows, unchanged."""
    project = tomllib.loads(code_blocks("toml")[0])["project"]
    makers = project["entry-points"]["qualcode.makers"]
    (module,) = {value.partition(":")[0] for value in makers.values()}
    return install(module, code_blocks("python")[0], makers, package=project["name"])


def test_example_of_the_docs_suggests(names: Path, shell: Shell) -> None:
    assert len(code_blocks("python")[0].splitlines()) < 25
    write(shell.root, "transcripts/A.txt", "I: Money?\n\nP: It is the money. Patience is what I need, and money.\n")
    rows = shell("suggest", "--maker", "names", "--transcripts", "A", "--order", "transcript", "--format", "json").json
    assert [(row["quote"], row["code"], row["score"], row["maker"], row["why"]) for row in rows] == [
        ("It is the money.", "work/money", 0.5, "names", 'says "Money"'),
        ("Patience is what I need, and money.", "skills/patience", 0.5, "names", 'says "Patience"'),
        ("Patience is what I need, and money.", "work/money", 0.5, "names", 'says "Money"'),
    ]


def test_options_in_settings_reach_the_maker(names: Path, shell: Shell) -> None:
    settings = (shell.root / "qualcode.yaml").read_text(encoding="utf-8")
    write(shell.root, "qualcode.yaml", settings + code_blocks("yaml")[0])
    write(shell.root, "transcripts/A.txt", "P: It is the money.\n")
    (row,) = shell("suggest", "--maker", "names", "--transcripts", "A", "--format", "json").json
    assert row["score"] == 0.8
    assert shell("suggest", "--transcripts", "A", "--format", "json").json == []


def test_installed_maker_is_not_imported_unless_named(install: Install, shell: Shell) -> None:
    install("loud", "raise SystemExit('imported')", {"loud": "loud:make"})
    assert "loud" in find_installed_makers()
    result = shell("suggest", "--format", "json")
    assert result.code == 0
    assert set(column(result.json, "maker")) == {"cues"}
    assert "loud" not in sys.modules


def test_maker_and_cues_can_be_named_together(names: Path, shell: Shell) -> None:
    write(shell.root, "transcripts/A.txt", "P: The budget is money.\n")
    words = ("suggest", "--maker", "names", "--maker", "cues", "--transcripts", "A")
    rows = shell(*words, "--format", "json").json
    assert {(row["maker"], row["code"]) for row in rows} == {("cues", "work/money"), ("names", "work/money")}
    shown = shell(*words).out
    assert "maker" in shown.splitlines()[0]
    assert "2 suggestions from the codebook's cues and maker 'names', codebook" in shown


def test_code_and_min_score_apply_to_makers(names: Path, shell: Shell) -> None:
    write(shell.root, "transcripts/A.txt", "P: It is money and fear.\n")
    words = ("suggest", "--maker", "names", "--transcripts", "A", "--format", "json")
    assert column(shell(*words, "--code", "work/fear").json, "code") == ["work/fear"]
    assert shell(*words, "--min-score", "0.6").json == []


# --- deciding ---------------------------------------------------------------------------------------------------


def test_accepted_suggestion_records_maker_and_reason(names: Path, shell: Shell) -> None:
    write(shell.root, "transcripts/A.txt", "P: It is the money.\n")
    (row,) = shell("suggest", "--maker", "names", "--transcripts", "A", "--format", "json").json
    assert shell("accept", row["id"], "--coder", "ana").out == "1 accepted\n"
    (line,) = ledgers(shell.root)["ana/A.jsonl"].decode().splitlines()
    origin = json.loads(line)["origin"]
    assert (origin["maker"], origin["score"], origin["why"]) == ("names", 0.5, 'says "Money"')
    assert shell("suggest", "--maker", "names", "--coder", "ana", "--format", "json").json == []


def test_rejected_suggestion_is_not_listed_again(names: Path, shell: Shell) -> None:
    write(shell.root, "transcripts/A.txt", "P: It is the money.\n")
    words = ("suggest", "--maker", "names", "--format", "json", "--coder", "ana")
    (row,) = shell(*words).json
    assert shell("reject", row["id"], "--coder", "ana").code == 0
    assert shell(*words).json == []


def test_run_over_some_transcripts_keeps_stored_suggestions_of_others(names: Path, shell: Shell) -> None:
    for name in "AB":
        write(shell.root, f"transcripts/{name}.txt", "P: It is the money.\n")
    (shell.root / "transcripts/B.md").unlink()
    ids = [
        column(shell("suggest", "--maker", "names", "--transcripts", name, "--format", "json").json, "id")[0]
        for name in "AB"
    ]
    assert shell("accept", *ids, "--coder", "ana").out == "2 accepted\n"


def test_stored_suggestion_is_not_accepted_after_its_text_changed(names: Path, shell: Shell) -> None:
    write(shell.root, "transcripts/A.txt", "P: It is the money.\n")
    (row,) = shell("suggest", "--maker", "names", "--format", "json").json
    write(shell.root, "transcripts/A.txt", "P: It was the money.\n")
    assert shell("accept", row["id"], "--coder", "ana").code == 2
    assert not ledgers(shell.root)


def test_damaged_store_of_shown_suggestions_is_ignored(names: Path, shell: Shell) -> None:
    write(shell.root, "transcripts/A.txt", "P: It is the money.\n")
    words = ("suggest", "--maker", "names", "--format", "json")
    (row,) = shell(*words).json
    (path,) = (shell.root / ".qualcode").glob("shown*")
    path.write_bytes(b"none")
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


def test_unknown_maker_name_is_reported_with_a_hint(names: Path, shell: Shell) -> None:
    result = shell("suggest", "--maker", "name")
    assert result.code == 2
    assert result.err == "qualcode: no maker 'name' in this study (did you mean 'names'?)\n"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("cues", "has the name of a built-in maker: rename its entry point"),
        ("Learner", "has the name of a built-in maker: rename its entry point"),
        ("ana", "has the name of a coder: rename its entry point"),
        ("a b", "has an invalid name: use letters, digits and . _ + -"),
    ],
)
def test_invalid_maker_names_are_refused(install: Install, name: str, message: str) -> None:
    install("taken", GOOD.format(name=name), {name: "taken:make"})
    with pytest.raises(MakerError, match=re.escape(message)):
        load_maker(name, coders={"Ana"})


def test_maker_name_must_equal_its_entry_point(install: Install) -> None:
    install("other", GOOD.format(name="x"), {"y": "other:make"})
    with pytest.raises(MakerError, match="maker 'y' has the attribute name = 'x': it must be the name"):
        load_maker("y")


def test_maker_of_two_packages_is_refused(install: Install) -> None:
    install("one_m", GOOD.format(name="both"), {"both": "one_m:make"})
    install("two_m", GOOD.format(name="both"), {"both": "two_m:make"})
    with pytest.raises(MakerError, match=r"'both' is provided by several packages \(\w+, \w+\): uninstall all but one"):
        load_maker("both")


def test_maker_with_the_name_of_a_coder_is_refused(install: Install, shell: Shell) -> None:
    install("person", GOOD.format(name="ana"), {"ana": "person:make"})
    assert shell("suggest", "--maker", "ana").code == 0
    shell("code", "A", "work/money", "The budget is gone.", "--coder", "ana")
    result = shell("suggest", "--maker", "ana")
    assert (result.code, result.err) == (1, "qualcode: maker 'ana' has the name of a coder: rename its entry point\n")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (
            "import no_such_module",
            "failed while loading (ModuleNotFoundError: No module named 'no_such_module')",
        ),
        ("def make(): raise KeyError('k')", "failed while loading (KeyError: 'k')"),
        ("def make(options): ...", "failed while loading (TypeError: make() missing 1 required"),
        ("def make(): return 7", "has the attribute name = None: it must be the name of the entry point"),
        ("class make: name = 'm'", "has no method 'propose'"),
        ("class make:\n name = 'm'\n remote = ' '\n def propose(self): ...", "has an invalid 'remote': write"),
        ("x = 1", "failed while loading (AttributeError: module 'broken' has no attribute 'make')"),
    ],
)
def test_maker_that_cannot_be_loaded_is_reported_in_one_line(
    install: Install, shell: Shell, code: str, message: str
) -> None:
    install("broken", code, {"m": "broken:make"})
    result = shell("suggest", "--maker", "m")
    assert result.code == 1
    assert result.out == ""
    assert result.err.startswith(f"qualcode: maker 'm' {message}")
    assert result.err.count("\n") == 1


# --- rules of proposals -----------------------------------------------------------------------------------------

TEXT = "I: What is hard?\n\nP: The budget. It is gone.\n\nP: Nobody cares.\n"
TRANSCRIPT = transcript_of(TEXT)
BOOK = book_of(["f/a", "f/b"])
AT = TEXT.index("The budget.")


class FixedMaker:
    """A maker that proposes what it is given."""

    name = "fixed"

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


def test_maker_gets_participants_sentences_and_may_propose_other_spans() -> None:
    both = Proposal(AT, AT + 23, "f/a", 1, " both\nsentences ")
    maker: Maker = FixedMaker(both, Proposal(AT, AT + 3, "f/a", 0.0, "the"))
    suggestions = run_maker(maker, [TRANSCRIPT], BOOK)
    assert suggestions.quote == ["The", "The budget. It is gone."]
    assert suggestions.why == ["the", "both sentences"]
    assert (suggestions.turn, suggestions.speaker, suggestions.version) == ([1, 1], ["P", "P"], ["v1", "v1"])
    assert isinstance(maker, FixedMaker)
    assert [TEXT[a:b] for a, b in maker.got[0]] == ["The budget.", "It is gone.", "Nobody cares."]


def test_highest_score_of_equal_proposals_is_kept() -> None:
    maker = FixedMaker(*(Proposal(AT, AT + 3, "f/a", score, str(score)) for score in (0.2, 0.9, 0.4)))
    assert run_maker(maker, [TRANSCRIPT], BOOK).score == [0.9]


def test_suggestion_ids_do_not_depend_on_the_maker() -> None:
    first, other = FixedMaker(Proposal(AT, AT + 3, "f/a", 0.5, "x")), FixedMaker(Proposal(AT, AT + 3, "f/a", 0.7, "y"))
    other.name = "other"
    assert run_maker(first, [TRANSCRIPT], BOOK).id == run_maker(other, [TRANSCRIPT], BOOK).id


def test_former_code_id_is_replaced_by_the_current_one(tmp_path: Path) -> None:
    book = Project(small_study(tmp_path)).codebook
    (code,) = [code for code in book.codes if code.id == "work/fear"]
    renamed = Codebook(codes=(type(code)(id="work/worry", name="Worry", formerly=("work/fear",)),))
    maker = FixedMaker(Proposal(AT, AT + 3, "work/fear", 0.5, "x"))
    assert run_maker(maker, [TRANSCRIPT], renamed).code == ["work/worry"]


@pytest.mark.parametrize(
    ("proposal", "fault"),
    [
        ((AT, AT + 3), "it is a tuple, not a Proposal"),
        (Proposal(AT, AT + 3, "f/c", 0.5, "x"), "the codebook has no code 'f/c'"),
        (Proposal(AT, AT + 3, "f/a", 1.5, "x"), "the score must be a number from 0 to 1, not 1.5"),
        (Proposal(AT, AT + 3, "f/a", float("nan"), "x"), "the score must be a number from 0 to 1, not nan"),
        (Proposal(AT, AT + 3, "f/a", True, "x"), "the score must be a number from 0 to 1, not True"),
        (Proposal(AT, AT + 3, "f/a", 0.5, " "), f"f/a at {AT}-{AT + 3} has no reason"),
        (Proposal(AT, AT + 3, "f/a", 0.5, "\ud800"), f"the reason for f/a at {AT}-{AT + 3} is not valid text"),
        (Proposal(0, 3, "f/a", 0.5, "x"), "0-3 is not inside one turn"),
        (Proposal(3, 6, "f/a", 0.5, "x"), "3-6 is in an interviewer's turn, which is never coded"),
        (Proposal(AT, AT + 30, "f/a", 0.5, "x"), f"{AT}-{AT + 30} is not inside one turn"),
        (Proposal(AT + 11, AT + 12, "f/a", 0.5, "x"), f"{AT + 11}-{AT + 12} has no words"),
        (Proposal(AT, AT, "f/a", 0.5, "x"), f"{AT}-{AT} is not a span of its {len(TEXT)} characters"),
        (Proposal(AT, 999, "f/a", 0.5, "x"), f"{AT}-999 is not a span of its {len(TEXT)} characters"),
        (Proposal("1", 2, "f/a", 0.5, "x"), "start and end must be integers, not '1' and 2"),  # type: ignore[arg-type]
    ],
)
def test_invalid_proposal_is_refused_with_maker_and_fault(proposal: Any, fault: str) -> None:
    with pytest.raises(MakerError) as caught:
        run_maker(FixedMaker(proposal), [TRANSCRIPT], BOOK)
    assert str(caught.value) == f"maker 'fixed' made an invalid proposal for transcript T: {fault}"


@pytest.mark.parametrize(
    ("error", "message"),
    [
        (ZeroDivisionError("by zero\nand more"), "ZeroDivisionError: by zero"),
        (OperationError("no"), "OperationError: no"),
        (SystemExit(), "SystemExit"),
    ],
)
def test_exception_of_a_maker_is_reported(error: BaseException, message: str) -> None:
    with pytest.raises(MakerError) as caught:
        run_maker(FixedMaker(then=error), [TRANSCRIPT], BOOK)
    assert str(caught.value) == f"maker 'fixed' failed on transcript T ({message})"


def test_maker_that_returns_none_is_reported_and_interrupts_pass() -> None:
    with pytest.raises(MakerError, match=r"failed on transcript T \(TypeError: 'NoneType' object is not iterable\)"):
        run_maker(_NoneMaker(), [TRANSCRIPT], BOOK)  # type: ignore[arg-type]
    with pytest.raises(KeyboardInterrupt):
        run_maker(FixedMaker(then=KeyboardInterrupt()), [TRANSCRIPT], BOOK)


class _NoneMaker:
    name = "mute"

    def propose(self, transcript: Transcript, sentences: object, book: Codebook) -> None:
        return None


def test_failing_maker_prints_one_line_and_no_suggestions(install: Install, shell: Shell) -> None:
    code = (
        "class M:\n name = 'm'\n def propose(self, *_):\n  print('working')\n  raise ValueError('too much')\nmake = M"
    )
    install("bad", code, {"m": "bad:make"})
    result = shell("suggest", "--maker", "m", "--format", "json")
    assert (result.code, result.out) == (1, "")
    assert result.err == "working\nqualcode: maker 'm' failed on transcript A (ValueError: too much)\n"


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


def test_remote_maker_is_announced_at_each_run_before_it_gets_text(install: Install, shell: Shell) -> None:
    install("far_m", REMOTE, {"far": "far_m:make"})
    for _ in range(2):
        result = shell("suggest", "--maker", "far", "--transcripts", "A", "--format", "json")
        first, second, *_ = result.err.splitlines()
        assert first == (
            "maker 'far' sends text to another machine: Sentences go to https://coder.example.org; "
            "it gets 1 transcript (27 words), interviewers' turns included"
        )
        assert second == "got A"


def test_remote_maker_is_refused_without_announce(install: Install, tmp_path: Path) -> None:
    install("far_m", REMOTE, {"far": "far_m:make"})
    project = Project(small_study(tmp_path / "study"))
    with pytest.raises(OperationError, match="sends text to another machine: pass a function that shows its notice"):
        project.suggestions(maker="far")
    notices: list[str] = []
    assert len(project.suggestions(maker=["far"], announce=notices.append)) == 0
    assert len(notices) == 1


class _CallingMaker:
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
        with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as connection:
            connection.settimeout(0.2)
            connection.connect((host, 9))

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
def test_local_maker_cannot_reach_the_network(call: Callable[[], object], host: str, caught: bool) -> None:
    with pytest.raises(QualcodeError) as error:
        run_maker(_CallingMaker(call, caught=caught), [TRANSCRIPT], BOOK)
    message = f"maker 'caller' tried to connect to {host} without a 'remote' notice: nothing was sent"
    assert str(error.value).startswith(message)


def test_local_maker_can_connect_to_this_machine() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        for host in ("127.0.0.1", "localhost"):
            run_maker(_CallingMaker(lambda: socket.create_connection((host, port)).close()), [TRANSCRIPT], BOOK)  # noqa: B023
            server.setblocking(False)
            server.accept()[0].close()  # raises if nobody connected


def test_network_is_open_only_to_an_announced_maker() -> None:
    lookups: list[str] = []

    def ask() -> None:
        sys.audit("socket.getaddrinfo", "example.org", 80, 0, 0, 0)  # the first step of an address lookup
        lookups.append("example.org")

    far = _CallingMaker(ask, remote="Sentences go to example.org.")
    run_maker(far, [TRANSCRIPT], BOOK, is_announced=True)
    assert lookups == ["example.org"]
    with pytest.raises(QualcodeError, match=r"tried to connect to example\.org without a 'remote' notice"):
        run_maker(far, [TRANSCRIPT], BOOK)
    assert lookups == ["example.org"]
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
def test_remote_host(event: str, arguments: tuple[Any, ...], host: str) -> None:
    assert remote_host(event, arguments) == host


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="no such sockets here")
def test_unix_socket_is_not_remote() -> None:
    with socket.socket(socket.AF_UNIX) as connection:
        assert remote_host("socket.connect", (connection, "/tmp/x")) == ""
