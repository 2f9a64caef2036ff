"""A recording of all Graph exchanges as JSON Lines, fit to be published: no token and no secret value is in it."""

from __future__ import annotations

import json
import threading
from pathlib import Path
from typing import Any, Final, TextIO

from azremediate.lab.exchange import Answer, Request

REMOVED: Final = "removed-from-recording"
_SECRET_NAMES: Final = frozenset(
    {"secrettext", "password", "newpassword", "currentpassword", "client_secret", "temporaryaccesspass", "proof"}
)
_PRIVATE_HEADERS: Final = frozenset({"authorization", "cookie", "proxy-authorization"})


class Recording:
    """Appends one line per answered exchange: method, url, request_headers, request_body, status, response_body.

    A body that is not JSON is left out ("not recorded"), an absent one is null. Exchanges that ended without an
    answer have no status and therefore no line.
    """

    def __init__(self, path: Path) -> None:
        self._file: TextIO = path.open("a", encoding="utf-8")
        self._lock = threading.Lock()

    def add(self, request: Request, answer: Answer) -> None:
        """Write the line of one exchange; those of other services than Graph are not recorded."""
        if request.service != "graph" or answer.cut is not None:
            return
        line: dict[str, Any] = {
            "method": request.method,
            "url": request.url,
            "request_headers": {key: value for key, value in request.headers.items() if key not in _PRIVATE_HEADERS},
            "status": answer.status,
        }
        for name, body in (("request_body", request.body), ("response_body", answer.body)):
            known, value = _read(body)
            if known:
                line[name] = _without_secrets(value)
        with self._lock:
            if not self._file.closed:
                self._file.write(json.dumps(line, ensure_ascii=False) + "\n")
                self._file.flush()

    def close(self) -> None:
        """Close the file; later exchanges are dropped."""
        with self._lock:
            self._file.close()


def _read(body: bytes) -> tuple[bool, Any]:
    if not body:
        return True, None
    try:
        return True, json.loads(body)
    except (ValueError, RecursionError):
        return False, None


def _without_secrets(value: Any) -> Any:
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: REMOVED if key.lower() in _SECRET_NAMES and isinstance(item, str) else _without_secrets(item)
        for key, item in value.items()
    }
