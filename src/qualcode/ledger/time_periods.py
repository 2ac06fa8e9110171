"""Dates that users write (``2026-01``), as periods of time, and the events that count at one of them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from operator import attrgetter

from qualcode.errors import UsageError, name_option
from qualcode.ledger.events import Event
from qualcode.ledger.state import unique_events

_DATE = re.compile(
    r"(?P<year>\d{4})(?:-(?P<month>\d\d)(?:-(?P<day>\d\d)(?:[T ](?P<hour>\d\d)(?::(?P<minute>\d\d)"
    r"(?::(?P<second>\d\d)(?:[.,](?P<fraction>\d{1,6}))?)?)?(?P<zone>Z|[+-]\d\d:?\d\d)?)?)?)?",
    re.ASCII | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Period:
    """The time that a date names: a year, month, day, hour, minute, second or millisecond, in UTC."""

    text: str
    start: str
    """Its beginning as in the ledger: ISO 8601 with milliseconds."""
    end: str
    """The beginning of what follows it; no longer part of it."""

    def __str__(self) -> str:
        return self.text


def parse_period(text: str, *, option: str, place: str = "") -> Period:
    """Return the period that a date names; without a time zone it is in UTC, as times in ledgers and tables are.

    So that one command counts the same for all who work on a study, wherever they are. Beyond the years 1 to 9999 in
    UTC, the nearest limit is taken.

    Raises
    ------
    UsageError
        If it is no date; ``option`` names where it was given, or ``place`` if it is no option.

    >>> parse_period("2026-01", option="since")
    Period(text='2026-01', start='2026-01-01T00:00:00.000Z', end='2026-02-01T00:00:00.000Z')
    """
    found = _DATE.fullmatch(text.strip())
    try:
        if found is None:
            raise ValueError
        start, end = _find_limits(found.groupdict())
    except ValueError:
        place = place or name_option(option, text)
        raise UsageError(f"{place}: this is no date; write 2026, 2026-01, 2026-01-31 or 2026-01-31T14:30") from None
    return Period(text.strip(), _format_time(start), _format_time(end))


def is_date(text: str) -> bool:
    """Return whether a text has the form of a date, though it may be one that no calendar has."""
    return _DATE.fullmatch(text) is not None


def _find_limits(parts: dict[str, str | None]) -> tuple[datetime, datetime]:
    fraction = (parts["fraction"] or "").ljust(6, "0")[:3]
    year, month, day, hour, minute, second = (int(parts[name] or least) for name, least in _LEAST.items())
    zone = datetime.strptime(parts["zone"].upper(), "%z").tzinfo if parts["zone"] else UTC
    start = datetime(year, month, day, hour, minute, second, int(fraction) * 1000, zone)
    try:
        return start, _find_end(start, [name for name in parts if parts[name] is not None and name != "zone"][-1])
    except OverflowError:
        return start, datetime.max.replace(tzinfo=UTC)


def _find_end(start: datetime, unit: str) -> datetime:
    """Return where a period of one year, month, day ... ends, whose least unit is given."""
    if unit in {"year", "month"}:
        # The first of the next one, however many days this one has.
        return (start + timedelta(days=366 if unit == "year" else 31)).replace(day=1)
    return start + (timedelta(milliseconds=1) if unit == "fraction" else timedelta(**{f"{unit}s": 1}))


_LEAST = {"year": 1, "month": 1, "day": 1, "hour": 0, "minute": 0, "second": 0}


def _format_time(time: datetime) -> str:
    try:
        time = time.astimezone(UTC)
    except OverflowError:  # the year 0 or 10000 in UTC
        time = (datetime.min if time.year == 1 else datetime.max).replace(tzinfo=UTC)
    return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def select_events_until(events: Iterable[Event], period: Period) -> list[Event]:
    """Return the events that count at the end of a period: all that were recorded until then.

    Moves by updates count whenever they were recorded, and so do their retractions: they only follow the text, which is
    as it is now, and without them codings would be lost. To confirm a coding is a decision.
    """
    followed: set[str] = set()
    selected = []
    # In the order of ids, so that what a retraction retracts is known before it.
    for event in sorted(unique_events(events).values(), key=attrgetter("id")):
        is_update = event.event == "move" and event.origin.source != "confirm"
        if is_update or (event.event == "retract" and event.target in followed):
            followed.add(event.id)
        if event.id in followed or event.at < period.end:
            selected.append(event)
    return selected
