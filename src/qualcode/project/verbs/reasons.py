"""Verbs that tell why: one suggestion taken apart, and a transcript with what is suggested in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

from qualcode.project.choice import Names, WantedSuggestions, names
from qualcode.project.verbs.held import Held

if TYPE_CHECKING:
    from qualcode.project.explaining import Explanation
    from qualcode.project.showing import Highlighted


class Reasons(Held):
    """Why codes are suggested; a notebook shows what is returned."""

    def why(self, suggestion: str, *, learn_from: str | None = None) -> Explanation:
        """Return why a suggestion, by its id, is made: reasons for and against it, and what was coded like it."""
        return self.explanations(suggestion, learn_from=learn_from)[0]

    def explanations(self, ids: Names, *, learn_from: str | None = None) -> list[Explanation]:
        """Return why several suggestions are made, as `why` does for one."""
        from qualcode.project.explaining import explained
        from qualcode.project.suggesting import learning_from

        self.said = []
        return explained(self.study, names(ids), coder=learning_from(self.study, learn_from))

    def highlight(self, transcript: str, **wanted: Unpack[WantedSuggestions]) -> Highlighted:
        """Return a transcript with what is suggested for its sentences, for a notebook; options as of `suggestions`."""
        from qualcode.project.showing import highlighted

        shown, said = highlighted(self.study, transcript, wanted)
        self.said = [*said, *self.unread]
        return shown
