"""The wheel's tag follows from the header of the binary."""

from __future__ import annotations

import importlib.util
import struct
from pathlib import Path
from typing import Callable

import pytest

spec = importlib.util.spec_from_file_location("backend", Path(__file__).parent.parent / "backend.py")
assert spec is not None and spec.loader is not None
backend = importlib.util.module_from_spec(spec)
spec.loader.exec_module(backend)
platforms: Callable[[bytes], str] = backend.platforms


def elf(machine: int, kinds: list[int], rest: bytes = b"") -> bytes:
    header = bytearray(64)
    header[:4] = b"\x7fELF"
    struct.pack_into("<H", header, 18, machine)
    struct.pack_into("<Q", header, 32, 64)
    struct.pack_into("<HH", header, 54, 56, len(kinds))
    return bytes(header) + b"".join(struct.pack("<I", kind) + bytes(52) for kind in kinds) + rest


def test_linux() -> None:
    everywhere = "manylinux_2_17_{0}.manylinux2014_{0}.musllinux_1_1_{0}"
    assert platforms(elf(62, [1, 1], b"GLIBC_2.36\0")) == everywhere.format("x86_64")
    assert platforms(elf(183, [1])) == everywhere.format("aarch64")
    assert platforms(elf(62, [1, 3], b"GLIBC_2.4\0GLIBC_2.35\0GLIBC_2.9\0")) == "manylinux_2_35_x86_64"
    with pytest.raises(SystemExit, match="link it statically"):
        platforms(elf(62, [3]))


def test_others() -> None:
    assert platforms(b"\xcf\xfa\xed\xfe" + struct.pack("<I", 0x0100_000C)) == "macosx_11_0_arm64"
    assert platforms(b"\xcf\xfa\xed\xfe" + struct.pack("<I", 0x0100_0007)) == "macosx_10_12_x86_64"
    windows = b"MZ".ljust(0x3C, b"\0") + struct.pack("<I", 0x40) + b"PE\0\0" + struct.pack("<H", 0x8664)
    assert platforms(windows) == "win_amd64"
    with pytest.raises(SystemExit, match="none of Linux, macOS or Windows"):
        platforms(b"#!/bin/sh\n")
