"""A program that searches with Python's ``re`` in a process of its own, which can be ended when it takes too long.

It reads one request and writes one answer per line, as JSON. It imports nothing of qualcode, so that it starts fast.
"""

import json
import re
import sys
from time import process_time
from typing import Any


def search(request: dict[str, Any]) -> Any:
    """Return the spans of all matches, or span and groups of the match that begins at the position of the request."""
    regex = re.compile(request["pattern"], request["flags"])
    text, position = request["text"], request["position"]
    if position is None:
        return [match.span() for match in regex.finditer(text) if match.group()]
    match = regex.match(text, position)
    return match and [match.span(), match.groupdict()]


def _limit_process(memory: int) -> None:
    """Limit the memory of this process, where the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _set_timer(seconds: float) -> None:
    """End this process after CPU time; on Windows only the parent process ends it."""
    import signal

    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_VIRTUAL, seconds)


def main() -> None:
    """Answer requests until the input ends."""
    _limit_process(int(sys.argv[1]))
    for line in sys.stdin:
        request = json.loads(line)
        start = process_time()
        _set_timer(request["seconds"])
        try:
            found = search(request)
        except MemoryError:
            return
        _set_timer(0)
        print(json.dumps({"found": found, "seconds": process_time() - start}), flush=True)


if __name__ == "__main__":
    main()
