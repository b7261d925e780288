# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Work that is done beside other work: what it prints is kept, to be shown in one piece when it is done."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TextIO, TypeVar

T = TypeVar("T")
# Where work prints; None: to standard output, at once.
Out = TextIO | None


@dataclass(frozen=True)
class Done(Generic[T]):
    """The result of some work, what it printed, and how long it took."""

    result: T
    output: str
    seconds: float


def kept(work: Callable[[Out], T]) -> Done[T]:
    """Do some work and keep what it prints."""
    started = time.monotonic()
    with tempfile.TemporaryFile("w+", encoding="utf-8", errors="replace") as out:
        result = work(out)
        out.seek(0)
        return Done(result, out.read().strip("\n"), time.monotonic() - started)
