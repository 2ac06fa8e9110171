"""What a person sees of a change: the words that went and those that came."""

from __future__ import annotations

from qualcode.anchors.tokens import diff_sequences, tokenize_text


def format_word_diff(old: str, new: str) -> str:
    """Return the new words with what was changed in them.

    >>> difference("We tweet daily.", "We post daily, mostly.")
    'We [-tweet-]{+post+} daily{+, mostly+}.'
    >>> difference("We really tweet.", "We tweet.")
    'We [-really-] tweet.'
    """
    before, after = tokenize_text(old), tokenize_text(new)
    parts: list[str] = []
    place = 0
    for same, a, b, c, d in diff_sequences(before.keys, after.keys):
        gone = "" if same or a == b else f"[-{old[before.starts[a] : before.ends[b - 1]]}-]"
        if c == d:
            parts.append(f" {gone}" if place else f"{gone} ")
            continue
        start, end = after.starts[c], after.ends[d - 1]
        parts.append(new[place:end] if same else f"{new[place:start]}{gone}{{+{new[start:end]}+}}")
        place = end
    return "".join([*parts, new[place:]])
