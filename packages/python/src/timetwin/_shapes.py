"""The values that go in and come out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, fields
from datetime import datetime, timedelta, timezone
from typing import Any, Mapping, Sequence, TypedDict, Union

#: RFC 3339 text such as ``2026-06-12T10:00:00Z``, or a datetime with a zone.
Instant = Union[str, datetime]
#: ISO 8601 text such as ``PT1H30M``, or a timedelta.
Duration = Union[str, timedelta]


def instant_text(instant: Instant) -> str:
    """An instant as the control API takes it."""
    if isinstance(instant, str):
        return instant
    if instant.tzinfo is None:
        raise ValueError(f"{instant!r} has no time zone")
    return instant.isoformat()


def read_instant(text: str) -> datetime:
    """An instant of the control API, to the microsecond."""
    whole, fraction = re.fullmatch(r"(.*?)(\.\d+)?Z", text).groups()  # type: ignore[union-attr]
    digits = (fraction or ".")[1:7].ljust(6, "0")
    return datetime.fromisoformat(whole).replace(microsecond=int(digits), tzinfo=timezone.utc)


def duration_text(duration: Duration) -> str:
    """A duration as the control API takes it."""
    if isinstance(duration, str):
        return duration
    seconds = duration / timedelta(seconds=1)
    return f"PT{seconds:.6f}".rstrip("0").rstrip(".") + "S"


@dataclass(frozen=True)
class Credential:
    """How to call a surface as a person."""

    surface: str
    #: E-mail.
    person: str
    name: str
    #: The vendor's word for what they are.
    role: str
    #: Headers to send with each request.
    headers: Mapping[str, str]
    #: Parameters to send instead of the headers, where the vendor takes the secret there.
    query: Mapping[str, str]
    #: Base URL of a client.
    base_url: str
    #: Base URL of the reports, where they have one of their own.
    reports_base_url: str | None = None

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> Credential:
        """From JSON of the control API."""
        return cls(**_known(cls, value))


@dataclass(frozen=True)
class WorldInfo:
    """A world in a few words."""

    name: str
    #: Changes since it was made or reset.
    version: int
    #: ``frozen`` or ``real``.
    clock_mode: str
    now: datetime
    revision: str
    limits: str
    #: Requests in its journal.
    requests: int
    plan: str | None = None
    salt: str | None = None

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> WorldInfo:
        """From JSON of the control API."""
        return cls(
            name=value["name"],
            version=value["version"],
            clock_mode=value["clock"]["mode"],
            now=read_instant(value["clock"]["now"]),
            revision=value["revision"],
            limits=value["limits"],
            requests=value["requests"],
            plan=value.get("plan"),
            salt=value.get("salt"),
        )


@dataclass(frozen=True)
class NearMiss:
    """An operation that a request without one may have meant."""

    surface: str
    operation: str
    method: str
    path: str


@dataclass(frozen=True)
class RequestRecord:
    """A request with its outcome. Secrets are redacted."""

    id: str
    at: datetime
    #: ``None`` when no surface owns the path.
    surface: str | None
    #: ``None`` when no operation has the path.
    operation: str | None
    method: str
    path: str
    query: str
    #: JSON as values, any other text as it is.
    body: Any
    body_bytes: int
    #: E-mail of the caller, if the credential is known.
    person: str | None
    status: int
    duration: timedelta
    version_before: int
    version_after: int
    #: Ids of decisions that the answer rests on: :meth:`Timetwin.quirk` explains them.
    quirks: Sequence[str]
    #: Parameters that nothing read.
    unknown_parameters: Sequence[str]
    #: Fields of the body that nothing read.
    unknown_fields: Sequence[str]
    #: Which rule of the fault plan fired, from 0.
    fault: int | None
    #: A failure of the server itself.
    trouble: str | None
    near_misses: Sequence[NearMiss]
    #: Whether the operation is known and declined.
    declined: bool

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> RequestRecord:
        """From JSON of the control API."""
        known: dict[str, Any] = {each.name: value.get(each.name) for each in fields(cls)}
        known["at"] = read_instant(value["at"])
        known["duration"] = timedelta(microseconds=value["duration_us"])
        known["near_misses"] = [NearMiss(**_known(NearMiss, near)) for near in value["near_misses"]]
        return cls(**known)


@dataclass(frozen=True)
class LedgerLine:
    """A piece of work in a system."""

    system: str
    #: E-mail.
    who: str
    #: Key of the issue or project, or the project's name.
    what: str
    start: datetime
    #: ``None`` while a timer runs.
    seconds: int | None
    note: str
    billable: bool | None
    #: The row's id in its system.
    native_id: str

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> LedgerLine:
        """From JSON of the control API."""
        known: dict[str, Any] = {each.name: value.get(each.name) for each in fields(cls)}
        known["start"] = read_instant(value["start"])
        return cls(**known)


@dataclass(frozen=True)
class Difference:
    """Work that both sides have, and the fields in which it differs."""

    left: LedgerLine
    right: LedgerLine
    fields: Sequence[str]


@dataclass(frozen=True)
class LedgerDiff:
    """How two systems differ. The left one is the expected side."""

    missing: Sequence[LedgerLine]
    extra: Sequence[LedgerLine]
    doubled: Sequence[LedgerLine]
    different: Sequence[Difference]

    @property
    def is_empty(self) -> bool:
        """Whether both sides are equal."""
        return not (self.missing or self.extra or self.doubled or self.different)

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> LedgerDiff:
        """From JSON of the control API."""
        lines = {
            side: [LedgerLine.read(line) for line in value[side]]
            for side in ("missing", "extra", "doubled")
        }
        different = [
            Difference(LedgerLine.read(one["left"]), LedgerLine.read(one["right"]), one["fields"])
            for one in value["different"]
        ]
        return cls(**lines, different=different)


@dataclass(frozen=True)
class Attempt:
    """One attempt to deliver a webhook message."""

    at: datetime
    #: Status of the receiver's answer, if there was one.
    status: int | None
    answer: str
    error: str | None


@dataclass(frozen=True)
class Delivery:
    """A webhook message with its attempts."""

    id: str
    system: str
    #: The vendor's id of the hook.
    hook: str
    #: The vendor's name of the event.
    event: str
    url: str
    #: Headers of the last attempt.
    headers: Mapping[str, str]
    body: str
    created: datetime
    #: When the next attempt is due; ``None`` when there is none.
    due: datetime | None
    #: ``pending``, ``delivered`` or ``failed``.
    state: str
    attempts: Sequence[Attempt]

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> Delivery:
        """From JSON of the control API."""
        known: dict[str, Any] = {each.name: value.get(each.name) for each in fields(cls)}
        known["created"] = read_instant(value["created"])
        known["due"] = None if value["due"] is None else read_instant(value["due"])
        known["attempts"] = [
            Attempt(read_instant(one["at"]), one["status"], one["answer"], one["error"])
            for one in value["attempts"]
        ]
        return cls(**known)


@dataclass(frozen=True)
class Quirk:
    """A decision on record where the vendor's documents are silent, wrong or contradictory."""

    id: str
    #: Operation ids, joined by commas, or ``*``.
    operation: str
    title: str
    document: str
    documented: str
    why: str
    #: ``documented``, ``vendor``, ``observed`` or ``assumed``.
    grade: str
    #: The answer of revision ``current``, where it differs.
    current: str | None = None

    @classmethod
    def read(cls, value: Mapping[str, Any]) -> Quirk:
        """From JSON of the control API."""
        return cls(**_known(cls, value))


def _known(shape: type[Any], value: Mapping[str, Any]) -> dict[str, Any]:
    """The members that a dataclass knows: answers may gain others."""
    return {each.name: value[each.name] for each in fields(shape) if each.name in value}


@dataclass(frozen=True, kw_only=True)
class Fault:
    """A rule of a fault plan: which requests, when, and what happens to them."""

    #: Which requests. Without a word, all of them.
    surface: str | None = None
    operation: str | None = None
    method: str | None = None
    #: ``*`` stands for any text.
    path: str | None = None
    #: E-mail of the caller.
    person: str | None = None
    #: When: the first so many, or each n-th, or with a probability. Without a word, always.
    first: int | None = None
    every: int | None = None
    probability: float | None = None
    seed: int | None = None
    #: What happens: this status with the vendor's own body.
    status: int | None = None
    #: The vendor's answer to too many requests.
    rate_limited: bool = False
    #: The connection is reset: ``True`` before the operation runs, ``"after"`` after it.
    reset: bool | str = False
    delay: Duration | None = None
    #: Median and sigma.
    delay_lognormal: tuple[Duration, float] | None = None
    #: The connection ends after so many bytes of the body.
    truncate: int | None = None
    #: Bytes a second.
    slow: int | None = None
    content_type: str | None = None
    #: Webhooks are delivered so many times more.
    duplicate: int | None = None

    def rule(self) -> dict[str, Any]:
        """The rule as the control API takes it."""

        def given(*names: str) -> dict[str, Any]:
            values = {name: getattr(self, name) for name in names}
            return {name: value for name, value in values.items() if value not in (None, False)}

        effect = given("status", "rate_limited", "reset", "truncate", "content_type", "duplicate")
        if self.delay is not None:
            effect["delay"] = duration_text(self.delay)
        if self.delay_lognormal is not None:
            median, sigma = self.delay_lognormal
            effect["delay_lognormal"] = {"median": duration_text(median), "sigma": sigma}
        if self.slow is not None:
            effect["slow"] = {"bytes_per_second": self.slow}
        when = {
            name: getattr(self, name)
            for name in ("first", "every", "probability", "seed")
            if getattr(self, name) is not None
        }
        match = given("surface", "operation", "method", "path", "person")
        return {"match": match, "when": when, "effect": effect}

    @classmethod
    def read(cls, rule: Mapping[str, Any]) -> Fault:
        """From JSON of the control API."""
        flat = {**rule.get("match", {}), **rule.get("when", {}), **rule["effect"]}
        if "slow" in flat:
            flat["slow"] = flat["slow"]["bytes_per_second"]
        if "delay_lognormal" in flat:
            drawn = flat["delay_lognormal"]
            flat["delay_lognormal"] = (drawn["median"], drawn["sigma"])
        return cls(**flat)


@dataclass(frozen=True)
class FaultCount:
    """How many requests a rule matched, and on how many it fired."""

    matched: int
    fired: int


@dataclass(frozen=True, kw_only=True)
class Expectation:
    """Requests that are expected: which, and how many. Without a number, at least one."""

    surface: str | None = None
    operation: str | None = None
    method: str | None = None
    path: str | None = None
    #: E-mail of the caller.
    person: str | None = None
    status: int | None = None
    #: Members that the body must have; it may have others.
    body: Any = field(default=None)
    exactly: int | None = None
    at_least: int | None = None
    at_most: int | None = None

    def members(self) -> dict[str, Any]:
        """The expectation as the control API takes it."""
        members = {each.name: getattr(self, each.name) for each in fields(self)}
        return {name: value for name, value in members.items() if value is not None}


class Fragment(TypedDict, total=False):
    """Part of a scenario: rows in the form of a scenario file."""

    people: Sequence[Mapping[str, Any]]
    clients: Sequence[Mapping[str, Any]]
    projects: Sequence[Mapping[str, Any]]
    tasks: Sequence[Mapping[str, Any]]
    work: Sequence[Mapping[str, Any]]
    #: What only one system has, by system.
    overlays: Mapping[str, Mapping[str, Any]]
