"""Each name of the Python package has its counterpart in the Node package: `python parity.py FILE`, the file being
`index.d.ts`. Members of classes and of values, and settings, are compared by their names."""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import fields
from pathlib import Path

import timetwin

# What only one language has, and why.
ONLY = {
    "Timetwin": {"[Symbol.asyncDispose]"},  # a context manager in Python
}


def camel(name: str) -> str:
    return re.sub(r"_([a-z])", lambda match: match[1].upper(), name)


def members(kind: type) -> set[str]:
    """Public names of a class: its attributes, and those that its instances get."""
    named = {name for name in vars(kind) if not name.startswith("_")}
    if kind is timetwin.World:
        named |= {"name", "clock", "faults"}
    if kind is timetwin.ProblemError:
        named |= {"problem"}
    if hasattr(kind, "__dataclass_fields__"):
        named |= {field.name for field in fields(kind)}
    if hasattr(kind, "__total__"):
        named |= set(kind.__annotations__)
    return {camel(name) for name in named} - {"read", "rule", "members"}


def declared(text: str) -> dict[str, set[str]]:
    """Names of the members of each class and interface."""
    found = {}
    for _, name, body in re.findall(r"^export (class|interface) (\w+)[^{\n]*\{(.*?)\n?\}$", text, re.M | re.S):
        own = re.findall(r"^ {2}(?:static |readonly )*(\w+)\??(?=[(:])", body, re.M)
        found[name] = set(own) - {"constructor"}
    return found


def main() -> None:
    node = declared(Path(sys.argv[1]).read_text())
    wrong = []
    for name in timetwin.__all__:
        if name not in node:
            wrong.append(f"{name} is not in Node")
            continue
        python, other = members(getattr(timetwin, name)), node[name] - ONLY.get(name, set())
        wrong += [f"{name}.{each} is only in Python" for each in sorted(python - other)]
        wrong += [f"{name}.{each} is only in Node" for each in sorted(other - python)]

    def settings(call: object) -> set[str]:
        return {camel(each) for each in inspect.signature(call).parameters} - {"self", "name"}  # type: ignore[arg-type]

    for name, call in (
        ("StartOptions", timetwin.Timetwin.start),
        ("WorldSettings", timetwin.Timetwin.world),
        ("RequestFilter", timetwin.World.requests),
    ):
        if settings(call) != node[name]:
            wrong.append(f"{name} differs: {sorted(settings(call) ^ node[name])}")
    extra = {"StartOptions", "WorldSettings", "RequestFilter", "Problem"}
    wrong += [f"{name} is only in Node" for name in sorted(set(node) - set(timetwin.__all__) - extra)]
    if wrong:
        sys.exit("\n".join(wrong))
    print(f"{len(timetwin.__all__)} names in both languages")


main()
