"""Packs the wheel: the module, and the binary as a script. Needs nothing but Python.

A build backend as PEP 517 has it, and a command: `python3 backend.py FOLDER` prints the wheel's path.
The binary is that of TIMETWIN_BIN. Its header says for which machines it is, and the wheel's tag follows.
"""

from __future__ import annotations

import base64
import hashlib
import os
import re
import struct
import sys
import tomllib
import zipfile
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
# The same bytes on each build.
WHEN = (1980, 1, 1, 0, 0, 0)


def build_wheel(folder: str, config_settings: Any = None, metadata_directory: Any = None) -> str:
    """Writes the wheel; its file name."""
    binary = os.environ.get("TIMETWIN_BIN")
    if not binary:
        raise SystemExit("TIMETWIN_BIN names the binary to pack; packages/build wheel builds one")
    project = tomllib.loads((HERE / "pyproject.toml").read_text())["project"]
    name, version = project["name"], project["version"]
    content = Path(binary).read_bytes()
    runs_on = platforms(content)
    info = f"{name}-{version}.dist-info"
    script = "timetwin.exe" if runs_on.startswith("win") else "timetwin"
    files: list[tuple[str, bytes, int]] = []
    for file in sorted((HERE / "src" / name).rglob("*")):
        if file.suffix == ".py" or file.name == "py.typed":
            path = file.relative_to(HERE / "src").as_posix()
            files.append((path, file.read_bytes(), 0o644))
    files.append((f"{name}-{version}.data/scripts/{script}", content, 0o755))
    licences = sorted([*ROOT.glob("LICENSE-*"), *ROOT.glob("NOTICE*")])
    for file in licences:
        files.append((f"{info}/licenses/{file.name}", file.read_bytes(), 0o644))
    wheel = "Wheel-Version: 1.0\nGenerator: timetwin\nRoot-Is-Purelib: false\n"
    wheel += "".join(f"Tag: py3-none-{one}\n" for one in runs_on.split("."))
    files.append((f"{info}/WHEEL", wheel.encode(), 0o644))
    files.append((f"{info}/METADATA", metadata(project, licences).encode(), 0o644))
    points = "".join(
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items())
        for group, entries in project.get("entry-points", {}).items()
    )
    files.append((f"{info}/entry_points.txt", points.encode(), 0o644))
    target = f"{name}-{version}-py3-none-{runs_on}.whl"
    write(Path(folder) / target, files, f"{info}/RECORD")
    return target


def metadata(project: dict[str, Any], licences: list[Path]) -> str:
    """The METADATA file."""
    lines = [
        "Metadata-Version: 2.4",
        f"Name: {project['name']}",
        f"Version: {project['version']}",
        f"Summary: {project['description']}",
        f"Requires-Python: {project['requires-python']}",
        f"License-Expression: {project['license']}",
        *(f"License-File: {file.name}" for file in licences),
        f"Keywords: {','.join(project['keywords'])}",
        *(f"Classifier: {each}" for each in project["classifiers"]),
        *(
            line
            for extra, needs in project.get("optional-dependencies", {}).items()
            for line in (f"Provides-Extra: {extra}", *(f'Requires-Dist: {each}; extra == "{extra}"' for each in needs))
        ),
        "Description-Content-Type: text/markdown",
    ]
    return "\n".join(lines) + "\n\n" + (HERE / project["readme"]).read_text()


def write(path: Path, files: list[tuple[str, bytes, int]], record: str) -> None:
    """A ZIP archive of these files and a record of them."""
    lines = []
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:

        def add(name: str, content: bytes, mode: int) -> None:
            entry = zipfile.ZipInfo(name, WHEN)
            entry.external_attr = (0o100000 | mode) << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)

        for name, content, mode in files:
            digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
            lines.append(f"{name},sha256={digest},{len(content)}")
            add(name, content, mode)
        add(record, ("\n".join([*lines, f"{record},,"]) + "\n").encode(), 0o644)


def platforms(content: bytes) -> str:
    """The platform tags of a binary, joined by dots."""
    if content.startswith(b"\x7fELF"):
        return linux(content)
    if content.startswith(b"\xcf\xfa\xed\xfe"):
        machine = {0x0100_000C: "11_0_arm64", 0x0100_0007: "10_12_x86_64"}
        return f"macosx_{machine[struct.unpack_from('<I', content, 4)[0]]}"
    if content.startswith(b"MZ"):
        header = struct.unpack_from("<I", content, 0x3C)[0]
        machine = {0x8664: "amd64", 0xAA64: "arm64"}
        return f"win_{machine[struct.unpack_from('<H', content, header + 4)[0]]}"
    raise SystemExit("the binary is none of Linux, macOS or Windows")


def linux(content: bytes) -> str:
    """A static binary runs on every Linux of its machine, any other needs the C library that it was linked to."""
    machine = {62: "x86_64", 183: "aarch64"}[struct.unpack_from("<H", content, 18)[0]]
    start, size, count = (
        struct.unpack_from("<Q", content, 32)[0],
        *struct.unpack_from("<HH", content, 54),
    )
    kinds = {struct.unpack_from("<I", content, start + n * size)[0] for n in range(count)}
    interpreter = 3
    if interpreter not in kinds:
        return f"manylinux_2_17_{machine}.manylinux2014_{machine}.musllinux_1_1_{machine}"
    minors = [int(minor) for minor in re.findall(rb"GLIBC_2\.(\d+)\0", content)]
    if not minors:
        raise SystemExit("the binary is linked to a C library that is not glibc; link it statically")
    return f"manylinux_2_{max(minors)}_{machine}"


if __name__ == "__main__":
    os.makedirs(sys.argv[1], exist_ok=True)
    print(Path(sys.argv[1]) / build_wheel(sys.argv[1]))
