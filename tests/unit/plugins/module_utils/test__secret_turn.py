# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The states that turn over the secret of an entry, against the simulator."""

from __future__ import annotations

import threading
import time
import types
import typing as t
from dataclasses import dataclass, field

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.qlikops.cloud.plugins.module_utils import _rotation, _watch
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.oauth_client_secret import OAUTH_CLIENT_SECRET
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import iso_of
from simulator import Fault, Simulator

if t.TYPE_CHECKING:
    from simulator.models import Client, Tenant

    from .conftest import VaultBook

CONSOLE = "console.qlikcloud.com"
NOW, MINUTE, DAY = 1_900_000_000.0, 60.0, 86_400.0
Start = t.Callable[..., Simulator]


@dataclass
class Desk:
    """Where tasks are run, on one host, with a book that holds the secret of its client."""

    simulator: Simulator
    tenant: Tenant | None
    client: Client
    book: VaultBook
    clock: types.SimpleNamespace
    told: list[str] = field(default_factory=list)

    @property
    def host(self) -> str:
        return self.tenant.hostnames[0] if self.tenant else CONSOLE

    @property
    def path(self) -> str:
        return "/api/v1/oauth-clients" if self.tenant else "/api/core/oauth-clients"

    @property
    def hints(self) -> list[str]:
        return [secret.hint for secret in self.client.secrets]

    @property
    def entry(self) -> dict[str, t.Any]:
        values = self.book.values()
        return t.cast("dict[str, t.Any]", values["tenants"][0] if self.tenant else values["organization"])

    def write(self, is_plain: bool = False) -> None:
        client = self.client.client_id
        secret = f'"{self.client.secret}"' if is_plain else self.book.closed(self.client.secret, indent=6)
        keys = f"client_id: {client}\n    client_secret: {secret}\n"
        head = f"tenants:\n  - hostname: {self.host}\n    " if self.tenant else "organization:\n    "
        self.book.write(head + keys)

    def act(self, check_mode: bool = False, diff: bool = False, **arguments: t.Any) -> dict[str, t.Any]:
        host = {"host": self.host} if self.tenant else {}
        given = {**host, "state": "rotated", "credentials_file": str(self.book.path), "max_wait": 0, **arguments}
        spec = ArgumentSpecValidator(OAUTH_CLIENT_SECRET.arguments, **OAUTH_CLIENT_SECRET.rules)
        checked = spec.validate({name: value for name, value in given.items() if value is not None})
        assert not checked.error_messages
        invocation = Invocation(
            checked.validated_parameters, check_mode, diff, None, self.told.append, open_file=self.book.open
        )
        result = OAUTH_CLIENT_SECRET.outcome(invocation)
        secrets = [secret.value for secret in (*self.client.secrets, *self.client.removed_secrets)]
        shown = f"{result}{self.told}" + ("" if given.get("book_is_copy") else self.book.text)
        assert not [value for value in secrets if value in shown]
        return result

    def retire(self, **arguments: t.Any) -> dict[str, t.Any]:
        return self.act(state="retired", **arguments)

    def opens(self) -> bool:
        return self.client.is_opened_by(self.entry["client_secret"], self.clock.now + MINUTE)

    def writes(self) -> list[str]:
        sent = self.simulator.record.find(host=self.host)
        return [entry.method for entry in sent if entry.path.startswith(self.path) and entry.method != "GET"]


@pytest.fixture(params=["console", "tenant"])
def desk(request: pytest.FixtureRequest, organization: Start, vault_book: VaultBook, monkeypatch: t.Any) -> Desk:
    """The console, and then a tenant; time is kept still, and passes fast while one waits."""
    monkeypatch.setenv("QLIK_RETRIES", "0")
    monkeypatch.setattr(_watch, "LOOK_AGAIN", 0.05)
    clock, began = types.SimpleNamespace(now=NOW), time.monotonic()
    monkeypatch.setattr(_rotation, "time", types.SimpleNamespace(time=lambda: clock.now))
    simulator = organization(tenants=1, clock=lambda: clock.now + time.monotonic() - began)
    monkeypatch.delenv("QLIK_CLIENT_SECRET")
    tenant = simulator.state.tenants[0] if request.param == "tenant" else None
    client = simulator.add_client("Own", tenant) if tenant else simulator.state.clients[simulator.client_id]
    desk = Desk(simulator, tenant, client, vault_book, clock)
    desk.write()
    return desk


def test_a_secret_is_rotated_and_later_retired(desk: Desk) -> None:
    (old,) = desk.hints
    result = desk.act(diff=True, keep_days=3)
    _old, new = desk.hints
    until = iso_of(NOW + 3 * DAY)
    place = f"tenants[{desk.host}]" if desk.tenant else "organization"
    names = ["hint", "next", "created_at", "client_secret", "previous"]
    touched = result.pop("diff")["prepared"].splitlines()
    assert {name.removeprefix(place + ".").split(".")[0] for name in touched} == set(names)
    assert result == {
        "changed": True,
        "status": "rotated",
        "summary": f"rotated; the secret now is {new}, and {old} stays good until retired, from {until} on",
        "client": desk.client.client_id,
        "hint": new,
        "previous_hint": old,
        "retire_after": until,
        "path": str(desk.book.path),
    }
    assert desk.opens()
    kept = desk.act(diff=True)
    assert (kept["changed"], kept["status"], kept["diff"]) == (False, "kept", {"prepared": ""})
    assert kept["summary"].startswith(f"left as it is, since the secret before, {old}, stays good until retired, from ")
    assert (desk.retire()["status"], desk.retire()["changed"]) == ("kept", False)
    desk.clock.now += 3 * DAY
    retired = desk.retire()
    assert (retired["changed"], retired["summary"]) == (True, f"retired the secret {old}")
    assert (retired["hint"], retired["previous_hint"], retired["retire_after"]) == (new, None, None)
    assert (desk.hints, desk.opens()) == ([new], True)
    nothing = desk.retire()
    assert (nothing["changed"], nothing["summary"]) == (False, "has no secret to retire")


def test_the_old_secret_may_go_in_the_same_task(desk: Desk) -> None:
    result = desk.act(retire_now=True)
    assert (result["status"], result["previous_hint"], desk.hints) == ("rotated", None, [result["hint"]])
    assert result["summary"] == f"rotated; the secret now is {result['hint']}, and the one before is removed"
    assert desk.opens()


def test_what_was_rotated_already_goes_in_a_task_that_retires_now(desk: Desk) -> None:
    old = desk.act()["previous_hint"]
    result = desk.act(retire_now=True)
    assert (result["status"], result["summary"]) == ("retired", f"retired the secret {old}")
    assert (desk.hints, desk.opens()) == ([result["hint"]], True)


@pytest.mark.parametrize("retire_now", [True, False])
def test_check_mode_writes_nothing_and_takes_no_lock(desk: Desk, retire_now: bool) -> None:
    before = desk.book.text
    result = desk.act(check_mode=True, diff=True, retire_now=retire_now)
    assert (result["changed"], result["status"], result["hint"]) == (True, "rotated", None)
    assert result["summary"] == "would be rotated"
    assert (desk.book.text, desk.writes()) == (before, [])
    assert [path.name for path in desk.book.path.parent.iterdir()] == [desk.book.path.name]


def test_check_mode_retires_nothing(desk: Desk) -> None:
    desk.act()
    desk.clock.now += 8 * DAY
    before, hints = desk.book.text, desk.hints
    result = desk.retire(check_mode=True)
    assert (result["changed"], result["status"], desk.book.text, desk.hints) == (True, "retired", before, hints)
    assert result["summary"] == f"would have the secret {hints[0]} retired"
    kept = desk.act(check_mode=True)
    assert (kept["changed"], kept["status"]) == (False, "kept")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("client", "c"),
        ("hint", "h"),
        ("keep", 1),
        ("own_hint", "h"),
        ("client_id", "c"),
        ("client_secret", "s"),
        ("private_key", "k"),
        ("key_id", "k"),
    ],
)
@pytest.mark.parametrize("state", ["rotated", "retired"])
def test_what_the_entry_says_cannot_be_given(desk: Desk, state: str, name: str, value: t.Any) -> None:
    result = desk.act(state=state, **{name: value})
    assert (
        result["msg"] == f"With 'state: {state}', the entry of credentials_file says what is meant; leave out {name}."
    )
    assert desk.simulator.record.find(host=desk.host) == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"keep_days": 0}, "to remove that at once all the same, say 'retire_now: true'."),
        ({"keep_days": -1}, "The option keep_days must be at least 1"),
        ({"keep_days": 3651}, "The option keep_days must be at most 3650, not 3651."),
        ({"credentials_file": None}, "Name the credential book by credentials_file, or by QLIK_CREDENTIALS_FILE."),
        (
            {"host": "register.eu.qlikcloud.com"},
            "The secret for register.eu.qlikcloud.com can only be regenerated in My",
        ),
        ({"host": "none.eu.qlikcloud.com"}, "There is no tenant none.eu.qlikcloud.com in "),
        ({"host": "none.eu.qlikcloud.com:8443"}, "There is no tenant none.eu.qlikcloud.com:8443 in "),
        ({"host": None, "console_url": "https://console.example.com"}, "is no console of Qlik Cloud; to send a secret"),
        ({"credentials_file": "/no/such/folder/book.yml"}, "The folder /no/such/folder cannot be used: "),
    ],
)
@pytest.mark.parametrize("check_mode", [True, False])
def test_what_makes_no_sense_is_refused_before_anything_is_sent(
    desk: Desk, given: dict[str, t.Any], message: str, check_mode: bool
) -> None:
    result = desk.act(check_mode=check_mode, **given)
    assert result["error"]["kind"] == "configuration"
    assert message in result["msg"]
    assert "changed" not in result
    assert desk.simulator.record.find() == []


def test_a_port_that_is_not_in_the_book_gets_no_secret(desk: Desk) -> None:
    if desk.tenant:
        assert desk.act(host=f"{desk.host}:8443")["msg"].startswith(f"There is no tenant {desk.host}:8443 in ")
    assert desk.simulator.record.find() == []


@pytest.mark.parametrize("name", ["console.example.com", "another.example.com"])
def test_a_console_elsewhere_may_be_named_in_the_environment(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv("QLIK_CONSOLE_URL", f"https://{name}")
    result = desk.act(host=None, console_url="https://console.example.com")
    assert ("is no console of Qlik Cloud" in result["msg"]) is (name == "another.example.com")


def test_the_book_may_be_named_in_the_environment(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QLIK_CREDENTIALS_FILE", str(desk.book.path))
    assert desk.act(credentials_file=None)["status"] == "rotated"


def test_a_longest_time_is_kept(desk: Desk) -> None:
    assert desk.act(keep_days=3650)["retire_after"].startswith("2040")


def test_a_new_secret_is_waited_for(desk: Desk) -> None:
    desk.simulator._service.secret_delay = 0.3
    assert desk.act()["status"] == "rotated"
    assert desk.opens()


def test_a_new_secret_that_is_late_is_no_failure_of_the_present_one(desk: Desk) -> None:
    desk.simulator._service.secret_delay = 0.5
    result = desk.act(prove_timeout=0)
    assert (result["failed"], result["changed"], result["error"]["kind"]) == (True, True, "configuration")
    assert "is stored and not yet accepted; the present one is good. Run again later." in result["msg"]
    assert desk.opens()
    again = desk.act()
    assert (again["status"], len(desk.hints), desk.opens()) == ("rotated", 2, True)


@pytest.mark.parametrize("kind", ["lost", "cut", "malformed", "html", "cut_body"])
def test_an_unknown_outcome_is_put_right_by_the_next_run(desk: Desk, kind: str) -> None:
    desk.simulator.faults.append(Fault(f"POST {desk.path}", kind, times=1))
    result = desk.act(retries=2)
    assert (result["error"]["kind"], result["changed"]) == ("unknown_outcome", True)
    assert desk.writes() == ["POST"]
    again = desk.act()
    assert (again["status"], len(desk.hints), desk.opens()) == ("rotated", 2, True)
    assert desk.told == []


@pytest.mark.parametrize(("status", "kind"), [(403, "permission"), (401, "authentication"), (503, "refused")])
def test_a_refusal_to_look_changes_nothing(desk: Desk, status: int, kind: str) -> None:
    desk.simulator.faults.append(Fault(f"GET {desk.path}", "status", status=status))
    before = desk.book.text
    result = desk.act()
    assert (result["error"]["kind"], "changed" in result, desk.book.text) == (kind, False, before)
    assert desk.writes() == []


def test_what_answers_repeat_is_masked(desk: Desk) -> None:
    for path in ("/oauth/token", desk.path):
        desk.simulator.faults[:] = [Fault(path, "echo_secret")]
        assert desk.act()["failed"]


def test_of_two_runs_at_once_one_waits_and_says_that_it_is_done(desk: Desk) -> None:
    results: list[dict[str, t.Any]] = []
    desk.simulator._service.latency = 0.05
    runs = [threading.Thread(target=lambda: results.append(desk.act(max_wait=20))) for _number in range(3)]
    for run in runs:
        run.start()
    for run in runs:
        run.join()
    assert sorted(result["status"] for result in results) == ["kept", "kept", "rotated"]
    assert len(desk.hints) == 2
    assert desk.opens()


@pytest.mark.parametrize("state", ["rotated", "retired"])
def test_a_run_that_does_not_get_its_turn_says_so(desk: Desk, state: str) -> None:
    with desk.book.open().alone():
        result = desk.act(state=state)
    assert result["msg"] == (
        f"Another run is changing {desk.book.path}, or its folder takes no locks; run again later."
    )
    assert desk.simulator.record.find() == []


def test_a_copy_of_the_book_as_it_was_stays_good_until_the_date(desk: Desk) -> None:
    copy = desk.book.text
    desk.act()
    desk.book.write(copy)
    assert desk.opens()
    assert "does not say which it holds: set its hint there, by the module vault_vars." in desk.act()["msg"]
    assert len(desk.hints) == 2


def test_strange_hints_are_told_apart(desk: Desk) -> None:
    desk.simulator.state.strange_hints = True
    for _turn in range(2):
        assert desk.act()["status"] == "rotated"
        desk.clock.now += 8 * DAY
        assert desk.retire()["status"] == "retired"
    assert (len(desk.hints), desk.opens()) == (1, True)


def test_a_removed_secret_may_open_a_while_longer(desk: Desk) -> None:
    desk.simulator._service.removal_delay = 60.0
    for _turn in range(2):
        desk.act()
        desk.clock.now += 8 * DAY
        desk.retire()
    assert desk.hints == [desk.entry["hint"]]
    assert desk.opens()


def test_a_run_is_not_robbed_of_the_secret_in_its_environment(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QLIK_CLIENT_SECRET", f" {desk.client.secrets[0].value}\n")
    desk.act()
    desk.clock.now += 8 * DAY
    assert "has the previous secret of the" in desk.retire()["msg"]
    assert len(desk.hints) == 2


@pytest.mark.parametrize("desk", ["tenant"], indirect=True)
def test_what_another_entry_of_the_client_relies_on_is_not_taken_for_lost(desk: Desk) -> None:
    """A run was cut before it made a secret, and the other entry of the same client got one right after."""
    assert desk.tenant
    (old,), alias = desk.hints, "another.us.qlikcloud.com"
    desk.tenant.hostnames.append(alias)
    secret = desk.book.closed(desk.client.secret, indent=6)
    journal = f"    next:\n      started_at: '{iso_of(desk.clock.now)}'\n      before: ['{old}']\n    hint: '{old}'\n"
    desk.book.write(
        f"{desk.book.text}{journal}  - hostname: {alias}\n    client_id: {desk.client.client_id}\n"
        f"    client_secret: {secret}\n"
    )
    assert desk.act(host=alias)["status"] == "rotated"
    _old, made = desk.hints
    assert desk.act()["status"] == "rotated"
    assert made in desk.hints
    assert desk.told == []


def test_a_previous_secret_whose_value_is_gone_is_retired_by_its_hint(desk: Desk) -> None:
    """QLIK_CLIENT_SECRET is not set, which is no value either."""
    desk.act()
    lines = desk.book.text.splitlines(keepends=True)
    start = next(number for number, line in enumerate(lines) if line.strip() == "previous:")
    kept = [line for line in lines[start:] if line.strip().split(":")[0] in ("previous", "hint", "retire_after")]
    desk.book.write("".join([*lines[:start], *kept]))
    desk.clock.now += 8 * DAY
    result = desk.retire()
    assert result.get("status") == "retired", result
    assert desk.opens()


@dataclass
class Job:
    """A run with a copy of the book that is thrown away with it; what is stored stays."""

    desk: Desk
    stored: str

    def steps(self, most: int, **arguments: t.Any) -> list[str]:
        """What came of that many steps; of the last one, cut short, nothing is stored."""
        self.desk.book.write(self.stored)
        statuses: list[str] = []
        while len(statuses) < most and statuses[-1:] in ([], ["unfinished"]):
            before = self.stored
            result = self.desk.act(book_is_copy=True, **arguments)
            statuses.append(result.get("status", result.get("msg", "")))
            assert bool(result.get("changed")) == (self.desk.book.text != before)
            if len(statuses) < most:
                self.stored = self.desk.book.text
        return statuses


@pytest.fixture
def job(desk: Desk) -> Job:
    desk.write(is_plain=True)
    return Job(desk, desk.book.text)


def test_a_copy_is_rotated_step_by_step_and_retired_by_the_next_run(job: Job) -> None:
    (old,) = job.desk.hints
    assert job.steps(9, keep_days=0) == ["unfinished", "unfinished", "rotated"]
    _old, new = job.desk.hints
    assert job.desk.entry["previous"]["hint"] == old
    assert job.steps(9) == ["kept"]
    assert job.steps(9, state="retired") == ["retired"]
    assert (job.desk.hints, job.desk.opens(), "previous" in job.desk.entry) == ([new], True, False)
    assert "ANSIBLE_VAULT" not in job.stored


def test_each_step_says_what_is_to_be_done(desk: Desk) -> None:
    desk.write(is_plain=True)
    result = desk.act(book_is_copy=True)
    assert (result["changed"], result["status"]) == (True, "unfinished")
    assert result["summary"] == "is being rotated; store the copy of the book, and go on"
    assert (desk.writes(), len(desk.entry["next"]["before"])) == ([], 1)
    assert desk.act(book_is_copy=True, check_mode=True)["summary"] == "would be rotated"


@pytest.mark.parametrize("cut", [1, 2, 3])
@pytest.mark.parametrize("later", [0, 4 * MINUTE, 6 * MINUTE, DAY])
def test_a_run_whose_last_step_was_not_stored_is_put_right_by_the_next(job: Job, cut: int, later: float) -> None:
    (old,) = job.desk.hints
    job.steps(cut)
    job.desk.clock.now += later
    job.desk.book.write(job.stored)
    assert job.desk.opens()
    assert job.steps(9)[-1] == "rotated"
    assert len(job.desk.hints) == 2
    assert (job.desk.hints[0], job.desk.opens()) == (old, True)
    assert job.desk.hints[1] == job.desk.entry["hint"]


def test_the_order_in_which_secrets_are_listed_does_not_matter(job: Job) -> None:
    desk = job.desk
    other = desk.simulator.add_secret(desk.client.client_id)
    desk.client.secrets.reverse()
    desk.book.write(desk.book.text + f"    hint: {desk.hints[1]}\n")
    job.stored = desk.book.text
    assert job.steps(1) == ["unfinished"]
    desk.book.write(job.stored)
    desk.act(book_is_copy=True)
    job.stored = desk.book.text
    desk.client.secrets.reverse()
    assert job.steps(9) == ["unfinished", "rotated"]
    assert other.hint in desk.hints


def test_a_secret_that_was_removed_is_no_part_of_the_copy(job: Job) -> None:
    job.steps(2)
    job.steps(2)
    job.desk.client.secrets.pop()
    (message,) = job.steps(2, prove_timeout=1)
    assert "was removed by somebody; the present one is good" in message
    assert "next" not in job.desk.entry
    assert job.steps(9)[-1] == "rotated"


def test_an_outcome_that_is_not_known_is_put_right_from_what_is_stored(job: Job) -> None:
    job.desk.simulator.faults.append(Fault(f"POST {job.desk.path}", "lost", times=1))
    message = job.steps(9)[-1]
    assert "is not known. The present one is good; run again" in message
    assert len(job.desk.hints) == 2
    assert job.steps(9)[-1] == "rotated"
    assert len(job.desk.hints) == 2


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"retire_now": True}, "With book_is_copy, the secret before goes in another run, by 'state: retired'."),
        ({"state": "present"}, "The option book_is_copy is for 'state: rotated' and 'state: retired'."),
        ({"keep_days": -1}, "The option keep_days must be at least 1"),
    ],
)
def test_a_copy_is_for_rotation_alone(desk: Desk, given: dict[str, t.Any], message: str) -> None:
    given = {"credentials_file": None, **given} if "state" in given else given
    assert message in desk.act(book_is_copy=True, **given)["msg"]
    assert desk.simulator.record.find() == []


def test_only_a_copy_may_be_plain(desk: Desk) -> None:
    desk.book.write(desk.book.text.replace(desk.book.text.split("client_secret: ")[1], "s3cret\n"))
    assert "stands there in plain text; encrypt it first" in desk.act()["msg"]
