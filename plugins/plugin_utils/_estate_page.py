# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Draws an estate report as a page that needs nothing else. Private to this collection, for the controller only.

Text of the service is escaped by the template engine, and the page's own policy lets no script run but its own.
"""

from __future__ import annotations

import base64
import functools
import hashlib
import math
import typing as t
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from ansible_collections.qlikops.cloud.plugins.module_utils._estate import DELETION, DUE_WITHIN, LICENSE
from ansible_collections.qlikops.cloud.plugins.module_utils._estate_files import allotment_text, printable
from ansible_collections.qlikops.cloud.plugins.module_utils._tenant_visits import REACHED
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import day_of

PARTS = Path(__file__).with_name("estate_page")
MOST_BARS = 12
KINDS = {LICENSE: "Licence ends", DELETION: "Deletion starts"}

Row = t.Mapping[str, t.Any]


def page(document: Row) -> str:
    """The page as HTML, from the document that estate makes."""
    shown = {
        "report": document,
        "policy": _policy(),
        "charts": [(title, bars(document["by"][name])) for name, title in _CHARTS.items()],
        "timeline": Timeline.of(document["timeline"]),
        "has_access": document["access"] is not None,
        "has_use": any(row["license"] for row in document["tenants"]),
    }
    return (
        _environment().get_template("page.html.j2").render(shown, kinds=KINDS, due_within=DUE_WITHIN, reached=REACHED)
    )


_CHARTS = {"region": "Region", "country": "Country", "subscription": "Subscription", "status": "Status"}


@functools.lru_cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PARTS),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_clean,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters.update(day=_day, in_days=_in_days, number="{:,}".format, allotment=allotment_text)
    return environment


def _clean(value: t.Any) -> t.Any:
    """What an expression comes to, without the signs that HTML does not allow; nothing for null."""
    if isinstance(value, Markup):
        return value
    return "" if value is None else printable(str(value))


def _policy() -> str:
    """A Content-Security-Policy that lets the page's own style and script run, and loads and sends nothing."""
    own = f"style-src '{_fingerprint('page.css')}'; script-src '{_fingerprint('page.js')}'"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _fingerprint(part: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256((PARTS / part).read_bytes()).digest()).decode()


def _day(text: str | None) -> str:
    """The day of a point in time in UTC, or what the service has written in its place."""
    day = day_of(text or "")
    return day.isoformat() if day else text or ""


def _in_days(days: int) -> str:
    if days in (0, 1):
        return ("today", "tomorrow")[days]
    return f"in {days} days" if days > 0 else f"{-days} day{'s' if days < -1 else ''} ago"


def bars(counts: t.Mapping[str, int]) -> list[dict[str, t.Any]]:
    """The rows of a chart, each with its length of 100; those beyond the first few are one row."""
    rows = list(counts.items())
    shown, others = (rows, []) if len(rows) <= MOST_BARS else (rows[: MOST_BARS - 1], rows[MOST_BARS - 1 :])
    if others:
        shown.append((f"{len(others)} others", sum(count for _label, count in others)))
    longest = max((count for _label, count in shown), default=1)
    return [{"label": label, "count": count, "length": round(100 * count / longest, 1)} for label, count in shown]


class Timeline(t.NamedTuple):
    """The columns of the chart of months, in units of its drawing, and the lines behind them."""

    columns: list[dict[str, t.Any]]
    lines: list[tuple[int, float]]
    later: Row

    @classmethod
    def of(cls, months: t.Sequence[Row]) -> Timeline:
        *shown, later = months
        top = _round_up(max((row[kind] for row in shown for kind in KINDS), default=0))
        columns = [{**row, "heights": {kind: _height(row[kind], top) for kind in KINDS}} for row in shown]
        return cls(columns, [(count, _height(count, top)) for count in (top // 2, top)], later)


HEIGHT = 160


def _height(count: int, top: int) -> float:
    return round(HEIGHT * count / top, 1)


def _round_up(count: int) -> int:
    """An even number of one digit and zeros that is not smaller."""
    unit = 10 ** int(math.log10(count)) if count else 1
    return max(2, unit * 2 * math.ceil(count / unit / 2))
