"""No command runs anything that came with a study, starts a program, opens a connection or writes elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from command_lines import COMMANDS_TO_RUN
from qualcode.errors import OperationError
from qualcode.project import Project
from qualcode.suggest.embedding import study_embedder
from studies import coded_study, small_study, write

TRAP = "open(r'{fired}', 'a').write(__file__ + '\\n')\n"
"""A module that leaves a trace when it is run."""

TRAPPED_MODULES = (
    "click.py", "pandas.py", "numpy/__init__.py", "openpyxl.py", "spacy.py", "lxml/__init__.py", "pypdf.py",
    "msgspec.py", "matplotlib/__init__.py", "sitecustomize.py", "usercustomize.py", "conftest.py", "setup.py",
    "random.py", "model/code.py", ".qualcode/pandas.py", "transcripts/json.py", "codebooks/yaml.py",
)  # fmt: skip

AUDITED = """
import json, os, shlex, sys
root, report = os.path.realpath(sys.argv[1]), sys.argv[2]
folders = [os.path.dirname(root), *(os.environ[name] for name in ("TMPDIR", "XDG_CACHE_HOME", "MPLCONFIGDIR"))]
allowed = (*map(os.path.realpath, folders), "/dev/")
never = {
    "subprocess.Popen", "os.system", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile",
    "pty.spawn", "pickle.find_class", "socket.connect", "socket.bind", "socket.getaddrinfo", "socket.gethostbyname",
    "socket.sendto", "urllib.Request", "webbrowser.open", "ftplib.connect", "smtplib.connect", "http.client.connect",
}
found = []
def hook(event, args):
    # click asks bash for its version, matplotlib once for the fonts of this machine; urllib3, which spaCy imports,
    # tries whether this machine has IPv6.
    is_harmless = any(name in repr(args) for name in ("BASH_VERSION", "fc-list"))
    is_known = is_harmless or (event == "socket.bind" and args[1] == ("::1", 0))
    if event in never and not is_known:
        found.append([event, repr(args)[:200]])
    # Code made from a text, as dataclasses do, has a name such as <string>.
    elif event == "exec" and args[0].co_filename[:1] != "<" and os.path.realpath(args[0].co_filename).startswith(root):
        found.append([event, args[0].co_filename])
    elif event == "ctypes.dlopen" and str(args[0]).startswith(root):
        found.append([event, str(args[0])])
    elif event == "open" and isinstance(args[0], str) and args[2] & (os.O_WRONLY | os.O_RDWR):
        if not os.path.realpath(args[0]).startswith(allowed):
            found.append([event, args[0]])
os.chdir(root)
from qualcode.__main__ import main
sys.addaudithook(hook)
codes = {}
for line in sys.stdin:
    sys.argv[1:] = shlex.split(line)
    try:
        main()
    except SystemExit as stop:
        codes[line.strip()] = stop.code
json.dump({"found": found, "codes": codes}, open(report, "w"))
"""


def set_traps(root: Path, fired: Path) -> None:
    """Put files into a study that would run code, or start programs, if anything loaded them."""
    for name in TRAPPED_MODULES:
        write(root, name, TRAP.format(fired=fired))
    # Names would be typeset by the program latex.
    write(root, "matplotlibrc", "text.usetex: True\nbackend: module://random\n")
    write(root, "model/config.cfg", '[nlp]\nlang = "en"\npipeline = []\n')
    write(root, ".qualcode/shown.parquet", "cposix\nsystem\n(S'touch fired'\ntR.")
    write(root, ".qualcode/learner-1.npz", "cposix\nsystem\n(S'touch fired'\ntR.")


@pytest.mark.slow
def test_no_command_runs_code_of_a_study_or_starts_a_program(tmp_path: Path) -> None:
    root = coded_study(tmp_path / "study", coder="ana")
    fired, report, temporary = tmp_path / "fired", tmp_path / "report", tmp_path / "tmp"
    commands = COMMANDS_TO_RUN.strip().replace("CODING", Project(root).codings(coder="ana")["id"].iloc[0])
    set_traps(root, fired)
    write(tmp_path, "key.yaml", "Ann Miller: Person 1\n")
    (tmp_path / "key.yaml").chmod(0o600)
    temporary.mkdir()
    subprocess.run(
        [sys.executable, "-c", AUDITED, str(root), str(report)],
        input=commands, text=True, capture_output=True, check=True,
        env={**os.environ, "TMPDIR": str(temporary), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
    )  # fmt: skip
    result = json.loads(report.read_text(encoding="utf-8"))
    assert result["found"] == []
    assert not fired.exists()
    # They did their work: what is refused here is a suggestion that another command has decided on, and the review,
    # which needs a terminal.
    assert {line for line, code in result["codes"].items() if code == 2} == {"review A"}
    assert (root / "n.svg").exists()
    assert (root / "o.xlsx").exists()


@pytest.mark.slow
def test_modules_in_the_working_folder_are_not_imported(tmp_path: Path) -> None:
    root = coded_study(tmp_path / "study", coder="ana")
    set_traps(root, tmp_path / "fired")
    # PYTHONSAFEPATH would hide what is tested.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONSAFEPATH"}
    environment["PYTHONPATH"] = str(Path(__file__).parents[1] / "src")
    for module in ("sitecustomize.py", "usercustomize.py"):
        (root / module).unlink()
    done = subprocess.run(
        [sys.executable, "-m", "qualcode", "themes"],
        cwd=root, capture_output=True, check=False, text=True, env=environment,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert not (tmp_path / "fired").exists()


@pytest.mark.parametrize("model", ["model", "./model", "{root}/model", "{root}/../model", "no/such/model"])
def test_a_spacy_model_that_came_with_a_study_is_not_loaded(tmp_path: Path, model: str) -> None:
    root = small_study(tmp_path / "study", coder="ana")
    write(root, "model/config.cfg", "[nlp]\n")
    write(root.parent, "model/config.cfg", "[nlp]\n")
    settings = (root / "qualcode.yaml").read_text(encoding="utf-8")
    write(root, "qualcode.yaml", f'{settings}suggest: {{embedder: "spacy:{model.format(root=root)}"}}\n')
    here = Path.cwd()
    os.chdir(root)
    try:
        with pytest.raises(OperationError, match=r"came with the study|is not installed"):
            study_embedder(Project(root).study)
    finally:
        os.chdir(here)


def test_an_installed_package_that_is_no_spacy_model_is_refused(tmp_path: Path) -> None:
    root = small_study(tmp_path, coder="ana")
    settings = (root / "qualcode.yaml").read_text(encoding="utf-8")
    write(root, "qualcode.yaml", f"{settings}suggest: {{embedder: 'spacy:numpy'}}\n")
    with pytest.raises(OperationError, match="spaCy model 'numpy' cannot be loaded"):
        study_embedder(Project(root).study).embed(["We wait."])
