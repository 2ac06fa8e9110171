"""What all verbs share: the study, and what the last of them said."""

from __future__ import annotations

from qualcode.study.study import Study


class ProjectBase:
    """A study that is held open, and sentences on the latest call."""

    study: Study
    said: list[str]
    """Sentences on the latest call: unit, coder and universe, and what was left out."""

    @property
    def unread(self) -> list[str]:
        """Sentences on sources that cannot be read and are left out of everything."""
        from qualcode.listings.caveats import list_read_errors

        return list_read_errors(self.study)

    def refresh(self) -> None:
        """Read all files anew when they are next asked for: they were edited while the project was open."""
        self.study = Study(self.study.root)
