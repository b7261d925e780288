# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import base64
import hashlib
import re
import typing as t
from datetime import datetime, timezone
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._estate import Estate, Finding
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant
from ansible_collections.qlikops.cloud.plugins.plugin_utils import _estate_page
from ansible_collections.qlikops.cloud.plugins.plugin_utils._estate_page import bars, page

NOW = datetime(2026, 11, 29, tzinfo=timezone.utc)
TEXT = st.text(max_size=30)


def drawn(*rows: dict[str, t.Any], title: str = "Estate", **finding: t.Any) -> str:
    tenants = [Tenant.from_api({"id": str(number), "hostnames": [], **row}) for number, row in enumerate(rows)]
    return page(Estate(title, NOW, tenants, {x.id: Finding(**finding) for x in tenants}).document())


class Tags(HTMLParser):
    """How often each element begins, and the texts that are isolated."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.counts: dict[str, int] = {}
        self.isolated: list[str] = []
        self._is_isolated = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.counts[tag] = self.counts.get(tag, 0) + 1
        self._is_isolated = tag == "bdi"

    def handle_data(self, data: str) -> None:
        if self._is_isolated:
            self.isolated.append(data)

    def handle_endtag(self, tag: str) -> None:
        self._is_isolated = False


@given(TEXT, TEXT)
def test_no_text_of_the_service_makes_an_element_or_is_lost(name: str, status: str) -> None:
    harmless, tried = (
        Tags(drawn({"name": "x", "status": "x"})),
        Tags(drawn({"name": name or "x", "status": status or "x"})),
    )
    assert tried.counts == harmless.counts
    shown = re.sub(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff\ud800-\udfff]", "\ufffd", name or "x")
    assert shown in tried.isolated


def test_the_page_lets_its_own_script_and_style_run_and_nothing_else() -> None:
    html = drawn({})
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy
    allowed = policy[1].replace("&#39;", "'")
    for element, directive in (("script", "script-src"), ("style", "style-src")):
        (text,) = re.findall(rf"<{element}>(.*?)</{element}>", html, re.DOTALL)
        fingerprint = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{directive} 'sha256-{fingerprint}'" in allowed
    assert allowed.startswith("default-src 'none'; ")
    assert allowed.endswith("; base-uri 'none'; form-action 'none'")  # which default-src leaves open
    assert "style=" not in html
    assert not re.search(r"\bon\w+=", html)


def test_columns_of_what_was_not_asked_are_left_out() -> None:
    assert "Licence use" not in drawn({})
    told = {"access": {"kind": "reached", "msg": None}, "license": {"error": "no licence", "consumption": None}}
    html = drawn({}, answer=told)
    assert ">Access<" in html
    assert "no licence" in html


@pytest.mark.parametrize(
    ("days", "words"), [(0, "today"), (1, "tomorrow"), (2, "in 2 days"), (-1, "1 day ago"), (-9, "9 days ago")]
)
def test_when_something_is_due(days: int, words: str) -> None:
    assert _estate_page._in_days(days) == words


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-11-29T23:30:00.000-02:00", "2026-11-30"),
        ("2026-11-29", "2026-11-29"),
        ("soon", "soon"),
        (None, ""),
        ("9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59-12:00"),
    ],
)
def test_days_are_those_in_utc_and_what_is_none_is_shown_as_it_is(text: str | None, day: str) -> None:
    assert _estate_page._day(text) == day


def test_bars_are_as_long_as_their_share_of_the_longest() -> None:
    assert [row["length"] for row in bars({"a": 8, "b": 4, "c": 1})] == [100, 50, 12.5]
    assert bars({}) == []


def test_of_many_bars_the_rest_is_one() -> None:
    rows = bars({str(number): 1 for number in range(30)})
    assert len(rows) == _estate_page.MOST_BARS
    assert (rows[-1]["label"], rows[-1]["count"]) == ("19 others", 19)
    assert sum(row["count"] for row in rows) == 30


@given(st.integers(0, 10**6))
def test_the_scale_ends_at_an_even_number_that_nothing_exceeds(count: int) -> None:
    top = _estate_page._round_up(count)
    assert top >= max(count, 2)
    assert top % 2 == 0
    assert top <= max(2, 3 * count)
