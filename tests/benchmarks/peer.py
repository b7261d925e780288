# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The cloud that the inventory plugin hetzner.hcloud.hcloud is fed from, in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.request import urlopen

from benchmarks.organization import stopped
from benchmarks.workplace import BenchmarkError
from tools.environment import ROOT


@dataclass
class Peer:
    """`environment` is what the plugin needs to reach it."""

    url: str
    seen: int = field(default=0, init=False)

    @property
    def environment(self) -> dict[str, str]:
        return {"HCLOUD_ENDPOINT": self.url, "HCLOUD_TOKEN": "t" * 64}

    def asked(self) -> int:
        """How many requests came in since the last time that somebody wanted to know."""
        with urlopen(f"{self.url}/asked") as answer:  # noqa: S310 - the address is our own
            before, self.seen = self.seen, json.load(answer)["asked"]
        return self.seen - before


@contextmanager
def peer(servers: int, latency: int) -> Iterator[Peer]:
    """Start it with so many servers, so many milliseconds away, and stop it in the end."""
    command = [sys.executable, "-m", "benchmarks.peer_api", str(servers), str(latency / 1000)]
    env, null = {"PYTHONPATH": str(ROOT / "tests")}, subprocess.DEVNULL
    with (
        subprocess.Popen(
            command, env=env, stdin=null, stdout=subprocess.PIPE, text=True, start_new_session=True
        ) as process,
        stopped(process),
    ):
        port = next(iter(process.stdout or ()), "").strip()
        if not port:
            raise BenchmarkError("the peer's service did not start")
        yield Peer(f"http://127.0.0.1:{port}")
