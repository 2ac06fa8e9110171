"""Signals: an independent check of each transcript for signs that its source was read wrongly."""

from __future__ import annotations

from qualcode.signals.signal_notices import SourceSignal, list_source_signals
from qualcode.signals.signal_table import SIGNALS, Finding, Signal, find_signals

__all__ = ["SIGNALS", "Finding", "Signal", "SourceSignal", "find_signals", "list_source_signals"]
