# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import threading

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._side_by_side import AT_ONCE, side_by_side


def nothing() -> None:
    """Stops nothing."""


def test_all_are_done_several_at_once() -> None:
    together = threading.Barrier(AT_ONCE, timeout=10)

    def work(number: int) -> int:
        together.wait()
        return number

    assert sorted(side_by_side(work, range(2 * AT_ONCE), nothing)) == list(range(2 * AT_ONCE))


def test_nothing_is_done_for_nobody() -> None:
    assert side_by_side(str, [], nothing) == []


def test_the_first_failure_stops_the_others_and_is_raised() -> None:
    stopped = threading.Event()

    def work(number: int) -> bool:
        if not number:
            raise ZeroDivisionError
        return stopped.wait(10)

    with pytest.raises(ZeroDivisionError):
        side_by_side(work, range(AT_ONCE), stopped.set)
    assert stopped.is_set()
