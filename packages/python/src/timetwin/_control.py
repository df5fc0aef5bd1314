"""Calls of the control API. Nothing else here speaks HTTP."""

from __future__ import annotations

import http.client
import json
from typing import Any, Mapping
from urllib.parse import quote, urlencode, urlsplit

from ._errors import ProblemError, StartError

_TIMEOUT = 120.0


class Control:
    """The control API of the server at a URL. Proxies of the environment are not used."""

    def __init__(self, url: str, token: str | None = None) -> None:
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise StartError(f"'{url}' is not a URL like http://127.0.0.1:8463")
        self.url = url.rstrip("/")
        self._host = parts.hostname
        self._port = parts.port
        self._path = parts.path.rstrip("/")
        self._is_tls = parts.scheme == "https"
        self._headers = {"Accept": "application/json"}
        if token is not None:
            self._headers["Authorization"] = f"Bearer {token}"

    def bytes(
        self, method: str, path: str, body: bytes | None = None, query: Mapping[str, Any] | None = None
    ) -> bytes:
        """The body of an answer. An answer of 400 or above is a :class:`ProblemError`."""
        given = {name: value for name, value in (query or {}).items() if value is not None}
        target = f"{self._path}/_twin{path}" + (f"?{urlencode(given)}" if given else "")
        kind = http.client.HTTPSConnection if self._is_tls else http.client.HTTPConnection
        connection = kind(self._host, self._port, timeout=_TIMEOUT)
        try:
            connection.request(method, target, body=body, headers=self._headers)
            answer = connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException) as error:
            raise StartError(f"no answer from {self.url}: {error}") from error
        finally:
            connection.close()
        if answer.status >= 400:
            raise ProblemError(_problem(answer.status, content))
        return content

    def json(self, method: str, path: str, body: Any = None, query: Mapping[str, Any] | None = None) -> Any:
        """The JSON of an answer; ``None`` if it has no body."""
        sent = None if body is None else json.dumps(body).encode()
        content = self.bytes(method, path, sent, query)
        return json.loads(content) if content else None


def _problem(status: int, content: bytes) -> Mapping[str, Any]:
    try:
        problem = json.loads(content)
    except ValueError:
        problem = None
    if isinstance(problem, dict):
        return problem
    return {"type": "about:blank", "status": status, "detail": content.decode(errors="replace")}


def segment(text: str) -> str:
    """A text as one segment of a path."""
    return quote(text, safe="~")
