# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills a run just before the nth thing that it does to the world.

Python loads this file by itself when its folder is on the path. KILL_LOG names a file that takes a line for each
request that is about to be sent, and for each file below the folders in KILL_BELOW that is about to be opened for
writing, renamed or removed; KILL_AT is the number of the line at which the run ends, with all its processes.
"""

from __future__ import annotations

import os
import signal
import sys
from typing import Any

LOG, AT = os.environ.get("KILL_LOG", ""), int(os.environ.get("KILL_AT", "0"))
BELOW = tuple(folder for folder in os.environ.get("KILL_BELOW", "").split(os.pathsep) if folder)
MAIN = os.getpid()
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC
TO_FILES = ("os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.chmod", "os.chown", "os.link", "os.truncate")
busy = False


def watch(event: str, arguments: tuple[Any, ...]) -> None:
    global busy
    if busy or not is_deed(event, arguments):
        return
    busy = True
    try:
        note(event, arguments)
    finally:
        busy = False


def is_deed(event: str, arguments: tuple[Any, ...]) -> bool:
    if event == "http.client.send":
        return True
    if event == "open":
        return bool(arguments[2] & WRITING) and is_below(arguments[0])
    return event in TO_FILES and any(map(is_below, arguments[:2]))


def is_below(path: Any) -> bool:
    return isinstance(path, (str, bytes, os.PathLike)) and os.fsdecode(path).startswith(BELOW)


def note(event: str, arguments: tuple[Any, ...]) -> None:
    what = "" if event == "http.client.send" else os.path.basename(os.fsdecode(arguments[0]))
    with open(LOG, "ab+") as log:
        log.write(f"{event} {what}\n".encode())
        log.flush()
        log.seek(0)
        number = log.read().count(b"\n")
    if number == AT:
        for process in (MAIN, os.getpid()):
            os.kill(process, signal.SIGKILL)


if LOG:
    sys.addaudithook(watch)
