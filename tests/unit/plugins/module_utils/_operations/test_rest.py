# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import functools
import hashlib
import typing as t
from pathlib import Path

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Result
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.rest import REST
from ansible_collections.qlikops.cloud.plugins.module_utils._waiting import Patience
from simulator import Fault, Simulator

SPACES = "/api/v1/spaces"
ADD = "/api/v1/licenses/assignments/actions/add"
FINANCE = {"name": "Finance", "type": "shared"}
CREATE: dict[str, t.Any] = {"method": "POST", "path": SPACES, "body": FINANCE}
KNOWN = {**CREATE, "unless": {"query": {"limit": 100}, "where": FINANCE}}
Call = t.Callable[..., Result]


@pytest.fixture
def call(run: Call) -> Call:
    """`call(method=..., path=..., ...)`: what rest returns of the first tenant."""
    return functools.partial(run, REST)


@pytest.fixture
def space(call: Call) -> str:
    """The path of a space."""
    return f"{SPACES}/{call(**CREATE)['json']['id']}"


def kind(result: Result) -> tuple[bool, t.Any]:
    return bool(result.get("failed")), result["error"]["kind"]


def spaces(call: Call) -> list[str]:
    rows = call(method="GET", path=SPACES, query={"limit": 100})["json"]["data"]
    return [row["name"] for row in rows]


# Methods


def test_what_is_created_is_returned(call: Call, tenants: Simulator) -> None:
    result = call(**CREATE)
    assert set(result) == {"changed", "status", "host", "json", "truncated", "found"}
    assert (result["changed"], result["status"], result["found"], result["truncated"]) == (True, 201, False, False)
    assert {name: result["json"][name] for name in FINANCE} == FINANCE
    assert tenants.record[-1].body == FINANCE


def test_what_is_read_changes_nothing(call: Call, space: str) -> None:
    result = call(method="GET", path=space)
    assert (result["changed"], result["status"], result["json"]["name"]) == (False, 200, "Finance")


def test_what_is_set_is_a_change(call: Call, space: str) -> None:
    operations = [{"op": "replace", "path": "/description", "value": "x"}]
    result = call(method="PATCH", path=space, body=operations)
    assert (result["changed"], result["status"], "json" in result) == (True, 204, False)
    assert call(method="PUT", path=space, body={"name": "Sales"})["changed"] is True
    assert call(method="GET", path=space)["json"]["name"] == "Sales"


def test_what_is_removed_is_a_change_once(call: Call, space: str) -> None:
    remove: dict[str, t.Any] = {"method": "DELETE", "path": space}
    allowed = {**remove, "status_code": [204, 404]}
    assert [call(**allowed)["changed"] for _time in range(2)] == [True, False]
    assert kind(call(**remove)) == (True, "not_found")


@pytest.mark.parametrize(
    ("body", "sent"),
    [
        pytest.param('{"name": "Finance"}', {"name": "Finance"}, id="JSON"),
        pytest.param({"name": "Größe"}, {"name": "Größe"}, id="letters beyond ASCII"),
    ],
)
def test_a_body_may_be_text_that_is_json(call: Call, tenants: Simulator, body: t.Any, sent: t.Any) -> None:
    assert call(method="POST", path=SPACES, body=body)["status"] == 201
    assert tenants.record[-1].body == sent
    assert tenants.record[-1].headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param({"body": "name: Finance"}, "The option body is no JSON", id="body that is no JSON"),
        pytest.param({"body": {"count": float("nan")}}, "The option body is no JSON", id="no number"),
        pytest.param({"body": '{"a": Infinity}'}, "The option body is no JSON", id="no number in text"),
        pytest.param({"dest": "/tmp/x"}, "The option dest is for method GET", id="dest"),  # noqa: S108
        pytest.param({"method": "GET", "body": {}}, "A GET sends nothing: leave out body, text, src", id="GET body"),
        pytest.param({"method": "GET", "text": ""}, "A GET sends nothing", id="GET text"),
        pytest.param({"unless": {"query": {"a": 1}}}, "The option unless needs where, path", id="empty unless"),
        pytest.param({"unless": {"path": "x"}}, "The path must begin with /, such as", id="path of unless"),
        pytest.param({"unless": {"where": {"name": None}}}, "The value name of unless.where is null", id="null"),
        pytest.param({"path": "/oauth/token"}, "use the module qlikops.cloud.oauth_token", id="token"),
        pytest.param({"headers": {"HOST": "x"}}, "The header HOST is set by this module", id="header"),
        pytest.param({"form": {"a": {}}}, "The field a of the form must be text", id="form"),
        pytest.param({"src": "/nowhere/file"}, "The file /nowhere/file cannot be read", id="src"),
    ],
)
def test_a_faulty_wish_sends_nothing(call: Call, tenants: Simulator, arguments: dict[str, t.Any], message: str) -> None:
    result = call(**{"method": "POST", "path": SPACES, **arguments})
    assert kind(result) == (True, "configuration")
    assert message in result["msg"]
    assert tenants.record.count(path="/api/*") == 0


def test_only_one_content_is_sent() -> None:
    given = {"method": "POST", "path": "/a", "body": {}, "text": "x"}
    faults = ArgumentSpecValidator(REST.arguments, **REST.rules).validate(given).error_messages
    assert faults == ["parameters are mutually exclusive: body|text|src|form"]


# Files


def test_a_file_is_sent_as_it_is(call: Call, tmp_path: Path) -> None:
    content = bytes(range(256)) * 2000
    (tmp_path / "app.qvf").write_bytes(content)
    result = call(method="POST", path="/api/v1/apps/import", query={"name": "App"}, src=str(tmp_path / "app.qvf"))
    assert (result["json"]["name"], result["json"]["sha256"]) == ("App", hashlib.sha256(content).hexdigest())


def test_a_form_is_sent_with_its_file(call: Call, tmp_path: Path) -> None:
    (tmp_path / "rates.csv").write_bytes(b"a,b\r\n1,2\r\n")
    form = {"File": {"path": str(tmp_path / "rates.csv")}, "Json": '{"name": "Kurse.csv"}'}
    result = call(method="POST", path="/api/v1/data-files", form=form)
    expected = ("Kurse.csv", 10, hashlib.sha256(b"a,b\r\n1,2\r\n").hexdigest())
    assert tuple(result["json"][name] for name in ("name", "size", "sha256")) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [({}, "text/plain; charset=utf-8"), ({"content-type": "text/csv"}, "text/csv")],
    ids=["its own", "another"],
)
def test_a_text_is_sent_with_its_kind(call: Call, tenants: Simulator, headers: dict[str, str], expected: str) -> None:
    call(method="POST", path=SPACES, text="Größe", headers=headers)
    assert tenants.record[-1].headers["content-type"] == expected
    assert tenants.record[-1].body == "Größe"


def exported(call: Call, tmp_path: Path) -> str:
    """The place of an exported app that holds `app`."""
    (tmp_path / "app.qvf").write_bytes(b"app")
    app = call(method="POST", path="/api/v1/apps/import", src=str(tmp_path / "app.qvf"))["json"]["id"]
    result = call(method="POST", path=f"/api/v1/apps/{app}/export")
    assert result["changed"] is True
    return str(result["location"])


@pytest.mark.parametrize("check_mode", [True, False])
def test_an_answer_is_kept_in_a_file(call: Call, tmp_path: Path, check_mode: bool) -> None:
    dest = tmp_path / "kept.qvf"
    keep = functools.partial(call, check_mode=check_mode, method="GET", path=exported(call, tmp_path), dest=str(dest))
    result = keep()
    assert result["changed"] is True
    assert (result["size"], result["checksum"]) == (3, hashlib.sha256(b"app").hexdigest())
    assert dest.exists() is not check_mode
    dest.write_bytes(b"app")
    assert keep()["changed"] is False


@pytest.mark.parametrize(("expected", "taken"), [(None, False), ([200], True)], ids=str)
def test_a_web_page_is_kept_only_where_its_status_is_named(
    call: Call, tenants: Simulator, tmp_path: Path, expected: list[int] | None, taken: bool
) -> None:
    dest = tmp_path / "kept.html"
    tenants.faults.append(Fault(f"GET {SPACES}", "html"))
    result = call(method="GET", path=SPACES, dest=str(dest), status_code=expected)
    assert dest.exists() is taken
    if taken:
        assert (result["changed"], result["file"]) == (True, str(dest))
    else:
        assert kind(result) == (True, "unexpected_answer")


def test_a_missing_answer_leaves_the_file_alone(call: Call, tmp_path: Path) -> None:
    dest = tmp_path / "kept.qvf"
    dest.write_bytes(b"old")
    missing = {"method": "GET", "path": "/api/v1/temp-contents/none", "dest": str(dest)}
    assert kind(call(**missing)) == (True, "not_found")
    allowed = call(**missing, status_code=[200, 404])
    assert (allowed["changed"], allowed["status"]) == (False, 404)
    assert dest.read_bytes() == b"old"


# What is there already


def test_what_is_there_is_not_created_again(call: Call, tenants: Simulator) -> None:
    first, second = call(**KNOWN), call(**KNOWN)
    assert (first["changed"], first["found"], second["changed"], second["found"]) == (True, False, False, True)
    assert second["json"] == first["json"]
    assert set(second) == {"changed", "found", "host", "status", "json"}
    assert tenants.record.count("POST", SPACES) == 1


def test_what_is_there_may_be_told_by_a_path_alone(call: Call, tenants: Simulator, space: str) -> None:
    tenants.record.clear()
    assert call(**CREATE, unless={"path": space})["found"] is True
    assert tenants.record.count("POST", SPACES) == 0
    assert call(**CREATE, unless={"path": f"{SPACES}/none"})["found"] is False
    assert tenants.record.count("POST", SPACES) == 1


def test_a_list_that_is_not_there_is_no_answer_to_a_look(call: Call, tenants: Simulator) -> None:
    tenants.faults.append(Fault(f"GET {SPACES}", "status", status=404))
    assert kind(call(**KNOWN)) == (True, "not_found")
    assert tenants.record.count("POST", SPACES) == 0


@pytest.mark.parametrize("body", ["html", "empty"])
def test_a_look_that_brings_no_json_sends_nothing(call: Call, tenants: Simulator, space: str, body: str) -> None:
    """A proxy says 404 as well."""
    tenants.record.clear()
    tenants.faults.append(Fault(f"GET {space}", "status", status=404, body=body))
    assert kind(call(**CREATE, unless={"path": space})) == (True, "unexpected_answer")
    assert tenants.record.count("POST", SPACES) == 0


@pytest.mark.parametrize(("limit", "truncated"), [(10, True), (100, False)])
def test_one_page_of_several_is_told_as_that(call: Call, limit: int, truncated: bool) -> None:
    assert call(method="GET", path=SPACES, query={"limit": limit})["truncated"] is truncated


@pytest.mark.parametrize("there", [True, False])
def test_check_mode_looks_and_sends_nothing(call: Call, tenants: Simulator, there: bool) -> None:
    if there:
        call(**CREATE)
    tenants.record.clear()
    result = call(check_mode=True, **KNOWN)
    host = tenants.state.tenants[0].hostnames[0]
    if there:
        assert (result["changed"], result["found"]) == (False, True)
    else:
        assert result == {"changed": True, "would_send": f"POST {host}{SPACES}"}
    assert {entry.method for entry in tenants.record.find(path="/api/*")} == {"GET"}


def test_check_mode_without_a_look_asks_for_nothing(call: Call, tenants: Simulator) -> None:
    assert call(check_mode=True, **CREATE)["changed"] is True
    assert len(tenants.record) == 0


def test_check_mode_reads(call: Call, space: str) -> None:
    result = call(check_mode=True, method="GET", path=space)
    assert (result["changed"], result["json"]["name"]) == (False, "Finance")


def test_a_look_that_fails_sends_nothing(call: Call, tenants: Simulator) -> None:
    tenants.faults.append(Fault(f"GET {SPACES}", "status", status=503))
    assert kind(call(**KNOWN)) == (True, "refused")
    assert tenants.record.count("POST", SPACES) == 0


# Answers that do not come


@pytest.mark.parametrize("fault", ["lost", "cut_body", "malformed"])
def test_without_an_answer_a_look_tells_that_it_was_done(call: Call, tenants: Simulator, fault: str) -> None:
    tenants.faults.append(Fault(f"POST {SPACES}", fault))
    result = call(**KNOWN)
    assert (result["changed"], result["found"], result["json"]["name"]) == (True, True, "Finance")
    assert (tenants.record.count("POST", SPACES), spaces(call).count("Finance")) == (1, 1)


@pytest.mark.parametrize("known", [KNOWN, CREATE], ids=["after a look", "without a look"])
@pytest.mark.parametrize("fault", [{"kind": "cut"}, {"kind": "status", "status": 503}], ids=["cut", "503"])
def test_an_open_outcome_is_told(
    call: Call, tenants: Simulator, known: dict[str, t.Any], fault: dict[str, t.Any]
) -> None:
    tenants.faults.append(Fault(f"POST {SPACES}", **fault))
    result = call(**known, retries=2)
    assert kind(result) == (True, "unknown_outcome")
    assert result["msg"].endswith("It may have been carried out all the same: look before you send it again.")
    assert tenants.record.count("POST", SPACES) == 1
    assert result["error"].get("status") == fault.get("status")


def test_an_open_outcome_keeps_what_the_service_said(call: Call, tenants: Simulator) -> None:
    tenants.faults.append(Fault(f"POST {SPACES}", "status", status=504, code="E-1"))
    error = call(**CREATE)["error"]
    host = tenants.state.tenants[0].hostnames[0]
    assert {name: error[name] for name in error if name != "trace_id"} == {
        "kind": "unknown_outcome",
        "host": host,
        "status": 504,
        "code": "E-1",
    }
    assert error["trace_id"]


@pytest.mark.parametrize(("status", "expected"), [(408, "unknown_outcome"), (499, "unknown_outcome"), (409, "refused")])
def test_a_conflict_leaves_nothing_open(call: Call, tenants: Simulator, status: int, expected: str) -> None:
    tenants.faults.append(Fault(f"POST {SPACES}", "status", status=status))
    assert kind(call(**CREATE)) == (True, expected)


def test_a_web_page_in_place_of_an_answer_leaves_the_outcome_open(call: Call, tenants: Simulator) -> None:
    tenants.faults.append(Fault(f"POST {SPACES}", "html"))
    result = call(**CREATE)
    assert kind(result) == (True, "unknown_outcome")
    assert "with a web page" in result["msg"]
    taken = call(**CREATE, status_code=[200, 201])
    assert (taken["changed"], "<html>" in taken["content"]) == (True, True)


def test_a_lost_answer_without_a_look_is_an_open_outcome(call: Call, tenants: Simulator) -> None:
    tenants.faults.append(Fault(f"POST {SPACES}", "lost"))
    assert kind(call(**CREATE, retries=2)) == (True, "unknown_outcome")
    assert (tenants.record.count("POST", SPACES), spaces(call).count("Finance")) == (1, 1)


def test_an_outage_that_lasts_leaves_the_outcome_open(call: Call, tenants: Simulator) -> None:
    tenants.faults.append(Fault(f"POST {SPACES}", "lost"))
    tenants.faults.append(Fault(f"GET {SPACES}", "cut", after=3))  # the pages of the first look
    result = call(**{**KNOWN, "unless": {"where": FINANCE}})
    assert kind(result) == (True, "unknown_outcome")
    assert tenants.record.count("POST", SPACES) == 1


def test_a_refusal_leaves_nothing_open(call: Call, tenants: Simulator) -> None:
    assert kind(call(method="POST", path=SPACES, body={"name": ""})) == (True, "refused")
    tenants.faults.append(Fault(f"POST {SPACES}", "status", status=429))
    assert kind(call(**CREATE, max_wait=0)) == (True, "rate_limit")


def test_what_never_left_leaves_nothing_open(call: Call, closed_port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port}")
    assert kind(call(**CREATE)) == (True, "unreachable")


@pytest.mark.parametrize(
    ("method", "repeatable", "times"),
    [
        ("POST", None, 1),
        ("POST", True, 2),
        ("PATCH", None, 1),
        ("PUT", None, 2),
        ("PUT", False, 1),
        ("DELETE", None, 2),
    ],
)
def test_a_call_is_repeated_when_that_does_no_harm(
    call: Call,
    tenants: Simulator,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    repeatable: bool | None,
    times: int,
) -> None:
    monkeypatch.setattr(Patience, "spend", lambda *_wait: True)
    tenants.faults.append(Fault(f"{method} {SPACES}/x", "cut"))
    result = call(method=method, path=f"{SPACES}/x", repeatable=repeatable, retries=1)
    assert kind(result) == (True, "unreachable" if times > 1 else "unknown_outcome")
    assert tenants.record.count(method, f"{SPACES}/x") == times


def test_rows_that_were_refused_fail_the_task(call: Call, tenants: Simulator) -> None:
    subject = call(method="GET", path="/api/v1/users/me")["json"]["subject"]
    rows = [{"subject": subject, "type": "analyzer"}, {"subject": "nobody", "type": "analyzer"}]
    result = call(method="POST", path=ADD, body={"add": rows})
    assert (kind(result), result["changed"]) == ((True, "partly_refused"), True)
    assert [row["row"] for row in result["error"]["rows"]] == [2]
    assert call(method="POST", path=ADD, body={"add": rows[:1]})["changed"] is True


# Secrets


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        pytest.param({"method": "GET", "path": "/api/v1/licenses/overview"}, True, id="a licence"),
        pytest.param({"method": "POST", "path": "/api/v1/api-keys"}, True, id="a new key"),
        pytest.param({"method": "GET", "path": "/api/v1/api-keys"}, False, id="keys"),
        pytest.param({"method": "POST", "path": "/api/v1/identity-providers"}, True, id="an identity provider"),
        pytest.param(
            {"method": "POST", "path": SPACES, "unless": {"path": "/api/v1/licenses/overview?x"}}, True, id="a look"
        ),
        pytest.param({"method": "PUT", "path": "/api/v1/licenses/overview", "unless": {}}, False, id="no look"),
        pytest.param(
            {"method": "PUT", "path": "/api/v1/licenses/overview", "unless": {"where": {"a": 1}}}, True, id="own"
        ),
        pytest.param({"method": "POST", "path": SPACES, "unless": {"path": SPACES}}, False, id="spaces"),
    ],
)
def test_only_what_holds_a_secret_is_not_shown(options: dict[str, t.Any], expected: bool) -> None:
    assert REST.is_confidential({"unless": None, **options}) is expected
