"""Suggestions: which codes a segment's words speak for, and which words those are. They have no vote."""

from qualcode.suggest.makers import Maker, Proposal
from qualcode.suggest.suggesting import MAKER, suggest
from qualcode.suggest.table import Suggestions

__all__ = ["MAKER", "Maker", "Proposal", "Suggestions", "suggest"]
