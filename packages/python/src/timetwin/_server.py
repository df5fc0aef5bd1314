"""The server as a process of its own, which ends with this one."""

from __future__ import annotations

import atexit
import os
import shutil
import subprocess
import sys
import sysconfig
import threading
from collections import deque
from importlib import metadata
from pathlib import Path
from typing import IO, Sequence

from ._errors import StartError

_NAME = "timetwin.exe" if sys.platform == "win32" else "timetwin"


def find_binary() -> str:
    """The program: ``TIMETWIN_BIN``, the one that this package carries, or that of the path."""
    named = os.environ.get("TIMETWIN_BIN")
    if named:
        if not os.access(named, os.X_OK):
            raise StartError(f"TIMETWIN_BIN names '{named}', which is no program")
        return os.path.abspath(named)
    for file in _carried():
        if os.access(file, os.X_OK):
            return str(file)
    found = shutil.which(_NAME)
    if found is None:
        raise StartError(
            "the program 'timetwin' is not here: this package carries none for this machine. "
            "Put one on the path, name it in TIMETWIN_BIN, or lead TIMETWIN_URL to a running server"
        )
    return found


def _carried() -> list[Path]:
    try:
        listed = metadata.files("timetwin") or []
    except metadata.PackageNotFoundError:
        listed = []
    installed = [Path(str(file.locate())) for file in listed if file.name == _NAME]
    # `pip install --target` puts scripts beside the packages, whatever its record says.
    beside = Path(__file__).parent.parent / "bin" / _NAME
    return [*installed, beside, Path(sysconfig.get_path("scripts")) / _NAME]


class Server:
    """A running server."""

    def __init__(self, binary: str, flags: Sequence[str], timeout: float) -> None:
        self._lines: deque[str] = deque(maxlen=1000)
        # Its input closes with this process, whatever becomes of it.
        self.url = self._run([binary, "serve", "--until-stdin-closes", *flags], timeout)
        atexit.register(self.stop)

    @property
    def log(self) -> str:
        """The newest lines of its log."""
        return "\n".join(self._lines)

    def _run(self, command: Sequence[str], timeout: float) -> str:
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=_environment(),
                # Ctrl-C is for the tests, which then end the server.
                start_new_session=os.name == "posix",
                text=True,
                encoding="utf-8",
                errors="replace",
            )
        except OSError as error:
            raise StartError(f"cannot run {command[0]}: {error}") from error
        assert self._process.stdout is not None and self._process.stderr is not None
        logged = _reader(self._process.stderr, self._lines)
        ready: deque[str] = deque(maxlen=1)
        has_line = threading.Event()
        _reader(self._process.stdout, ready, has_line)
        in_time = has_line.wait(timeout)
        line = ready[0] if ready else ""
        if line.endswith(" Ready.") and " listening on " in line:
            return line.removesuffix(" Ready.").rpartition(" ")[2]
        if in_time:
            # It ended by itself, and its exit code says why.
            self._process.wait(timeout)
        else:
            self._process.kill()
        self.stop()
        logged.join(1)
        why = self.log or ("no reason given" if in_time else f"no answer in {timeout:g} seconds")
        raise StartError(f"timetwin did not start (exit code {self._process.returncode}): {why}")

    def stop(self) -> None:
        """Ends it and waits for its end."""
        atexit.unregister(self.stop)
        if self._process.stdin is not None and not self._process.stdin.closed:
            self._process.stdin.close()
        if os.name == "posix":
            # A process that was forked from this one may hold its input, too.
            self._process.terminate()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _environment() -> dict[str, str]:
    """Settings of this process apply, but for the address: it has a free port."""
    given = {"TIMETWIN_LISTEN", "TIMETWIN_PORT", "TIMETWIN_PORT_FILE"}
    return {name: value for name, value in os.environ.items() if name not in given}


def _reader(stream: IO[str], to: deque[str], seen: threading.Event | None = None) -> threading.Thread:
    """Reads a stream to its end, so that the server never waits for a reader."""

    def read() -> None:
        with stream:
            for line in stream:
                to.append(line.rstrip("\n"))
                if seen is not None:
                    seen.set()
        if seen is not None:
            seen.set()

    thread = threading.Thread(target=read, daemon=True)
    thread.start()
    return thread
