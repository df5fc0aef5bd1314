"""Presses Ctrl-C twice in a terminal in which `timetwin run` runs a command that counts; the command ends, and the terminal is as before."""
import os, pty, sys, termios

SCRIPT = """trap 'n=$((n+1)); echo pressed $n; [ $n = 2 ] && exit 5' INT; n=0; echo ready; while :; do read line; done"""
process, terminal = pty.fork()
if process == 0:
    os.execv(sys.argv[1], [*sys.argv[1:], "--", "sh", "-c", SCRIPT])
before = termios.tcgetattr(terminal)
text = ""


def until(mark):
    global text
    while mark not in text:
        text += os.read(terminal, 1000).decode()


until("ready")
for number in (1, 2):
    os.write(terminal, b"\x03")
    until(f"pressed {number}")
_, status = os.waitpid(process, 0)
assert os.waitstatus_to_exitcode(status) == 5, (status, text)
assert "pressed 3" not in text, text
assert termios.tcgetattr(terminal) == before
print("anna@studio.example")
