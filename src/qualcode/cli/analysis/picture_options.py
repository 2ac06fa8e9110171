"""Options that name pictures to write, and the writing of them."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from qualcode.cli.options import combine_options, confirm_replacing, replace_option
from qualcode.cli.terminal_output import print_notes
from qualcode.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

    from qualcode.project import Project

Command = TypeVar("Command", bound=Callable[..., Any])

_FORMATS = ("png", "svg", "pdf")


class Pictures:
    """The picture files that a command line names."""

    def __init__(self, paths: list[Path], *, measure: str | None, title: str, confirmed: bool) -> None:
        self.paths, self.measure, self.title, self.confirmed = paths, measure, title, confirmed

    def write(self, project: Project, table: pd.DataFrame) -> None:
        """Draw a table into each file, asking before one is replaced, and print what was written on stderr."""
        replaced = confirm_replacing(self.paths, confirmed=self.confirmed)
        for path in self.paths:
            written = project.save_picture(table, path, measure=self.measure, title=self.title)
            print_notes([f"{written}{' (replaced)' if path in replaced else ''}", *written.notes])


def picture_options(command: Command) -> Command:
    """Add --png, --svg, --pdf, --draw, --title and --yes, which the command gets as one argument ``pictures``."""

    @wraps(command)
    def with_pictures(*args: Any, draw: str | None, title: str, yes: bool, **options: Any) -> Any:
        paths = [require_suffix(path, name) for name in _FORMATS if (path := options.pop(name)) is not None]
        if (draw or title) and not paths:
            raise UsageError("--draw and --title are for a picture: name its file as well, as in --png picture.png")
        return command(*args, pictures=Pictures(paths, measure=draw, title=title, confirmed=yes), **options)

    decorated: Command = combine_options(
        *(
            click.option(
                f"--{name}",
                type=click.Path(path_type=Path, dir_okay=False),
                metavar="FILE",
                help=f"Also draw the table as {name.upper()}.",
            )
            for name in _FORMATS
        ),
        click.option("--draw", metavar="COLUMN", help="The column to draw, if not the usual one."),
        click.option("--title", default="", help="Title of the picture."),
        replace_option,
    )(with_pictures)  # type: ignore[assignment]
    return decorated


def require_suffix(path: Path, option: str, suffix: str = "") -> Path:
    """Return the path of a file if its suffix is that of the option that names it, which is the option's name."""
    expected = suffix or f".{option}"
    if path.suffix.lower() != expected:
        raise UsageError(f"--{option.replace('_', '-')} {path}: the name must end in {expected}")
    return path
