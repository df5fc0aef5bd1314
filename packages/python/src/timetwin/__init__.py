"""Clockify, Clockodo, Clockwork and Time Tracker for Jira on this machine, with a world for each test.

    >>> from timetwin import Timetwin
    >>> with Timetwin.start(scenario="bare", at="2026-06-12T10:00:00Z") as twin:
    ...     world = twin.world("first")
    ...     world.clock.advance("PT1H").isoformat()
    '2026-06-12T11:00:00+00:00'
"""

from ._errors import NotAsExpected, ProblemError, StartError, TimetwinError
from ._shapes import (
    Attempt,
    Credential,
    Delivery,
    Difference,
    Expectation,
    Fault,
    FaultCount,
    Fragment,
    LedgerDiff,
    LedgerLine,
    NearMiss,
    Quirk,
    RequestRecord,
    WorldInfo,
)
from ._twin import Timetwin
from ._world import Clock, Faults, World

__all__ = [
    "Attempt",
    "Clock",
    "Credential",
    "Delivery",
    "Difference",
    "Expectation",
    "Fault",
    "FaultCount",
    "Faults",
    "Fragment",
    "LedgerDiff",
    "LedgerLine",
    "NearMiss",
    "NotAsExpected",
    "ProblemError",
    "Quirk",
    "RequestRecord",
    "StartError",
    "Timetwin",
    "TimetwinError",
    "World",
    "WorldInfo",
]
__version__ = "0.2.0"
