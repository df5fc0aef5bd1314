"""Calls of the surfaces, by the standard library."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from typing import Any, Mapping

from timetwin import Credential


def call(who: Credential, method: str, path: str, body: Mapping[str, Any] | None = None) -> tuple[int, Any]:
    """Status and body of an answer."""
    sent = None if body is None else json.dumps(body).encode()
    headers = {**who.headers, "Content-Type": "application/json"}
    request = urllib.request.Request(who.base_url + path, sent, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            status, content = answer.status, answer.read()
    except urllib.error.HTTPError as error:
        status, content = error.code, error.read()
    try:
        return status, json.loads(content)
    except ValueError:
        return status, content.decode(errors="replace")
