"""A journal in words."""

from __future__ import annotations

import json
from typing import Sequence

from ._quirks import Quirks
from ._shapes import Quirk, RequestRecord

_LONGEST = 300


def report(requests: Sequence[RequestRecord], quirks: Quirks, revision: str, last: int) -> str:
    """The last requests, the quirks that they met, and what nobody read."""
    if not requests:
        return "No request reached this world."
    shown = requests[-last:] if last > 0 else []
    before = len(requests) - len(shown)
    lines = [_count(before, "earlier request")] if before else []
    for request in shown:
        lines.extend(_request(request))
    lines.extend(_section("not read:", _unread(requests)))
    lines.extend(_section("quirks:", _decisions(met(requests, quirks), revision)))
    return "\n".join(lines)


def met(requests: Sequence[RequestRecord], quirks: Quirks) -> list[Quirk]:
    """The quirks that requests met, in the order of their ids."""
    by_surface: dict[str, set[str]] = {}
    for request in requests:
        if request.surface is not None:
            by_surface.setdefault(request.surface, set()).update(request.quirks)
    found = [
        quirk
        for surface, ids in by_surface.items()
        if ids
        for quirk in quirks.of(surface)
        if quirk.id in ids
    ]
    return sorted(found, key=lambda quirk: quirk.id)


def _section(title: str, lines: Sequence[str]) -> list[str]:
    return [title, *(f"  {line}" for line in lines)] if lines else []


def _count(count: int, what: str) -> str:
    return f"{count} {what}" + ("" if count == 1 else "s")


def _request(request: RequestRecord) -> list[str]:
    target = request.path + (f"?{request.query}" if request.query else "")
    facts = [request.operation or "no operation", request.person or "nobody known"]
    if request.fault is not None:
        facts.append(f"fault {request.fault}")
    if request.trouble is not None:
        facts.append(request.trouble)
    if request.declined:
        facts.append("declined")
    lines = [f"{request.status} {request.method} {target}  ({', '.join(facts)})"]
    if request.body is not None:
        body = request.body if isinstance(request.body, str) else json.dumps(request.body, ensure_ascii=False)
        lines.append(f"    {_cut(body)}")
    for near in request.near_misses[:3]:
        lines.append(f"    near: {near.method} {near.path}  ({near.surface} {near.operation})")
    return lines


def _unread(requests: Sequence[RequestRecord]) -> list[str]:
    found: dict[str, None] = {}
    for request in requests:
        where = request.operation or f"{request.method} {request.path}"
        for kind, names in (("parameter", request.unknown_parameters), ("field", request.unknown_fields)):
            for name in names:
                found[f"{kind} '{name}' of {where}"] = None
    return list(found)


def _decisions(quirks: Sequence[Quirk], revision: str) -> list[str]:
    lines = []
    for quirk in quirks:
        decision = (quirk.current if revision == "current" else None) or quirk.documented
        lines += [f"{quirk.id} ({quirk.grade}): {quirk.title}", f"    {_cut(decision)}"]
    return lines


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
