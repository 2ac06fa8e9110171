"""Display of a changed passage: the words that were removed and those that were added."""

from __future__ import annotations

from qualcode.anchors.tokens import diff_sequences, tokenize_text


def format_word_diff(old: str, new: str) -> str:
    """Return the new text with its changes marked: ``[-removed-]`` and ``{+added+}``.

    >>> format_word_diff("We tweet daily.", "We post daily, mostly.")
    'We [-tweet-]{+post+} daily{+, mostly+}.'
    >>> format_word_diff("We really tweet.", "We tweet.")
    'We [-really-] tweet.'
    """
    old_tokens, new_tokens = tokenize_text(old), tokenize_text(new)
    parts: list[str] = []
    position = 0
    for is_equal, a, b, c, d in diff_sequences(old_tokens.keys, new_tokens.keys):
        removed = "" if is_equal or a == b else f"[-{old[old_tokens.starts[a] : old_tokens.ends[b - 1]]}-]"
        if c == d:
            # Removed words have no white space of their own in the new text.
            parts.append(f" {removed}" if position else f"{removed} ")
            continue
        start, end = new_tokens.starts[c], new_tokens.ends[d - 1]
        parts.append(new[position:end] if is_equal else f"{new[position:start]}{removed}{{+{new[start:end]}+}}")
        position = end
    return "".join([*parts, new[position:]])
