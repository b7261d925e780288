# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulated organization in a process of its own, without latency and without rate limits."""

from __future__ import annotations

import http.client
import json
import shlex
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

from benchmarks.workplace import BenchmarkError, Workplace
from tools.environment import ROOT

GRACE = 10.0
PAGE = 100  # tenants


@dataclass(frozen=True)
class Asked:
    """How many requests came in: all, those for a page of tenants, those for a token, and the other ones."""

    all: int
    lists: int
    reads: int
    tokens: int


@dataclass(frozen=True)
class Organization:
    """`environment` is what a client needs to reach it, `book` a credential book that opens all of it."""

    environment: dict[str, str]
    book: Path

    def asked(self) -> Asked:
        """What was asked since the last `forget`."""
        record = json.loads(self._call("GET", "/record"))
        lists = [entry for entry in record if entry["method"] == "GET" and entry["path"].endswith("/tenants")]
        tokens = [entry for entry in record if entry["path"] == "/oauth/token"]
        return Asked(len(record), len(lists), len(record) - len(lists) - len(tokens), len(tokens))

    def forget(self) -> None:
        self._call("POST", "/reset-record")

    def _call(self, method: str, path: str) -> Any:
        connection = http.client.HTTPConnection(self.environment["HTTPS_PROXY"].rpartition("/")[2], timeout=30)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            body = response.read()
        finally:
            connection.close()
        if response.status >= 300:
            raise BenchmarkError(f"the simulator answered {response.status} to {method} {path}")
        return body

    def subscriptions(self) -> list[str]:
        entries = json.loads(self.book.read_text(encoding="utf-8"))["regions"]
        return sorted({entry["subscription_id"] for entry in entries})


@contextmanager
def organization(place: Workplace, tenants: int, latency: int = 0, subscriptions: int = 2) -> Iterator[Organization]:
    """Start the simulator, tell the workplace of it, and stop it in the end; latency is in milliseconds."""
    book = place.folder / "book.json"
    command = [sys.executable, "-m", "simulator", "--tenants", str(tenants), "--no-rate-limits"]
    command += ["--credentials", str(book), "--latency", str(latency), "--subscriptions", str(subscriptions)]
    env = {**place.environment, "PYTHONPATH": str(ROOT / "tests")}
    pipe, out, null = subprocess.PIPE, subprocess.STDOUT, subprocess.DEVNULL
    with (
        subprocess.Popen(
            command, env=env, stdin=null, stdout=pipe, stderr=out, text=True, start_new_session=True
        ) as process,
        stopped(process),
    ):
        place.knows(environment := _exports(process))
        yield Organization(environment, book)


def _exports(process: subprocess.Popen[str]) -> dict[str, str]:
    lines = takewhile(lambda line: line.startswith("export "), process.stdout or ())
    pairs = (shlex.split(line)[1].partition("=")[::2] for line in lines)
    exports = dict(pairs)
    if not exports:
        raise BenchmarkError("the simulator did not start")
    return exports


@contextmanager
def stopped(process: subprocess.Popen[str]) -> Iterator[None]:
    """End the process at the end."""
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(GRACE)
        except subprocess.TimeoutExpired:
            process.kill()
