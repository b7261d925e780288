# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Kills the event source at random moments, and starts it again: `python event_source.py SOURCE FOLDER KILLS SEED`.

Every event that reaches the rules is a line of the file `told` in FOLDER. Killing begins with a line on standard input;
after the last kill the source goes on until a second one.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import runpy
import signal
import sys
import time
from pathlib import Path
from typing import Any

LONGEST_LIFE = 0.3  # seconds; a look at some hundred tenants takes a third of that
PAUSE = 0.05


class Rules:
    """Takes every event at once."""

    def __init__(self, folder: Path) -> None:
        self._file = os.open(folder / "told", os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    async def put(self, event: dict[str, Any]) -> None:
        os.write(self._file, json.dumps(event).encode() + b"\n")


def start(source: str, folder: Path) -> int:
    """Run the source in a child of this process, which has loaded it already; returns the child's id."""
    child = os.fork()
    if child == 0:
        options = {
            "state_file": str(folder / "state.db"),
            "cache_dir": str(folder / "cache"),
            "license_ends_within": [],
            "tell_again_within": 1,
        }
        asyncio.run(runpy.run_path(source)["main"](Rules(folder), options))
        os._exit(1)
    return child


def end(child: int) -> None:
    os.kill(child, signal.SIGKILL)
    if os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != -signal.SIGKILL:
        sys.exit("the source ended by itself")


def main(source: str, folder: Path, kills: int, seed: int) -> None:
    sys.path.insert(0, runpy.run_path(source)["ROOT"])
    import requests  # noqa: F401

    from ansible_collections.qlikops.cloud.plugins.module_utils import _event_source

    _event_source._Rounds._pause = PAUSE  # type: ignore[assignment]  # a pause of whole seconds would be most of a life
    moments = random.Random(seed)  # noqa: S311
    child = start(source, folder)
    sys.stdin.readline()
    for _kill in range(kills):
        end(child)
        child = start(source, folder)
        time.sleep(moments.uniform(0, LONGEST_LIFE))
    sys.stdin.readline()
    end(child)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
