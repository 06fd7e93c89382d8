"""The launcher's processes: watched, named when they end, stopped in order and completely."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.local.children import Children, Stopped
from deploy.local.processes import LocalError, alive, wait_until

ROOT = Path(__file__).resolve().parents[2]
SLEEPER = [sys.executable, "-c", "import time; print('awake', flush=True); time.sleep(60)"]
DEAF = [
    sys.executable,
    "-c",
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('deaf', flush=True); time.sleep(60)",
]
LAUNCHER = """
import pathlib, signal, sys
from deploy.local.children import Children, Stopped
children = Children(pathlib.Path(sys.argv[1]))
for name in (signal.SIGINT, signal.SIGTERM):
    signal.signal(name, lambda number, frame: setattr(children, "stop_asked", True))
for name in ("one", "two", "three"):
    children.start(name, [sys.executable, "-c", "import time; time.sleep(60)"])
print(*(child.process.pid for child in children.running), flush=True)
try:
    while True:
        children.watch()
except Stopped:
    children.stop()
"""


@pytest.fixture
def children(tmp_path):
    children = Children(tmp_path)
    yield children
    children.stop()


def test_one_that_ends_is_named_with_the_end_of_its_log(children):
    children.start("healthy", SLEEPER)
    children.start("clumsy", [sys.executable, "-c", "print('the reason'); raise SystemExit(3)"])
    with pytest.raises(LocalError) as failure:
        while True:
            children.watch()
    assert str(failure.value).startswith("The clumsy ended with code 3")
    assert "    the reason" in str(failure.value)


def test_one_that_is_killed_is_named_with_the_signal(children):
    child = children.start("unlucky", SLEEPER)
    child.process.kill()
    with pytest.raises(LocalError, match="The unlucky was killed by SIGKILL"):
        while True:
            children.watch()


def test_a_service_that_ends_is_named(children, tmp_path):
    server = subprocess.Popen(SLEEPER, stdout=subprocess.DEVNULL)
    children.followed = {"redis": (server.pid, tmp_path / "redis.log")}
    children.watch()
    server.kill()
    with pytest.raises(LocalError, match="redis has ended"):
        while True:
            children.watch()


def test_a_task_that_fails_is_told_and_one_that_succeeds_is_forgotten(children):
    children.run("task", [sys.executable, "-c", "pass"])
    children.watch()
    with pytest.raises(LocalError, match="The task ended with code 1"):
        children.run("task", [sys.executable, "-c", "raise SystemExit(1)"])


def test_stopping_is_in_the_opposite_order_and_kills_the_deaf(children, monkeypatch, capsys):
    monkeypatch.setattr("deploy.local.children.STOP_SECONDS", 0.5)
    started = [children.start("first", SLEEPER), children.start("deaf", DEAF)]
    assert wait_until(lambda: "deaf" in started[1].log.read_text(), 10)
    children.stop()
    assert not any(alive(child.process.pid) for child in started)
    assert "The deaf did not stop by itself and was killed" in capsys.readouterr().out


def test_a_request_to_stop_interrupts_the_wait(children):
    children.start("sleeper", SLEEPER)
    children.stop_asked = True
    with pytest.raises(Stopped):
        children.wait_for("sleeper", lambda: False, 60)


def test_the_previous_log_is_kept_aside(children, tmp_path):
    for word in ("old", "new"):
        children.run("task", [sys.executable, "-c", f"print('{word}')"])
    assert (tmp_path / "task.log").read_text() == "new\n"
    assert (tmp_path / "task.log.before").read_text() == "old\n"


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_no_child_outlives_the_launcher(tmp_path, sent):
    if sent is signal.SIGKILL and sys.platform != "linux":
        pytest.skip("only Linux ends the children of a killed process")
    launcher = subprocess.Popen(
        [sys.executable, "-c", LAUNCHER, str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )
    pids = [int(pid) for pid in launcher.stdout.readline().split()]
    assert len(pids) == 3
    bystander = subprocess.Popen(SLEEPER, stdout=subprocess.DEVNULL)
    os.kill(launcher.pid, sent)
    launcher.communicate(timeout=30)
    assert wait_until(lambda: not any(_runs(pid) for pid in pids), 10)
    assert bystander.poll() is None
    bystander.kill()
    bystander.wait()


def _runs(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    state = Path(f"/proc/{pid}/stat")
    return not (state.exists() and ") Z " in state.read_text())
