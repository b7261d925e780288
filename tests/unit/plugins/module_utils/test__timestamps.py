# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import parse_http_date, parse_iso

UTC = timezone.utc
MOMENTS = st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2999, 12, 31))
EAST = timezone(timedelta(hours=5, minutes=30))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("2030-01-01T06:00:00.000Z", datetime(2030, 1, 1, 6, tzinfo=UTC), id="C10: 3 digits"),
        pytest.param("2030-01-01T00:00:00.123456Z", datetime(2030, 1, 1, 0, 0, 0, 123456, UTC), id="C10: 6 digits"),
        pytest.param("2030-01-01T00:00:00.123456789Z", datetime(2030, 1, 1, 0, 0, 0, 123456, UTC), id="C10: 9 digits"),
        pytest.param("2030-01-01T00:00:00Z", datetime(2030, 1, 1, tzinfo=UTC), id="C10: no digits"),
        pytest.param("2024-12-31", datetime(2024, 12, 31, tzinfo=UTC), id="C8: bare date"),
        pytest.param("2024-12-31T00:00:00.000Z", datetime(2024, 12, 31, tzinfo=UTC), id="C8: full timestamp"),
        pytest.param("2030-01-01T05:30:00+05:30", datetime(2030, 1, 1, tzinfo=UTC), id="another zone"),
        pytest.param("2030-01-01 06:00:00", datetime(2030, 1, 1, 6, tzinfo=UTC), id="a space, no zone"),
        pytest.param(" 2030-01-01\n", datetime(2030, 1, 1, tzinfo=UTC), id="white space around"),
    ],
)
def test_points_in_time_are_read(text: str, expected: datetime) -> None:
    moment = parse_iso(text)
    assert moment == expected
    assert moment is not None
    assert moment.tzinfo is not None


@given(MOMENTS, st.text("0123456789", max_size=30), st.sampled_from(["Z", "+00:00", ""]))
def test_any_number_of_fractional_digits_is_read(moment: datetime, digits: str, zone: str) -> None:
    whole = moment.replace(microsecond=0, tzinfo=UTC)
    text = f"{moment:%Y-%m-%dT%H:%M:%S}" + (f".{digits}" if digits else "") + zone
    assert parse_iso(text) == whole + timedelta(microseconds=int(f"{digits:0<6.6}"))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "tomorrow",
        "2030",
        "2030-13-01",
        "2030-02-30",
        "2030-01-01T25:00:00Z",
        "2030-01-01T00:00:00.Z",
        "2030-01-01T00:00:00+25:00",
        "2030-01-01T00:00:00Z and more",
        "20300101T000000Z",
        "\N{FULLWIDTH DIGIT TWO}030-01-01",
    ],
)
def test_what_is_no_point_in_time_is_none(text: str) -> None:
    assert parse_iso(text) is None


@given(st.text())
def test_no_text_makes_reading_fail(text: str) -> None:
    parse_iso(text)
    parse_http_date(text)


@given(MOMENTS)
def test_http_dates_are_read(moment: datetime) -> None:
    expected = moment.replace(microsecond=0, tzinfo=UTC)
    assert parse_http_date(format_datetime(expected, usegmt=True)) == expected


def test_http_date_without_known_zone_is_utc() -> None:
    assert parse_http_date("Tue, 01 Jan 2030 00:00:00 -0000") == datetime(2030, 1, 1, tzinfo=UTC)


def test_http_date_of_another_zone_is_the_same_moment() -> None:
    assert parse_http_date("Tue, 01 Jan 2030 05:30:00 +0530") == datetime(2030, 1, 1, 5, 30, tzinfo=EAST)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("soon", id="a word"),
        pytest.param("Tue, 31 Feb 2030 00:00:00 GMT", id="no such day"),
        pytest.param("Tue, 01 Jan 99999999999999999999 00:00:00 GMT", id="no such year"),
        pytest.param("Tue, 01 Jan 2030 00:00:00 +99999999999999", id="no such zone"),
    ],
)
def test_what_is_no_http_date_is_none(text: str) -> None:
    assert parse_http_date(text) is None
