# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of an estate report as people see it: in a real Chromium, which keeps pictures in tests/output/estate."""

from __future__ import annotations

import typing as t
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._estate import Estate, Finding
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant
from ansible_collections.qlikops.cloud.plugins.plugin_utils._estate_page import page
from simulator import Simulator
from simulator.hostile import HOSTILE_NAMES
from tools.browser import ARGUMENTS, NoBrowserError, chromium, environment

api = pytest.importorskip("playwright.sync_api", reason="a browser comes with the requirements of make test")

pytestmark = pytest.mark.once
PICTURES = Path(__file__).resolve().parents[1] / "output" / "estate"
DESKTOP, PHONE = {"width": 1300, "height": 1210}, {"width": 390, "height": 844}
NOW = datetime(2026, 11, 29, 6, tzinfo=timezone.utc)
REGIONS = ("eu", "us", "eu", "de", "eu", "us", "uk")
ROWS = "#tenants tbody tr"
ATTACKS = (
    '<script>document.title="owned"</script>',
    '"><img src=x onerror=document.title="owned">',
    "</bdi></table><h1>",
)


@pytest.fixture(scope="module")
def browser() -> t.Iterator[t.Any]:
    try:
        program = chromium()
    except NoBrowserError as error:
        pytest.skip(str(error))
    with api.sync_playwright() as started:
        running = started.chromium.launch(executable_path=str(program), args=[*ARGUMENTS], env=environment())
        yield running
        running.close()


class Window:
    """A page that was opened, and everything it complained of or asked for."""

    def __init__(self, browser: t.Any, file: Path, size: dict[str, int], scheme: str = "light") -> None:
        self.context = browser.new_context(viewport=size, color_scheme=scheme)
        self.page = self.context.new_page()
        self.complaints: list[str] = []
        self.requests: list[str] = []
        self.page.on("console", lambda message: self.complaints.append(message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(file.as_uri())

    def column(self, number: int) -> list[str]:
        texts = self.page.locator(f"{ROWS}:visible > :nth-child({number})").all_inner_texts()
        return [text.strip() for text in texts]

    def header(self, name: str) -> t.Any:
        return self.page.locator("#tenants thead").get_by_role("button", name=name, exact=True)

    def is_wider_than_its_window(self) -> bool:
        return bool(self.page.evaluate("() => document.documentElement.scrollWidth > innerWidth"))

    def picture(self, name: str) -> None:
        PICTURES.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=PICTURES / name)


@pytest.fixture
def opened(browser: t.Any, tmp_path: Path) -> t.Iterator[t.Callable[..., Window]]:
    """Opens the page of a document in a window of some size."""
    windows: list[Window] = []

    def open_it(document: dict[str, t.Any], size: dict[str, int], scheme: str = "light") -> Window:
        file = tmp_path / "estate.html"
        file.write_bytes(page(document).encode("utf-8", "replace"))
        windows.append(Window(browser, file, size, scheme))
        return windows[-1]

    yield open_it
    for window in windows:
        window.context.close()


Open = t.Callable[..., Window]


def day(number: int) -> str:
    return (NOW + timedelta(days=number)).strftime("%Y-%m-%d")


def tenants(count: int) -> list[Tenant]:
    """Some of a simulated organization, whose licences end one after the other."""
    kept = []
    for number, row in enumerate(Simulator(tenants=count, subscriptions=3, regions=REGIONS).state.tenants):
        dates = {"licenseEndsAt": day(number * 12 - 6), "deletionStartsAt": None if row.status == "active" else day(40)}
        known = {"id": row.id, "name": row.name, "hostnames": row.hostnames, "status": row.status, **dates}
        codes = {"regionCode": row.region_code, "countryCode": row.country_code, "subscriptionId": row.subscription_id}
        kept.append(Tenant.from_api({**known, **codes}))
    return kept


def answer(number: int) -> dict[str, t.Any]:
    refused = {"kind": "permission", "msg": "The tenant refused to tell who we are, with 403."}
    allotments = [{"name": "professional", "units": 1000, "used": number, "overage": 0}]
    use = {"status": "Ok", "allotments": allotments, "consumption": {"since": day(-30), "records": 3, "sums": {}}}
    return {"access": refused if number == 3 else {"kind": "reached", "msg": None}, "license": {**use, "error": None}}


def estate(rows: list[Tenant], previous: dict[str, t.Any] | None = None) -> dict[str, t.Any]:
    findings = {
        row.id: Finding(
            row.hostname, "client-1" if number % 7 else None, row.is_enabled, answer(number) if row.is_enabled else {}
        )
        for number, row in enumerate(rows)
    }
    return Estate("Qlik Cloud estate", NOW, rows, findings, previous).document()


@pytest.fixture(scope="module")
def document() -> dict[str, t.Any]:
    """A report of sixty tenants, two of which are new; one has vanished since the report before."""
    rows = tenants(61)
    return estate(rows[:-1], estate(rows[2:]))


@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_opens_without_complaint_loads_nothing_and_is_accessible(
    opened: Open, document: dict[str, t.Any], size: dict[str, int], scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    window = opened(document, size, scheme)
    window.picture(f"{'phone' if size is PHONE else 'desktop'}-{scheme}.png")
    assert window.complaints == []
    assert window.requests == [window.page.url]
    assert not window.is_wider_than_its_window()
    found = Axe().run(window.page)
    assert found.violations_count == 0, found.generate_report()


def test_it_sorts_each_way_with_empty_values_at_the_end(opened: Open, document: dict[str, t.Any]) -> None:
    window = opened(document, DESKTOP)
    header = window.header("Deletion starts")
    for turned in ("ascending", "descending"):
        header.click()
        api.expect(header.locator("..")).to_have_attribute("aria-sort", turned)
        dates = window.column(6)
        given = [text for text in dates if text]
        assert given == sorted(given, reverse=turned == "descending")
        assert given
        assert dates == [*given, *[""] * (len(dates) - len(given))]
    assert sorted(window.column(1)) == sorted(row["name"] for row in document["tenants"])


def test_it_sorts_numbers_in_names_as_numbers(opened: Open) -> None:
    rows = [Tenant.from_api({"id": str(n), "name": f"Tenant {n}", "hostnames": []}) for n in (10, 9, 1)]
    window = opened(estate(rows), DESKTOP)
    window.header("Name").click()
    assert window.column(1) == ["Tenant 1", "Tenant 9", "Tenant 10"]


def test_it_finds_tenants_by_words_of_any_column(opened: Open, document: dict[str, t.Any]) -> None:
    window = opened(document, DESKTOP)
    wanted = [row for row in document["tenants"] if row["region"] == "eu" and row["status"] != "active"]
    window.page.get_by_role("searchbox", name="Search").fill(".EU. deactivated")
    api.expect(window.page.locator("#found")).to_have_text(f"{len(wanted)} of 60 tenants")
    assert 0 < len(wanted) < 60
    assert sorted(window.column(2)) == sorted(row["hostname"] for row in wanted)


def test_without_scripts_all_is_there_but_the_search(
    browser: t.Any, tmp_path: Path, document: dict[str, t.Any]
) -> None:
    file = tmp_path / "estate.html"
    file.write_text(page(document), encoding="utf-8")
    context = browser.new_context(java_script_enabled=False)
    shown = context.new_page()
    shown.goto(file.as_uri())
    assert shown.locator(ROWS).count() == 60
    assert not shown.locator("#search").is_visible()
    context.close()


def test_names_of_customers_stay_text(opened: Open) -> None:
    names = [*ATTACKS, *HOSTILE_NAMES]
    rows = [
        Tenant.from_api(
            {
                "id": f"id-{n}",
                "name": name,
                "hostnames": [f"h{n}.eu.qlikcloud.com"],
                "regionCode": ATTACKS[0],
                "countryCode": ATTACKS[1],
                "subscriptionId": ATTACKS[2],
                "status": name,
                "licenseEndsAt": name,
            }
        )
        for n, name in enumerate(names)
    ]
    window = opened(estate(rows), DESKTOP)
    window.header("Status").click()
    assert window.complaints == []
    assert window.page.title() == "Qlik Cloud estate, 2026-11-29"
    assert window.page.locator(ROWS).count() == len(names)
    assert window.page.locator("h1").count() == 1
    assert set(ATTACKS) <= set(window.column(1))


def test_five_thousand_tenants_are_sorted_and_searched(opened: Open) -> None:
    window = opened(estate(tenants(5000)), DESKTOP)
    window.header("Host name").click()
    api.expect(window.page.locator("[aria-sort=ascending]")).to_have_count(1)
    window.page.get_by_role("searchbox").fill("sales 4999")
    api.expect(window.page.locator("#found")).to_have_text("0 of 5000 tenants")
    assert window.complaints == []


def test_it_prints(opened: Open, document: dict[str, t.Any]) -> None:
    window = opened(document, DESKTOP)
    window.page.emulate_media(media="print")
    window.page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
    assert window.page.locator("details:not([open])").count() == 0
    assert not window.page.locator("#search").is_visible()
    assert window.page.locator("#tenants").evaluate("(box) => getComputedStyle(box).overflowX") == "visible"
    assert len(window.page.pdf(format="A4", landscape=True)) > 10_000
