# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import time
import typing as t
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from multiprocessing.pool import ThreadPool

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._waiting import LONGEST, SHORTEST, Patience, retry_after


def patience(retries: int, max_wait: float, jitter: float = 0.0) -> tuple[Patience, list[float]]:
    slept: list[float] = []
    return Patience(retries, max_wait, slept.append, lambda: jitter), slept


def in_seconds(seconds: float) -> str:
    return format_datetime(datetime.now(timezone.utc) + timedelta(seconds=seconds), usegmt=True)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        pytest.param("7", 7.0, id="seconds"),
        pytest.param(" 7 ", 7.0, id="white space"),
        pytest.param("2.5", 2.5, id="fraction"),
        pytest.param("0", 1.0, id="zero"),
        pytest.param("-3", 1.0, id="negative"),
        pytest.param("86400", 300.0, id="a day"),
        pytest.param("inf", 300.0, id="for ever"),
        pytest.param("nan", None, id="not a number"),
        pytest.param(None, None, id="no header"),
        pytest.param("", None, id="empty"),
        pytest.param("later", None, id="a word"),
        pytest.param("Tue, 01 Jan 2030 00:00:00 +9999", None, id="broken date"),
        pytest.param(in_seconds(86_400), LONGEST, id="date tomorrow"),
        pytest.param(in_seconds(-60), SHORTEST, id="date gone by"),
    ],
)
def test_retry_after_header(header: str | None, expected: float | None) -> None:
    assert retry_after(header) == expected


def test_retry_after_date_is_counted_from_now() -> None:
    assert retry_after(in_seconds(100)) == pytest.approx(100, abs=3)


@given(st.text())
def test_no_header_makes_reading_fail_or_waiting_endless(header: str) -> None:
    seconds = retry_after(header)
    assert seconds is None or SHORTEST <= seconds <= LONGEST


def test_pauses_double_and_end_with_the_retries() -> None:
    mine, slept = patience(retries=4, max_wait=100)
    tries = mine.tries()
    assert [tries.pause("Because.") for _turn in range(5)] == [True, True, True, True, False]
    assert slept == [1, 2, 4, 8]


def test_pauses_do_not_grow_beyond_the_window_of_the_service() -> None:
    mine, slept = patience(retries=2000, max_wait=1e6)
    tries = mine.tries()
    while tries.pause("Because."):
        pass
    assert len(slept) == 2000
    assert max(slept) == LONGEST


def test_a_told_time_beats_the_own_plan() -> None:
    mine, slept = patience(retries=1, max_wait=100)
    assert mine.tries().pause("Because.", 17.0)
    assert slept == [17]


def test_jitter_is_added() -> None:
    mine, slept = patience(retries=1, max_wait=100, jitter=0.25)
    assert mine.tries().pause("Because.", 2.0)
    assert slept == [2.25]


def test_turns_are_waited_for_beyond_the_retries_but_within_max_wait() -> None:
    mine, slept = patience(retries=0, max_wait=25)
    tries = mine.tries()
    assert [tries.wait_for_turn("Because.", 10.0) for _turn in range(3)] == [True, True, False]
    assert slept == [10, 10]


def test_turns_without_a_told_time_back_off() -> None:
    mine, slept = patience(retries=0, max_wait=7)
    tries = mine.tries()
    while tries.wait_for_turn("Because.", None):
        pass
    assert slept == [1, 2, 4]


def test_waits_at_the_same_time_count_once() -> None:
    mine = Patience(0, 15.0, None, lambda: 0.0)
    with ThreadPool(3) as pool:
        waits = [pool.apply_async(mine.tries().wait_for_turn, ("Because.", 10.0)) for _thread in range(3)]
        deadline = time.monotonic() + 5
        while len(mine.ends) < 3 and time.monotonic() < deadline:
            time.sleep(0.01)
        assert 10.0 <= mine.waited < 15.0
        mine.over.set()
        assert [wait.get(5) for wait in waits] == [False] * 3


def test_what_is_over_waits_no_more() -> None:
    mine, slept = patience(retries=1, max_wait=100)
    mine.over.set()
    assert not mine.tries().pause("Because.")
    assert not slept


def test_failures_and_turns_are_counted_apart() -> None:
    mine, slept = patience(retries=1, max_wait=100)
    tries = mine.tries()
    assert tries.wait_for_turn("Because.", None)
    assert tries.pause("Because.")
    assert not tries.pause("Because.")
    assert slept == [1, 1]


def test_retries_are_per_request_but_waiting_is_shared() -> None:
    mine, slept = patience(retries=1, max_wait=2.5)
    assert mine.tries().pause("Because.")
    assert mine.tries().pause("Because.")
    assert not mine.tries().pause("Because.")
    assert slept == [1, 1]


def test_a_wait_that_would_be_too_long_is_not_begun() -> None:
    mine, slept = patience(retries=4, max_wait=5)
    assert not mine.tries().pause("Because.", 6.0)
    assert slept == []


def test_long_waits_are_told() -> None:
    told: list[str] = []
    mine = Patience(4, 100, lambda seconds: None, lambda: 0.0, told.append)
    assert mine.spend(2, "Because.")
    assert mine.spend(60, "Because.")
    assert not mine.spend(60, "Because.")
    assert told == ["Because. Trying again in 60 seconds."]


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        pytest.param(2.9, [], id="short"),
        pytest.param(3.0, ["Because. Trying again in 3 seconds."], id="long enough to wonder"),
        pytest.param(59.6, ["Because. Trying again in 60 seconds."], id="long"),
        pytest.param(101.0, [], id="longer than max_wait, so not at all"),
    ],
)
def test_a_long_wait_is_told_before_it_begins(seconds: float, told: list[str]) -> None:
    events: list[t.Any] = []
    waits = seconds <= 100
    assert Patience(1, 100, events.append, lambda: 0.0, events.append).spend(seconds, "Because.") is waits
    assert events == [*told, seconds] if waits else events == []


SECONDS = st.one_of(st.none(), st.floats(0, 1000))


@given(
    st.integers(0, 6),
    st.floats(0, 600),
    st.floats(0, 1),
    st.lists(st.lists(st.tuples(st.booleans(), SECONDS), max_size=8), max_size=8),
)
def test_waiting_never_exceeds_max_wait(
    retries: int, max_wait: float, jitter: float, requests: list[list[tuple[bool, float | None]]]
) -> None:
    mine, slept = patience(retries, max_wait, jitter)
    for request in requests:
        tries = mine.tries()
        for limited, told in request:
            _told = tries.wait_for_turn("Because.", told) if limited else tries.pause("Because.", told)
        assert tries.failures <= retries
    assert mine.waited <= max_wait
    assert mine.waited == pytest.approx(sum(slept))
