"""Suggestions: codes that the trained model, the codebook's cues or plug-ins propose, each with its reason."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from qualcode.suggest.cues.cue_maker import suggest_by_cues
    from qualcode.suggest.makers.maker_plugins import Maker, Proposal
    from qualcode.suggest.suggestion_table import Suggestions

__all__ = ["Maker", "Proposal", "Suggestions", "suggest_by_cues"]

_MODULES = {
    "Maker": "makers.maker_plugins",
    "Proposal": "makers.maker_plugins",
    "Suggestions": "suggestion_table",
    "suggest_by_cues": "cues.cue_maker",
}


def __getattr__(name: str) -> Any:
    """Import a public name when it is first used: a decision needs little of this package."""
    if name in _MODULES:
        return getattr(import_module(f"qualcode.suggest.{_MODULES[name]}"), name)
    raise AttributeError(f"module 'qualcode.suggest' has no attribute {name!r}")
