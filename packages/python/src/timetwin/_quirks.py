"""The quirks of all surfaces, each surface asked for once."""

from __future__ import annotations

from ._control import Control, segment
from ._errors import TimetwinError
from ._shapes import Quirk


class Quirks:
    """The quirks of a server. They do not change while it runs."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._by_surface: dict[str, list[Quirk]] = {}

    def of(self, surface: str) -> list[Quirk]:
        """Those of a surface."""
        if surface not in self._by_surface:
            listed = self._control.json("GET", f"/contract/{segment(surface)}/quirks")
            self._by_surface[surface] = [Quirk.read(each) for each in listed]
        return self._by_surface[surface]

    def get(self, id: str) -> Quirk:
        """One by its id."""
        listed = self._control.json("GET", "/credentials")
        for surface in dict.fromkeys(each["surface"] for each in listed):
            for quirk in self.of(surface):
                if quirk.id == id:
                    return quirk
        raise TimetwinError(f"there is no quirk '{id}'")
