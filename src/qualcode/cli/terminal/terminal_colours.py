"""Colours of the codebook as terminals show them."""

from __future__ import annotations

from collections.abc import Iterable

_DARKEST, _LIGHTEST = 0.38, 0.6
"""Limits of brightness (0 to 1) within which text is readable on black and on white."""
_RED_GREEN_BLUE = (0.299, 0.587, 0.114)
"""How much each channel adds to brightness (ITU-R BT.601)."""
_FIRST_OF_CUBE = 16
_LEVELS = (0, 95, 135, 175, 215, 255)
"""The 216 colours of terminals are a cube of these levels of red, green and blue."""


def terminal_colour(colour: str) -> int:
    """Return the number of the nearest colour of terminals that is readable on black and on white.

    >>> terminal_colour("#0072B2"), terminal_colour("#FFFFFF"), terminal_colour("#000000")
    (31, 102, 59)
    """
    red, green, blue = (
        min(range(len(_LEVELS)), key=lambda level: abs(_LEVELS[level] - channel))
        for channel in _limit_brightness([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    )
    return _FIRST_OF_CUBE + 36 * red + 6 * green + blue


def _limit_brightness(channels: list[int]) -> Iterable[float]:
    """Return red, green and blue mixed with black or white until they are neither too light nor too dark."""
    brightness = sum(channel * weight for channel, weight in zip(channels, _RED_GREEN_BLUE, strict=True)) / 255
    if brightness > _LIGHTEST:
        return [channel * _LIGHTEST / brightness for channel in channels]
    white = max(0.0, (_DARKEST - brightness) / (1 - brightness))
    return [channel + (255 - channel) * white for channel in channels]
