"""The report of a study as a file, with a check for names that would leave the study."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from qualcode.errors import FileProblemsError, UsageError, format_names, name_command
from qualcode.export.report.report_page import make_page
from qualcode.files import write_atomically
from qualcode.pseudonyms.key_file import load_valid_key, open_key_file
from qualcode.pseudonyms.leak_check import find_leaks, find_leaks_in_labels, leak_check_limits
from qualcode.pseudonyms.name_candidates import list_name_labels
from qualcode.study.selection import AnalysisOptions
from qualcode.study.study import Study

_SUFFIXES = frozenset({".html", ".htm"})


def export_report(
    study: Study, path: Path, options: AnalysisOptions, *, quotes: int | None, key: Path | None
) -> tuple[Path, list[str]]:
    """Write the report of one coder's codings; return its path and notes.

    Parameters
    ----------
    quotes
        Most quotes of each code.
    key
        Key file of pseudonyms; if it is given, a page in which a name of it is left is not written.

    Raises
    ------
    UsageError
        If the path does not end in .html.
    FileProblemsError
        If a name of the key is left.
    OperationError
        If the options select several coders, or nothing is coded yet.
    """
    if path.suffix.lower() not in _SUFFIXES:
        raise UsageError(f"{path}: the file name of a report must end in .html")
    study = study.as_of(options.as_of)
    if key is not None:
        _refuse_names(study, key, path)
    page, tables = make_page(study, options, quotes=quotes)
    write_atomically(path, page)
    return path, [*tables.notes, *(_describe_names(study, path) if key is None else [leak_check_limits()])]


def _refuse_names(study: Study, key: Path, path: Path) -> None:
    """Raise an error if a name of the key is left in the files that the page is made from, or in its labels."""
    names = load_valid_key(open_key_file(key, study.root))
    left = [
        problem
        for problem in find_leaks(study, names)
        # Earlier exports and the cache are no part of the page.
        if problem.level == "error" and not problem.path.startswith(("exports/", ".qualcode/"))
    ]
    # Coders are not renamed, and the folder may give the study its name.
    left += find_leaks_in_labels(study, names, path.name, [study.name, *study.coders])
    if left:
        raise FileProblemsError(left, summary=f"{path} was not written: names are left.")


def _describe_names(study: Study, path: Path) -> Iterator[str]:
    """Yield a warning if labels of speakers or cases look like names, which the page shows."""
    if labels := list_name_labels(study):
        yield (
            f"{path} has what may be names of people: {format_names(labels)} (speakers and cases). Before you share "
            f"it, replace names with {name_command('pseudonymise')}, and write it with the key, which refuses names"
        )
