# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The whole probe against the simulator."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from probe.__main__ import main
from probe.observations import PATIENCE, Answer, Caller, page_size
from probe.readings import CONTRADICTIONS
from simulator import Fault, Simulator
from simulator.readings import READINGS

ROOT = Path(__file__).resolve().parents[3]
FOREIGN = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "requests_ca_bundle", "curl_ca_bundle")
VISIBLE = [row.row for row in CONTRADICTIONS if row.a]
TOKEN = ("POST", "console.qlikcloud.com", "/oauth/token")
LIST, COUNT = "/api/core/tenants", "/api/core/tenants/actions/count"
SHORTEST_VALUE = 6


@pytest.fixture(autouse=True)
def own_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in [name for name in os.environ if name.lower() in FOREIGN or name.startswith("QLIK_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture(scope="module")
def organization() -> Iterator[Simulator]:
    """A region of each kind that matters, and an accepted count, so that all tenants are read."""
    with Simulator(tenants=12, regions=("us", "ap", "sg"), readings={"C13": "B"}) as simulator:
        yield simulator


@pytest.fixture
def sim(organization: Simulator) -> Iterator[Simulator]:
    before = dict(organization.readings)
    organization.record.clear()
    yield organization
    organization.readings.update(before)
    organization.faults.clear()


@pytest.fixture
def probe(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., str]:
    """`probe(sim)`: the report of an organization."""

    def run(simulator: Simulator, code: int = 0, **changes: str) -> str:
        for name, value in {**simulator.environment, **changes}.items():
            monkeypatch.setenv(name, value)
        assert main([]) == code
        captured = capsys.readouterr()
        assert captured.err if code else not captured.err
        return captured.err if code else captured.out

    return run


def verdicts(report: str) -> dict[str, str]:
    return dict(re.findall(r"^(C\d+) +(A and B|A|B|neither|not seen)  ", report, re.MULTILINE))


@pytest.mark.parametrize("statement", ["A", "B"])
@pytest.mark.parametrize("row", VISIBLE)
def test_the_reading_is_the_one_that_the_service_plays(
    sim: Simulator, probe: Callable[..., str], row: str, statement: str
) -> None:
    sim.readings[row] = statement
    assert verdicts(probe(sim))[row] == statement


@pytest.mark.parametrize("statement", ["A", "B"])
@pytest.mark.parametrize("row", [row for row in READINGS if row not in VISIBLE])
def test_rows_that_cannot_be_seen_are_never_guessed(
    sim: Simulator, probe: Callable[..., str], row: str, statement: str
) -> None:
    sim.readings[row] = statement
    assert verdicts(probe(sim))[row] == "not seen"


def test_rows_whose_statements_both_hold(sim: Simulator, probe: Callable[..., str]) -> None:
    found = verdicts(probe(sim))
    assert {row: found[row] for row in ("C1", "C8", "C21")} == {"C1": "A", "C8": "A and B", "C21": "A"}


def test_the_report_begins_with_versions(sim: Simulator, probe: Callable[..., str]) -> None:
    first, second, third, fourth, *rest = probe(sim).splitlines()
    assert (first.split()[0], second.split()[0], third.split()[0], fourth) == (
        "qlikops.cloud",
        "requests",
        "Python",
        "",
    )
    assert all(line.split()[1][0].isdigit() for line in (first, second, third))
    assert set(verdicts("\n".join(rest))) == {row.row for row in CONTRADICTIONS}


def test_it_reads_and_calls_the_console_alone(sim: Simulator, probe: Callable[..., str], tmp_path: Path) -> None:
    probe(sim)
    assert all((entry.method, entry.host) == ("GET", TOKEN[1]) for entry in sim.record if entry.path != TOKEN[2])
    assert sim.record.count(*TOKEN[:1], path=TOKEN[2], host=TOKEN[1]) == 1
    asked = [re.sub(r"/[^/]{32}$", "/{id}", entry.path) for entry in sim.record][1:]
    assert asked == [COUNT, COUNT, LIST, LIST, f"{LIST}/{{id}}"]
    assert [entry.query.get("limit") for entry in sim.record.find(path=LIST)] == ["6", "6"]
    assert list(tmp_path.iterdir()) == []


def test_two_pages_of_two_when_the_count_is_refused(sim: Simulator, probe: Callable[..., str]) -> None:
    sim.readings["C13"] = "A"
    report = probe(sim)
    assert [entry.query.get("limit") for entry in sim.record.find(path=LIST)] == ["2", "2"]
    assert "totalResults equals the count     not seen, the count was answered with 400" in report


@pytest.mark.parametrize(
    ("total", "limit"), [(0, 2), (1, 2), (3, 2), (4, 2), (5, 3), (150, 75), (1000, 100), (None, 2), ("9", 5)]
)
def test_pages_are_as_large_as_shows_most(total: Any, limit: int) -> None:
    assert page_size(Answer(200, document={"total": total})) == limit


@pytest.mark.parametrize(("tenants", "few"), [(0, True), (1, True), (2, True), (3, False)])
def test_small_organizations(probe: Callable[..., str], tenants: int, few: bool) -> None:
    with Simulator(tenants=tenants, readings={"C13": "B"}) as simulator:
        report = probe(simulator)
    assert f"\ntenants read                      {tenants} on {1 if few else 2} of at most 2 pages\n" in report
    assert ("C3   not seen  next links: fewer than three tenants" in report) is few
    assert verdicts(report)["C6"] == ("B" if tenants else "not seen")


@pytest.mark.parametrize("names", ["plain", "hostile"])
def test_no_value_of_the_service_is_shown(probe: Callable[..., str], names: str) -> None:
    with Simulator(tenants=31, names=names, readings={"C13": "B"}) as simulator:
        simulator.add_tenant(
            extra={"AcmeCo": 1, "owner": "AcmeCo", "secretly@example.org": "x", "edition": "enterprise"}
        )
        report = probe(simulator)
        values = set(every_value(simulator))
    assert "unknown fields of tenants         edition, " in report
    assert "tenants read                      32 on 2 of at most 2 pages" in report
    assert len(values) > 300
    assert [value for value in values if value in report] == []
    assert report.replace("\n", "").isascii()
    assert report.replace("\n", "").isprintable()


def every_value(simulator: Simulator) -> Iterator[str]:
    """All that an organization keeps to itself, and each label of its host names; documented values are none."""
    state = simulator.state
    tenants = [asdict(tenant) for tenant in state.tenants]
    for tenant in tenants:
        tenant["labels"] = [name.partition(".")[0] for name in tenant["hostnames"]]
        for documented in ("status", "region_code", "country_code"):
            del tenant[documented]
    clients = [[asdict(secret) for secret in client.secrets] for client in state.clients.values()]
    names = [[client.client_id, client.client_name] for client in state.clients.values()]
    secrets = [*state.tokens, *state.subscriptions, "AcmeCo", "secretly", "{{ key }}", TOKEN[1], simulator.proxy_url]
    for value in leaves([tenants, clients, names, secrets]):
        yield from {value, repr(value)[1:-1], *value.splitlines()}


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, (dict, list)):
        for part in value.values() if isinstance(value, dict) else value:
            yield from leaves(part)
    elif isinstance(value, str) and len(value) >= SHORTEST_VALUE:
        yield value


@pytest.mark.parametrize(
    "kind", ["echo_secret", "html", "status=400 body=html", "status=404", "malformed", "shape=rows"]
)
@pytest.mark.parametrize("place", [f"{LIST}/actions", "one tenant"])
def test_odd_answers_to_single_questions_leave_the_rest_standing(
    sim: Simulator, probe: Callable[..., str], place: str, kind: str
) -> None:
    path = f"{LIST}/{sim.state.tenants[0].id}" if place == "one tenant" else place
    sim.faults.append(Fault.parse(f"GET {path} {kind}"))
    report = probe(sim)
    assert verdicts(report)["C30"] == "B"
    assert [value for value in (sim.client_secret, *sim.state.tokens) if value in report] == []


def test_a_redirect_of_one_tenant_shows_no_id(sim: Simulator, probe: Callable[..., str]) -> None:
    sim.faults.append(Fault.parse(f"GET {LIST}/{sim.state.tenants[0].id} redirect=other"))
    report = probe(sim)
    assert "C6   not seen  one tenant: reading one tenant brought no usable answer" in report


def test_a_next_link_that_names_no_page(sim: Simulator, probe: Callable[..., str]) -> None:
    sim.faults.append(Fault.parse(f"GET {LIST} bare_link times=1"))
    report = probe(sim)
    assert verdicts(report)["C3"] == "neither"
    assert "second page                       not seen, the next link named no page" in report


def test_ids_and_cursors_with_half_a_character(probe: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    link = {"href": "https://api.qlikcloud.com/core/tenants?next=\ud800"}
    first = Answer(200, document={"data": [{"id": "\ud800"}], "links": {"next": link}})
    monkeypatch.setattr(Caller, "demand", lambda caller, question: first)
    with Simulator(tenants=1) as simulator:
        report = probe(simulator)
    assert "cursor                            another form of 1 characters" in report
    assert "second page                       not seen, the second page brought no usable answer" in report
    assert verdicts(report)["C6"] == "not seen"


FAILURES = [
    ("POST /oauth/token status=401 body=E code=invalid_client title=Sorry", "wrong or expired credentials"),
    ("POST /oauth/token echo_secret", "failed with 400"),
    ("POST /oauth/token html", "that are no JSON"),
    (f"GET {LIST} status=403 body=A title=Sorry", "Listing tenants on console.qlikcloud.com failed with 403"),
    (f"GET {LIST} html", "that are no JSON"),
    (f"GET {LIST} redirect=other", "redirects"),
]


@pytest.mark.parametrize(("fault", "sentence"), FAILURES)
def test_what_leaves_nothing_to_report_is_one_sentence(
    sim: Simulator, probe: Callable[..., str], fault: str, sentence: str
) -> None:
    sim.faults.append(Fault.parse(fault))
    error = probe(sim, code=1)
    assert sentence in error
    assert error.count("\n") == 1
    assert "Sorry" not in error
    assert sim.client_secret not in error


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"QLIK_CLIENT_SECRET": ""}, "Set QLIK_CLIENT_ID and QLIK_CLIENT_SECRET"),
        ({"QLIK_CLIENT_ID": " "}, "Set QLIK_CLIENT_ID and QLIK_CLIENT_SECRET"),
        ({"QLIK_CLIENT_SECRET": "wrong"}, "wrong or expired credentials"),
        ({"QLIK_CA_PATH": "/nowhere/ca.pem"}, "cannot be read"),
        ({"QLIK_CA_PATH": ""}, "does not verify"),
        ({"QLIK_CONSOLE_URL": "console"}, "must look like"),
        ({"QLIK_CONSOLE_URL": "https://north.us.qlikcloud.com"}, "not to a tenant"),
        ({"QLIK_CONSOLE_URL": "https://console.us.qlikcloud.com"}, "not to a tenant"),
    ],
)
def test_a_wrong_environment_is_one_sentence(
    sim: Simulator, probe: Callable[..., str], changes: dict[str, str], sentence: str
) -> None:
    error = probe(sim, code=1, **changes)
    assert sentence in error
    assert error.count("\n") == 1


def test_no_network_is_one_sentence(sim: Simulator, probe: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("probe.observations.PATIENCE", {**PATIENCE, "retries": 0})
    with socket.create_server(("127.0.0.1", 0)) as listener:
        nobody = f"http://127.0.0.1:{listener.getsockname()[1]}"
    error = probe(sim, code=1, HTTPS_PROXY=nobody, https_proxy=nobody)
    assert "The proxy 127.0.0.1" in error
    assert error.count("\n") == 1


def test_blanks_around_values_do_no_harm(sim: Simulator, probe: Callable[..., str]) -> None:
    assert verdicts(probe(sim, QLIK_CLIENT_ID=f" {sim.client_id}\n", QLIK_CONSOLE_URL=" "))["C1"] == "A"


def test_an_interruption_is_quiet(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def interrupted(environment: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("probe.__main__.observe", interrupted)
    assert main([]) == 130
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("arguments", "code", "output", "error"),
    [
        (["--help"], 0, "usage: python -m probe", ""),
        (["--helpless"], 2, "", "probe: unrecognized arguments: --helpless (see --help)"),
        (["more"], 2, "", "probe: unrecognized arguments: more (see --help)"),
    ],
)
def test_usage(arguments: list[str], code: int, output: str, error: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        main(arguments)
    assert left.value.code == code
    shown = capsys.readouterr()
    assert (shown.out.splitlines() or [""])[0].startswith(output)
    assert shown.err.strip() == error


def test_as_a_command(sim: Simulator, tmp_path: Path) -> None:
    collections = tmp_path / "collections"
    link = collections / "ansible_collections" / "qlikops" / "cloud"
    link.parent.mkdir(parents=True)
    link.symlink_to(ROOT, target_is_directory=True)
    paths = os.pathsep.join([str(ROOT / "tests"), str(collections)])
    done = subprocess.run(
        [sys.executable, "-m", "probe"],
        env={**os.environ, **sim.environment, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert set(verdicts(done.stdout)) == {row.row for row in CONTRADICTIONS}
