# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loaded by each Python that has this folder on its path: who waits, waits a twentieth of the time."""

from __future__ import annotations

import threading
import time

HASTE = 20

_sleep, _wait = time.sleep, threading.Event.wait


def _hurried_sleep(seconds: float) -> None:
    _sleep(seconds / HASTE)


def _hurried_wait(event: threading.Event, timeout: float | None = None) -> bool:
    return _wait(event, None if timeout is None else timeout / HASTE)


time.sleep = _hurried_sleep
threading.Event.wait = _hurried_wait  # type: ignore[method-assign]
