"""Texts of a study as a page can hold them: safe in HTML, in JSON within HTML, and without hidden characters."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from hashlib import sha256
from typing import Any

from markupsafe import Markup

from qualcode.files import remove_forbidden_characters

_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u206f]")
"""Characters that change the direction of the text after them; single marks, as U+200E, are left alone."""
_UNSAFE_IN_SCRIPT = str.maketrans({sign: f"\\u{ord(sign):04x}" for sign in "<>&\u2028\u2029"})


def clean_text(value: Any) -> Any:
    r"""Return a text without characters that HTML forbids; those that change direction are escapes, as on terminals.

    >>> clean_text("a\x00b \u202ec"), clean_text(3)
    ('ab \\u202ec', 3)
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    text = remove_forbidden_characters(value)[0]
    return _DIRECTION.sub(lambda match: f"\\u{ord(match[0]):04x}", text)


def script_json(value: Any) -> Markup:
    r"""Return a value as JSON that cannot end the script element that it is in.

    >>> print(script_json({"a": "</script>&"}))
    {"a":"\u003c/script\u003e\u0026"}
    """
    text = json.dumps(_clean_values(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.translate(_UNSAFE_IN_SCRIPT))


def _clean_values(value: Any) -> Any:
    if isinstance(value, dict):
        return {clean_text(name): _clean_values(one) for name, one in value.items()}
    return [_clean_values(one) for one in value] if isinstance(value, list | tuple) else clean_text(value)


def csp_hash(content: str) -> str:
    """Return the source expression by which a policy allows one script or style of a page."""
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"
