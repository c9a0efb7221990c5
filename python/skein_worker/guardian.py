"""Keeps nothing alive that nobody waits for.

The worker runs as a child of a small process, the guardian, which never blocks in XLA. The guardian kills the child
and removes the session's folder as soon as its standard input closes, which the system does when the driver dies.
It ends as its child ends, so that the driver sees the worker's own exit status.
"""

import ctypes
import os
import resource
import select
import shutil
import signal
import sys
import threading
import time

PR_SET_PDEATHSIG = 1


def guard(session_folder, watch_stdin):
    """Forks. Returns in the child; the parent watches and exits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    alive_read, alive_write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(alive_read)
        _die_with_parent()
        return
    os.close(alive_write)
    signal.signal(signal.SIGTERM, lambda *_: os.kill(child, signal.SIGKILL))
    poll = select.poll()
    poll.register(alive_read, select.POLLIN)
    if watch_stdin:
        poll.register(0, select.POLLIN)
    while True:
        ready = [descriptor for descriptor, _ in poll.poll()]
        if 0 in ready and os.read(0, 4096) == b"":
            _kill(child)
            _remove(session_folder)
            os._exit(0)
        if alive_read in ready:
            break
    _, status = os.waitpid(child, 0)
    if not watch_stdin:
        _remove(session_folder)
    elif select.select([0], [], [], 0)[0] and os.read(0, 4096) == b"":
        _remove(session_folder)
    _end_like(status)


def watch_connection(connection):
    """Ends this process when the driver hangs up, also while XLA computes."""

    def wait():
        poll = select.poll()
        poll.register(connection, getattr(select, "POLLRDHUP", 0) | select.POLLHUP)
        poll.poll()
        os._exit(1)

    threading.Thread(target=wait, name="watch-connection", daemon=True).start()


def _die_with_parent():
    """Linux ends the child with the guardian; elsewhere the connection's watcher does."""
    guardian = os.getppid()
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() != guardian:
            os._exit(1)


def _kill(child):
    try:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    except (ProcessLookupError, ChildProcessError):
        pass


def _remove(folder):
    """Removes the folder; a sibling may be writing into it, so it may take several tries."""
    for _ in range(20):
        shutil.rmtree(folder, ignore_errors=True)
        if not os.path.exists(folder):
            return
        time.sleep(0.05)


def _end_like(status):
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number not in (signal.SIGKILL, signal.SIGSTOP):
            signal.signal(number, signal.SIG_DFL)
        os.kill(os.getpid(), number)
    os._exit(os.waitstatus_to_exitcode(status))
