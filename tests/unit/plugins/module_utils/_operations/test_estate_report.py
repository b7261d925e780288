# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential, CredentialBook
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import NoCredentialError
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Result
from ansible_collections.qlikops.cloud.plugins.module_utils._operations import estate_report
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.estate_report import ESTATE_REPORT, Render, work
from ansible_collections.qlikops.cloud.plugins.module_utils._private_files import write_private
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target
from ansible_collections.qlikops.cloud.plugins.plugin_utils._estate_page import page
from simulator import Fault, Simulator

CONSOLE = "https://console.qlikcloud.com"
Report = t.Callable[..., Result]


def title(document: t.Mapping[str, t.Any]) -> str:
    return str(document["title"])


@pytest.fixture
def warnings() -> list[str]:
    return []


@pytest.fixture
def report(simulator: Simulator, tmp_path: Path, warnings: list[str], monkeypatch: pytest.MonkeyPatch) -> Report:
    """`report(check_mode=..., credentials=..., render=..., **arguments)`: the result of writing estate.html."""
    monkeypatch.setenv("QLIK_RETRIES", "0")

    def outcome(
        check_mode: bool = False,
        credentials: dict[str, t.Any] | None = None,
        render: Render = title,
        **arguments: t.Any,
    ) -> Result:
        book = CredentialBook.from_mapping(credentials or simulator.credentials, "the test")

        def find(url: str, subscriptions: tuple[str, ...], names: tuple[str, ...]) -> Credential:
            found = book.find(Target.of(url, CONSOLE).known_as(subscriptions, names))
            if found is None:
                raise NoCredentialError("nothing")
            return found

        given = {"path": str(tmp_path / "estate.html"), "token_cache": "none", **arguments}
        checked = ArgumentSpecValidator(ESTATE_REPORT.arguments).validate(given)
        assert not checked.error_messages
        drawn = replace(ESTATE_REPORT, work=lambda invocation: work(invocation, render))
        return drawn.outcome(Invocation(checked.validated_parameters, check_mode, False, None, warnings.append, find))

    return outcome


def written(folder: Path) -> dict[str, t.Any]:
    return t.cast("dict[str, t.Any]", json.loads((folder / "estate.json").read_text()))


def tokens(simulator: Simulator) -> int:
    """How many were asked for on tenants."""
    return simulator.record.count("POST", "/oauth/token") - simulator.record.count("POST", "/oauth/token", "console.*")


def active(simulator: Simulator) -> list[t.Any]:
    return [tenant for tenant in simulator.state.tenants if tenant.status == "active"]


def test_all_tenants_are_in_it_and_none_was_asked(report: Report, simulator: Simulator, tmp_path: Path) -> None:
    result = report(title="Ours")
    assert result["totals"]["tenants"] == len(simulator.state.tenants)
    assert result["files"] == [str(tmp_path / f"estate.{ending}") for ending in ("html", "json", "csv")]
    assert (tmp_path / "estate.html").read_text() == "Ours"
    assert {row["id"] for row in written(tmp_path)["tenants"]} == {tenant.id for tenant in simulator.state.tenants}
    assert len((tmp_path / "estate.csv").read_text().splitlines()) == len(simulator.state.tenants) + 1
    assert all((tmp_path / f"estate.{ending}").stat().st_mode & 0o777 == 0o600 for ending in ("html", "json", "csv"))
    assert (tokens(simulator), result["access"], result["changes"]) == (0, None, None)


def test_check_mode_writes_and_asks_nothing(report: Report, simulator: Simulator, tmp_path: Path) -> None:
    result = report(check_mode=True, verify=True, credentials={"organization": simulator.credentials["organization"]})
    assert result["access"] is None
    assert result["changed"] is True
    assert result["totals"]["tenants"] == len(simulator.state.tenants)
    assert not list(tmp_path.iterdir())
    assert tokens(simulator) == 0


def test_files_that_are_there_keep_their_modes(report: Report, tmp_path: Path) -> None:
    (tmp_path / "estate.html").write_text("before")
    (tmp_path / "estate.html").chmod(0o644)
    report()
    assert (tmp_path / "estate.html").stat().st_mode & 0o777 == 0o644


def test_bot_users_want_a_yes(report: Report, simulator: Simulator, tmp_path: Path) -> None:
    result = report(verify=True)
    assert result["msg"].startswith(f"A token would be asked for on {len(active(simulator))} tenants")
    assert tokens(simulator) == 0
    assert not list(tmp_path.iterdir())


def test_each_active_tenant_is_verified_and_a_failure_is_an_answer(
    report: Report, simulator: Simulator, tmp_path: Path
) -> None:
    first, second, *others = active(simulator)
    simulator.faults.append(Fault(f"{first.hostnames[0]}/api", "status", status=500))
    second.blocked = True
    result = report(verify=True, confirm_bot_users=True, retries=0)
    assert result["access"] == {"reached": len(others), "permission": 1, "refused": 1}
    kinds = {row["id"]: row["access"] and row["access"]["kind"] for row in written(tmp_path)["tenants"]}
    assert (kinds[first.id], kinds[second.id], kinds[others[0].id]) == ("refused", "permission", "reached")
    assert {kinds[tenant.id] for tenant in simulator.state.tenants if tenant.status != "active"} == {None}


def test_licence_use_is_read_without_the_key(report: Report, simulator: Simulator, tmp_path: Path) -> None:
    result = report(license_use=True, confirm_bot_users=True)
    assert result["access"] is None
    use = {row["id"]: row["license"] for row in written(tmp_path)["tenants"]}[active(simulator)[0].id]
    assert [part["name"] for part in use["allotments"]] == ["professional", "analyzer"]
    assert use["consumption"]["records"] >= 1
    assert use["consumption"]["sums"]["minutesUsed"] >= 1
    keys = {simulator.license_key(tenant.subscription_id) for tenant in simulator.state.tenants}
    assert not any(key in path.read_text() for path in tmp_path.iterdir() for key in keys)


def test_consumption_can_be_left_out(report: Report, simulator: Simulator, tmp_path: Path) -> None:
    report(license_use=True, consumption_days=0, confirm_bot_users=True)
    assert simulator.record.count("GET", "/api/v1/licenses/consumption") == 0
    assert {row["license"]["consumption"] for row in written(tmp_path)["tenants"] if row["license"]} == {None}


def test_a_licence_that_cannot_be_read_is_told(report: Report, simulator: Simulator, tmp_path: Path) -> None:
    simulator.faults.append(Fault("GET */api/v1/licenses/consumption", "status", status=403))
    report(license_use=True, confirm_bot_users=True)
    use = next(row["license"] for row in written(tmp_path)["tenants"] if row["license"])
    assert "403" in use["error"]
    assert use["allotments"]


def test_one_licence_that_cannot_be_read_spoils_no_page(report: Report, simulator: Simulator) -> None:
    simulator.faults.append(Fault("GET */api/v1/licenses/overview", "status", status=403, times=1))
    result = report(license_use=True, confirm_bot_users=True, render=page)
    assert "msg" not in result
    html = Path(result["files"][0]).read_text()
    assert "403" in html
    assert "professional" in html


def test_tenants_without_a_credential_are_named_and_not_asked(report: Report, simulator: Simulator) -> None:
    simulator.state.tenants[0].hostnames = []
    credentials = {**simulator.credentials}
    credentials["regions"] = [entry for entry in credentials["regions"] if entry["region"] == "us"]
    result = report(verify=True, confirm_bot_users=True, credentials=credentials)
    lacking = {row["id"] for row in result["without_credential"]}
    assert lacking == {x.id for x in active(simulator) if not x.hostnames or ".us." not in x.hostnames[0]}
    assert result["access"] == {"reached": len(active(simulator)) - len(lacking), "no_credential": len(lacking)}


def test_a_host_name_that_is_no_part_of_an_address_is_reported_and_not_asked(
    report: Report, simulator: Simulator, tmp_path: Path
) -> None:
    odd = active(simulator)[0]
    odd.hostnames = ["north south.eu.qlikcloud.com"]
    result = report(verify=True, confirm_bot_users=True)
    assert [row["id"] for row in result["without_credential"]] == [odd.id]
    assert {row["id"]: row["hostname"] for row in written(tmp_path)["tenants"]}[odd.id] == odd.hostnames[0]
    assert result["access"] == {"reached": len(active(simulator)) - 1, "no_credential": 1}


def test_hosts_of_the_inventory_are_named_and_others_expected_to_open_nothing(
    report: Report, simulator: Simulator, tmp_path: Path
) -> None:
    known, *_others = active(simulator)
    result = report(
        hosts={known.id: "mine", "gone": "theirs"}, credentials={"organization": simulator.credentials["organization"]}
    )
    assert [row["id"] for row in result["without_credential"]] == [known.id]
    assert result["unknown_hosts"] == ["theirs"]
    assert {row["id"]: row["host"] for row in written(tmp_path)["tenants"]}[known.id] == "mine"


def test_changes_since_the_report_that_is_replaced(report: Report, simulator: Simulator, tmp_path: Path) -> None:
    previous = str(tmp_path / "estate.json")
    assert report(previous=previous)["changes"] is None
    gone = simulator.state.tenants.pop()
    changes = report(previous=previous)["changes"]
    assert [row["id"] for row in changes["vanished"]] == [gone.id]
    assert changes["appeared"] == []


def test_another_organization_is_suspected(report: Report, tmp_path: Path, warnings: list[str]) -> None:
    report()
    document = written(tmp_path)
    (tmp_path / "other.json").write_text(json.dumps({**document, "tenants": [{"id": "x", "status": "active"}]}))
    report(previous=str(tmp_path / "other.json"))
    assert warnings == ["1 of 1 tenants of the previous report are not in this one: is it of another organization?"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"path": "estate.txt"}, "must end in .html"),
        ({"path": ".html"}, "must end in .html"),
        ({"path": "nowhere/at/all.html"}, "for the report is not there"),
        ({"previous": "gone.json"}, "cannot be read"),
        ({"consumption_days": -1}, "from 0 to 3650"),
        ({"client_id": "c", "client_secret": "s"}, "not as options of the task"),
    ],
)
def test_wrong_options_are_refused_before_anything_is_sent(
    report: Report, simulator: Simulator, arguments: dict[str, t.Any], sentence: str
) -> None:
    result = report(**arguments)
    assert result["failed"]
    assert sentence in result["msg"]
    assert not simulator.record.find()


def test_an_incomplete_list_is_no_report(report: Report, simulator: Simulator, tmp_path: Path) -> None:
    simulator.faults.append(Fault("GET /api/core/tenants", "status", status=503))
    assert report(retries=0)["failed"]
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ["estate.html", "estate.csv", "estate.json"])
def test_neither_a_folder_nor_a_link_is_replaced(
    report: Report, simulator: Simulator, tmp_path: Path, name: str
) -> None:
    (tmp_path / name).symlink_to(tmp_path / "elsewhere")
    assert f"{tmp_path}/{name} is a link or a folder" in report()["msg"]
    (tmp_path / name).unlink()
    (tmp_path / name).mkdir()
    assert f"{tmp_path}/{name} is a link or a folder" in report()["msg"]
    assert not simulator.record.find()


def test_a_folder_that_cannot_be_written_is_told_before_anything_is_sent(
    report: Report, simulator: Simulator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("os.access", lambda path, mode: False)
    assert "for the report cannot be written" in report()["msg"]
    assert not simulator.record.find()


def test_changes_are_told_again_when_a_file_could_not_be_written(
    report: Report, simulator: Simulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    previous = str(tmp_path / "estate.json")
    report(previous=previous)
    gone = simulator.state.tenants.pop()

    def full(path: Path, content: bytes) -> None:
        if path.suffix == ".csv":
            raise OSError(28, "No space left on device")
        write_private(path, content)

    with monkeypatch.context() as disk:
        disk.setattr(estate_report, "write_private", full)
        assert report(previous=previous)["msg"] == f"{tmp_path}/estate.csv cannot be written: No space left on device."
    assert [row["id"] for row in report(previous=previous)["changes"]["vanished"]] == [gone.id]


def test_it_runs_where_ansible_runs(tmp_path: Path) -> None:
    assert ESTATE_REPORT.runs_here({})
    given = {"path": str(tmp_path / "estate.html")}
    options = ArgumentSpecValidator(ESTATE_REPORT.arguments).validate(given).validated_parameters
    result = ESTATE_REPORT.outcome(Invocation(options, False, False, None, print))
    assert "runs where Ansible runs, by its action plugin" in result["msg"]
