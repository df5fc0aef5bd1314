"""A server starts, says why it does not, and ends with who started it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from timetwin import StartError, Timetwin, TimetwinError

STARTS = "from timetwin import Timetwin; twin = Timetwin.start(scenario='bare'); print(twin.url, flush=True); "


def answers(url: str) -> bool:
    try:
        Timetwin.attach(url)
    except StartError:
        return False
    return True


def ends(url: str) -> bool:
    for _ in range(100):
        if not answers(url):
            return True
        time.sleep(0.05)
    return False


def test_a_server_ends_with_its_block() -> None:
    with Timetwin.start(scenario="bare", at="2026-06-12T10:00:00Z", limits="off", journal=5) as twin:
        assert answers(twin.url)
        info = twin.main.info()
        assert (info.limits, info.now.isoformat()) == ("off", "2026-06-12T10:00:00+00:00")
        assert twin.version().count(".") == 2
    assert not answers(twin.url)
    twin.close()


@pytest.mark.parametrize("end", ["pass", "1 / 0", "import os; os._exit(3)", "import time; time.sleep(60)"])
def test_a_server_ends_with_its_process(end: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-c", STARTS + end], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert process.stdout is not None
    url = process.stdout.readline().strip()
    if "sleep" in end:
        assert answers(url)
        process.send_signal(signal.SIGKILL)
    process.communicate(timeout=30)
    assert ends(url)


def test_an_interrupt_leaves_the_server_to_the_tests() -> None:
    # A shell that runs its commands in the background lets them ignore interrupts.
    listens = "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
    script = listens + STARTS + """
try:
    import os, signal, time
    os.killpg(0, signal.SIGINT)
    time.sleep(5)
except KeyboardInterrupt:
    time.sleep(0.2)
    print(twin.main.info().name, flush=True)
"""
    process = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=30, start_new_session=True
    )
    assert process.stdout.splitlines()[1:] == ["main"], process.stderr


@pytest.mark.skipif(not hasattr(os, "fork"), reason="nothing is forked here")
def test_a_forked_process_does_not_hold_the_end_up() -> None:
    twin = Timetwin.start(scenario="bare")
    child = os.fork()
    if child == 0:
        time.sleep(60)
        os._exit(0)
    try:
        began = time.monotonic()
        twin.close()
        assert time.monotonic() - began < 5
        assert not answers(twin.url)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


def test_a_server_that_does_not_start_says_why(tmp_path: Path) -> None:
    with pytest.raises(StartError, match=r"exit code 2.*there is no built-in scenario of this name"):
        Timetwin.start(scenario="studoi")
    with Timetwin.start(scenario="bare", control_token="t") as twin:
        with pytest.raises(StartError, match=r"exit code 3.* is in use"):
            Timetwin.start(listen=twin.url.removeprefix("http://"))
        with pytest.raises(TimetwinError, match="requires its token"):
            Timetwin.attach(twin.url).worlds()
        assert Timetwin.attach(twin.url, control_token="t").worlds()[0].name == "main"
    with pytest.raises(StartError, match="cannot run"):
        Timetwin.start(binary=tmp_path / "nothing")
    with pytest.raises(StartError, match="is not a URL"):
        Timetwin.attach("127.0.0.1:8463")
    sleeper = tmp_path / "sleeper"
    sleeper.write_text("#!/bin/sh\nexec sleep 60\n")
    sleeper.chmod(0o755)
    with pytest.raises(StartError, match=r"no answer in 0.3 seconds"):
        Timetwin.start(binary=sleeper, timeout=0.3)


def test_settings_of_the_environment_apply_but_for_the_address(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMETWIN_PLAN", "free")
    monkeypatch.setenv("TIMETWIN_PORT", "1")
    with Timetwin.start(scenario="bare") as twin:
        assert twin.main.info().plan == "free"
        monkeypatch.setenv("TIMETWIN_URL", twin.url)
        assert Timetwin.attach().url == twin.url


def test_the_program_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TIMETWIN_BIN", "/nothing/here")
    with pytest.raises(StartError, match="TIMETWIN_BIN names '/nothing/here', which is no program"):
        Timetwin.start()
    monkeypatch.delenv("TIMETWIN_BIN")
    with Timetwin.start(scenario="bare") as twin:
        assert twin.version()


def test_a_state_file_is_kept(tmp_path: Path) -> None:
    state = tmp_path / "twin.db"
    with Timetwin.start(scenario="bare", state=state) as twin:
        twin.world("kept", salt="s")
    with Timetwin.start(state=state) as twin:
        assert "main" in [world.name for world in twin.worlds()]
    assert os.path.getsize(state) > 0
