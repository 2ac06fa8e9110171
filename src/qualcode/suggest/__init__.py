"""Suggestions: codes that the trained model, the codebook's cues or plug-ins propose, each with its reason."""

from qualcode.suggest.cues.cue_maker import CUE_MAKER, suggest_by_cues
from qualcode.suggest.makers.maker_plugins import Maker, Proposal
from qualcode.suggest.suggestion_table import Suggestions

__all__ = ["CUE_MAKER", "Maker", "Proposal", "Suggestions", "suggest_by_cues"]
