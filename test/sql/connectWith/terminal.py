"""Types what a person would into a program that asks for a password and then takes SQL: argv is (command, password); an empty
password is not asked for."""
import os, pty, re, select, signal, sys, time

command, password = sys.argv[1], sys.argv[2]
pid, terminal = pty.fork()
if pid == 0:
    os.execvp("sh", ["sh", "-c", command])
steps = [("(?i)password", password)] * (password != "") + [ (r">[ \x1b]", "SELECT CONCAT('it is ', VERSION());"), (r"it is \d", "exit")]
seen, since, deadline = "", 0, time.time() + 40
while time.time() < deadline:
    if not select.select([terminal], [], [], 0.2)[0]:
        continue
    try:
        data = os.read(terminal, 65536)
    except OSError:
        break
    if not data:
        break
    # Terminals are asked where the cursor is.
    os.write(terminal, b"\x1b[1;1R" * data.count(b"\x1b[6n"))
    seen += data.decode("utf-8", "replace")
    if "Press Enter" in seen[since:]:
        since = len(seen)
        os.write(terminal, b"\r")
    elif steps and re.search(steps[0][0], seen[since:]):
        since = len(seen)
        os.write(terminal, (steps.pop(0)[1] + "\r").encode())
else:
    os.kill(pid, signal.SIGKILL)
sys.stdout.write(seen)
_, status = os.waitpid(pid, 0)
sys.exit(os.waitstatus_to_exitcode(status) != 0 or len(steps) > 0)
