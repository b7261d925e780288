# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A program at a terminal, where somebody answers what it asks."""

from __future__ import annotations

import fcntl
import os
import pty
import select
import signal
import subprocess
import termios
import time
import typing as t
from contextlib import suppress
from pathlib import Path

PATIENCE = 300.0
SETTLED = 0.3  # seconds without output: what stands at its end may be a question


def at_terminal(
    command: t.Sequence[str],
    folder: Path,
    environment: t.Mapping[str, str],
    typed: t.Callable[[str], str | None],
    echoes: bool = False,
) -> tuple[int, str]:
    """Exit code and output; `typed` says what to type after an output, if anything.

    A terminal that `echoes` prints what is typed, unless the program forbids it.
    """
    master, slave = pty.openpty()
    if not echoes:
        _silence(slave)
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment,
        stdin=slave,
        stdout=slave,
        stderr=slave,
        start_new_session=True,
        preexec_fn=_controlled,
    )
    os.close(slave)
    try:
        output = "".join(_conversation(master, typed))
        return process.wait(PATIENCE), output.replace("\r\n", "\n")
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        os.close(master)


def _conversation(master: int, typed: t.Callable[[str], str | None]) -> t.Iterator[str]:
    asked, deadline = "", time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if not select.select([master], [], [], SETTLED)[0]:
            answer = typed(asked.replace("\r\n", "\n"))
            if answer is not None:
                os.write(master, answer.encode())
                asked = ""
        elif chunk := _read(master):
            asked += chunk
            yield chunk
        else:
            return
    raise TimeoutError(f"no end after {PATIENCE:.0f} seconds: {asked[-500:]}")


def _silence(slave: int) -> None:
    """What is typed is not printed, so that the output is the program's alone."""
    settings = termios.tcgetattr(slave)
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(slave, termios.TCSANOW, settings)


def _controlled() -> None:
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _read(master: int) -> str:
    try:
        return os.read(master, 65536).decode(errors="replace")
    except OSError:
        return ""
