"""What all methods of `Project` share: the open study."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from qualcode.files import FileSignature
from qualcode.study.study import Study


class ProjectBase:
    """An open study. Results carry their own notes, so nothing here depends on earlier calls."""

    study: Study
    _signatures: Mapping[str, FileSignature] | None = None

    def _prepare_call(self) -> None:
        """Read files again that were changed since the last call or property, so that no result is out of date."""
        before, self._signatures = self._signatures, self.study.sign_files()
        if before is not None and before != self._signatures:
            self.refresh()
        else:
            self.study.drop_outdated_ledgers()

    @property
    def unread(self) -> list[str]:
        """Messages on sources that cannot be read and are missing from all results."""
        return self._list_unread()

    def _list_unread(self) -> list[str]:
        """Return `unread` for the notes of a method, which has read the sources already."""
        # Imported inside methods here and in the subclasses, so that a command loads only the libraries that it needs.
        from qualcode.listings.caveats import list_read_errors

        return list_read_errors(self.study)

    @property
    def _categories(self) -> Mapping[str, Iterable[str]]:
        """The order of codes, transcripts and coders in tables."""
        from qualcode.listings.coding_rows import count_categories

        return count_categories(self.study)

    def allow_new_coders(self) -> None:
        """Let coders decide whose names are new and like those of others: they are refused without it, as typos."""
        self.study.are_new_coders_allowed = True

    def refresh(self) -> None:
        """Read all files again when they are next needed; methods do so themselves when a file has changed."""
        are_new_coders_allowed = self.study.are_new_coders_allowed
        self.study = Study(self.study.root, report_progress=self.study.report_progress)
        self.study.are_new_coders_allowed = are_new_coders_allowed
