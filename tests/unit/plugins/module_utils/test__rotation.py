# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rotation of one entry, against a service of one client that can be cut, lost and refused at each request."""

from __future__ import annotations

import contextlib
import json
import os
import re
import tempfile
import traceback
import types
import typing as t
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils import _rotation, _watch
from ansible_collections.qlikops.cloud.plugins.module_utils._book_entry import BookEntry
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    ApiError,
    AuthenticationError,
    ConfigurationError,
    NotFoundError,
    PermissionDeniedError,
    QlikError,
    TransportError,
    UnknownOutcomeError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import HttpSettings, Request, Response
from ansible_collections.qlikops.cloud.plugins.module_utils._rotation import (
    KEPT,
    NOTHING,
    RETIRED,
    ROTATED,
    Door,
    Rotation,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import iso_of, parse_iso
from ansible_collections.qlikops.cloud.plugins.module_utils._watch import Watch
from ansible_collections.qlikops.cloud.plugins.plugin_utils._vault_file import VaultFile

if t.TYPE_CHECKING:
    from .conftest import VaultBook

CONSOLE, TENANT = "console.qlikcloud.com", "north.eu.qlikcloud.com"
CLIENT, BOT, COLLEAGUE = "client-1", "bot-1", "user-9"
DAY = 86_400.0
POST, GET, DELETE, TOKEN, ME = "POST", "GET", "DELETE", "token", "me"


START = 1_893_456_000.0  # 2030-01-01T00:00:00Z


@dataclass(frozen=True)
class Made:
    """One secret of the client."""

    hint: str
    value: str
    created_by: str | None
    created_at: str = ""


class Crash(BaseException):
    """The process is no more."""


@dataclass
class Cloud:
    """The service: one client, whose secrets it opens. slow is how often a new one is refused at first.

    around is called with the name of each request and what carries it out.
    """

    host: str
    secrets: list[Made] = field(default_factory=list)
    gone: list[Made] = field(default_factory=list)
    taken: list[Made] = field(default_factory=list)
    sent: list[str] = field(default_factory=list)
    slow: int = 0
    refusals: dict[str, int] = field(default_factory=dict)
    names_maker: bool = True
    next_hint: str | None = None
    count: int = 0
    granted: set[str] = field(default_factory=set)
    moment: t.Callable[[], float] = lambda: START
    around: t.Callable[[str, t.Callable[[], tuple[int, t.Any]]], tuple[int, t.Any]] | None = None

    @property
    def maker(self) -> str | None:
        return {CONSOLE: CLIENT, TENANT: BOT}[self.host] if self.names_maker else None

    @property
    def hints(self) -> list[str]:
        return [made.hint for made in self.secrets]

    @property
    def values(self) -> list[str]:
        return [made.value for made in (*self.secrets, *self.gone, *self.taken)]

    def add(self, created_by: str | None = COLLEAGUE, hint: str | None = None) -> Made:
        self.count += 1
        made = Made(hint or f"h{self.count}", f"s3cret-{self.count:04}", created_by, iso_of(self.moment()))
        self.secrets.append(made)
        return made

    def take(self, made: Made) -> None:
        """Somebody else removes it."""
        self.secrets.remove(made)
        self.taken.append(made)

    def exchange(self, transport: Transport, request: Request) -> Response:
        assert transport.host == self.host
        name = _name_of(request)
        self.sent.append(name)

        def carry_out() -> tuple[int, t.Any]:
            return self._answer(name, request)

        status, document = self.around(name, carry_out) if self.around else carry_out()
        return Response(self.host, status, {}, json.dumps(document).encode())

    def _answer(self, name: str, request: Request) -> tuple[int, t.Any]:
        if name == TOKEN:
            return self._token(request.body["client_secret"])
        if name == ME:
            return 200, {"id": BOT, "subject": f"qlikbot\\{CLIENT}"}
        assert f"/oauth-clients/{CLIENT}" in request.path
        return {GET: self._client, POST: self._add, DELETE: lambda: self._remove(request.path.rsplit("/", 1)[1])}[
            name
        ]()

    def _token(self, value: str) -> tuple[int, t.Any]:
        if value not in [made.value for made in self.secrets]:
            return 401, {"errors": [{"code": "invalid_client", "title": "Unauthorized"}]}
        if self.refusals.get(value, 0) > 0:
            self.refusals[value] -= 1
            return 401, {"errors": [{"code": "invalid_client", "title": f"Unauthorized {value}"}]}
        self.granted.add(value)
        return 200, {"access_token": "a-t0ken", "expires_in": 21600}

    def _client(self) -> tuple[int, t.Any]:
        rows = [
            {"hint": made.hint, "createdAt": made.created_at, "createdBy": made.created_by} for made in self.secrets
        ]
        return 200, {"clientId": CLIENT, "clientName": "Ours", "clientSecrets": rows}

    def _add(self) -> tuple[int, t.Any]:
        if len(self.secrets) >= 5:
            return 409, {"errors": [{"code": "HTTP-409", "title": "Conflict"}]}
        made = self.add(self.maker, self.next_hint)
        self.refusals[made.value] = self.slow
        row = {"hint": made.hint, "clientSecret": made.value, "createdAt": made.created_at}
        return 201, {**row, "clientId": CLIENT, "createdBy": made.created_by}

    def _remove(self, hint: str) -> tuple[int, t.Any]:
        for made in self.secrets:
            if made.hint == hint:
                self.secrets.remove(made)
                self.gone.append(made)
                return 204, None
        return 404, {"errors": [{"code": "HTTP-404", "title": "Not found"}]}


def _name_of(request: Request) -> str:
    return {"/oauth/token": TOKEN, "/api/v1/users/me": ME}.get(request.path, request.method)


@dataclass
class Machine:
    """Where runs are started, with the book that they turn over."""

    cloud: Cloud
    book: VaultBook
    folder: Path
    now: float = START
    retries: int = 0
    token_cache: str = "none"
    told: list[str] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    @property
    def host(self) -> str | None:
        return None if self.cloud.host == CONSOLE else self.cloud.host

    def write(self, made: Made, **more: str) -> None:
        """A book whose entry holds the secret."""
        lines = [f"client_id: {CLIENT}", f"client_secret: {self.book.closed(made.value, indent=6)}"]
        lines += [f"{key}: {value}" for key, value in more.items()]
        head, first, rest = (
            ("tenants:", f"  - hostname: {self.host}", "    ") if self.host else ("organization:", "", "  ")
        )
        indented = [rest + line for line in lines]
        self.book.write("\n".join(filter(None, ["# ours", head, first, *indented])) + "\n")

    @property
    def entry(self) -> dict[str, t.Any]:
        values = self.book.values()
        return t.cast("dict[str, t.Any]", values["tenants"][0] if self.host else values["organization"])

    def rotation(self, check_mode: bool = False, wait: float = -1.0) -> Rotation:
        http = HttpSettings(retries=self.retries)
        connection = Connection(f"https://{CONSOLE}", http, self.token_cache, str(self.folder / "cache"), None)
        watch = Watch(wait, self.pauses.append)
        door = Door(connection, f"https://{self.cloud.host}", self.host is None, watch, self.told.append)
        return Rotation(BookEntry.of_host(self.book.open(), self.host), door, check_mode)

    def rotate(self, keep_days: int = 7, **more: t.Any) -> str:
        return self.rotation(**more).rotate(keep_days)

    def retire(self, at_once: bool = False, **more: t.Any) -> str:
        return self.rotation(**more).retire(at_once)

    def fails(self, work: t.Callable[..., str], kind: type[QlikError] = ConfigurationError, **more: t.Any) -> str:
        with pytest.raises(kind) as caught:
            work(**more)
        assert caught.type is kind
        self.demand_discretion(caught.value)
        return str(caught.value)

    def demand_discretion(self, error: BaseException | None = None) -> None:
        shown = "".join([*self.told, *(traceback.format_exception(error) if error else ())])
        assert not [value for value in self.cloud.values if value in shown]
        assert not [value for value in self.cloud.values if value in self.book.text]


@pytest.fixture(params=[CONSOLE, TENANT])
def machine(request: pytest.FixtureRequest, vault_book: VaultBook, tmp_path: Path, monkeypatch: t.Any) -> Machine:
    """A book with the first of the client's secrets, on the console and then on a tenant."""
    return _machine(request.param, vault_book, tmp_path, monkeypatch)


def _exchange_with(cloud: Cloud) -> t.Callable[[Transport, t.Any], t.Any]:
    def exchange(transport: Transport, request: t.Any) -> t.Any:
        return cloud.exchange(transport, request)

    return exchange


def _machine(host: str, book: VaultBook, folder: Path, patch: pytest.MonkeyPatch) -> Machine:
    cloud = Cloud(host)
    machine = Machine(cloud, book, folder)
    cloud.moment = lambda: machine.now
    patch.setattr(Transport, "_exchange", _exchange_with(cloud))
    patch.setattr(_rotation, "time", types.SimpleNamespace(time=lambda: machine.now))
    patch.setattr(_watch, "time", types.SimpleNamespace(monotonic=lambda: sum(machine.pauses)))
    patch.setattr(os, "fsync", lambda handle: None)
    machine.write(cloud.add())
    return machine


def at(cloud: Cloud, name: str, number: int, deed: t.Callable[[t.Callable[[], t.Any]], t.Any]) -> None:
    """At the request of that name and number, counted from 1, let deed carry it out."""
    seen: list[str] = []

    def around(sent: str, carry_out: t.Callable[[], t.Any]) -> t.Any:
        seen.append(sent)
        is_it = sent == name and seen.count(name) == number
        return deed(carry_out) if is_it else carry_out()

    cloud.around = around


def lost(carry_out: t.Callable[[], t.Any]) -> t.NoReturn:
    carry_out()
    raise TransportError("The answer was lost.", transient=True)


def crash_before(_carry_out: t.Callable[[], t.Any]) -> t.NoReturn:
    raise Crash


def crash_after(carry_out: t.Callable[[], t.Any]) -> t.NoReturn:
    carry_out()
    raise Crash


def refused(status: int) -> t.Callable[..., tuple[int, t.Any]]:
    return lambda _carry_out: (status, {"errors": [{"code": f"HTTP-{status}", "title": "No"}]})


def crashed(work: t.Callable[..., str]) -> None:
    with pytest.raises(Crash):
        work()


def failing_write(monkeypatch: pytest.MonkeyPatch, *fates: str) -> None:
    """The writes of the book end so, one after the other; then they succeed again."""
    left, write = list(fates), VaultFile.write

    def writing(self: VaultFile, document: t.Any) -> None:
        fate = left.pop(0) if left else "done"
        if "before" not in fate:
            write(self, document)
        if "full" in fate:
            raise ConfigurationError("The disk is full.")
        if "crash" in fate:
            raise Crash

    monkeypatch.setattr(VaultFile, "write", writing)


def test_a_rotation_ends_with_both_secrets_valid(machine: Machine) -> None:
    cloud, (old,) = machine.cloud, machine.cloud.secrets
    assert machine.rotate(keep_days=3) == ROTATED
    _old, new = cloud.secrets
    assert machine.entry == {
        **({"hostname": TENANT} if machine.host else {}),
        "client_id": CLIENT,
        "client_secret": new.value,
        "hint": new.hint,
        "created_at": iso_of(machine.now),
        "previous": {
            "hint": old.hint,
            "client_secret": old.value,
            "retire_after": iso_of(machine.now + 3 * DAY),
        },
    }
    assert (cloud.gone, machine.told, cloud.sent.count(POST)) == ([], [], 1)
    machine.demand_discretion()


def test_a_later_run_with_the_new_secret_removes_the_old_one_when_its_date_has_passed(machine: Machine) -> None:
    machine.rotate(keep_days=3)
    old, new = machine.cloud.secrets
    machine.now += 3 * DAY - 1
    assert (machine.retire(), machine.cloud.sent.count(DELETE)) == (KEPT, 0)
    machine.now += 1
    machine.cloud.sent.clear()
    assert machine.retire() == RETIRED
    assert (machine.cloud.secrets, machine.cloud.gone) == ([new], [old])
    assert machine.cloud.sent.index(TOKEN) < machine.cloud.sent.index(DELETE)
    assert "previous" not in machine.entry
    assert machine.retire() == NOTHING


def test_an_entry_with_a_previous_secret_is_left_as_it_is(machine: Machine) -> None:
    machine.rotate()
    before, sent = machine.book.text, len(machine.cloud.sent)
    assert machine.rotate() == KEPT
    assert (machine.book.text, len(machine.cloud.sent)) == (before, sent)


def test_it_can_be_done_again_and_again(machine: Machine) -> None:
    for number in range(1, 4):
        assert (machine.rotate(), machine.retire(at_once=True)) == (ROTATED, RETIRED)
        assert (machine.cloud.hints, machine.entry["hint"]) == ([f"h{number + 1}"], f"h{number + 1}")


def test_the_hints_there_were_are_journalled_before_one_is_added(machine: Machine) -> None:
    machine.write(machine.cloud.secrets[0], hint="h1")
    machine.cloud.add()
    seen: list[t.Any] = []

    def look(carry_out: t.Callable[[], t.Any]) -> t.Any:
        seen.append(machine.entry["next"])
        return carry_out()

    at(machine.cloud, POST, 1, look)
    machine.rotate()
    assert seen == [{"started_at": iso_of(machine.now), "before": ["h1", "h2"]}]


def test_the_new_secret_is_stored_before_it_is_proved_and_proved_before_it_is_relied_on(machine: Machine) -> None:
    (old,) = machine.cloud.secrets
    seen: list[t.Any] = []

    def around(name: str, carry_out: t.Callable[[], t.Any]) -> t.Any:
        if POST in machine.cloud.sent[:-1]:
            seen.append((name, machine.entry["client_secret"], machine.entry["next"].get("client_secret")))
        return carry_out()

    machine.cloud.around = around
    machine.rotate()
    assert seen[0] == (TOKEN, old.value, machine.cloud.secrets[1].value)
    assert {relied for _name, relied, _next in seen} == {old.value}


def test_a_new_secret_is_given_time_to_be_accepted(machine: Machine) -> None:
    machine.cloud.slow = 4
    assert machine.rotate(wait=60) == ROTATED
    assert len(machine.pauses) == 4


def test_a_new_secret_that_is_not_accepted_in_time_is_not_relied_on(machine: Machine) -> None:
    machine.cloud.slow = 3
    message = machine.fails(machine.rotate)
    old, new = machine.cloud.secrets
    assert f"The new secret {new.hint} of the OAuth client {CLIENT} (Ours) is stored and not yet accepted;" in message
    assert (machine.entry["client_secret"], machine.entry["next"]["client_secret"]) == (old.value, new.value)
    assert "previous" not in machine.entry
    assert machine.rotate(wait=60) == ROTATED
    assert (machine.entry["client_secret"], machine.cloud.hints) == (new.value, [old.hint, new.hint])


@pytest.mark.parametrize("status", [403, 500, 503])
def test_a_proof_that_fails_otherwise_can_be_made_up_for(machine: Machine, status: int) -> None:
    at(machine.cloud, TOKEN, 2, refused(status))
    with pytest.raises(ApiError):
        machine.rotate()
    assert machine.entry["client_secret"] == machine.cloud.secrets[0].value
    machine.cloud.around = None
    assert machine.rotate() == ROTATED
    assert machine.cloud.sent.count(POST) == 1


def test_a_new_secret_that_somebody_removed_is_forgotten(machine: Machine) -> None:
    machine.cloud.slow = 1
    machine.fails(machine.rotate)
    old, new = machine.cloud.secrets
    machine.cloud.take(new)
    message = machine.fails(machine.rotate)
    assert f"The new secret {new.hint} of the OAuth client {CLIENT} (Ours) was removed by somebody" in message
    assert (machine.entry["client_secret"], "next" in machine.entry) == (old.value, False)
    machine.cloud.slow = 0
    assert machine.rotate() == ROTATED


def test_a_new_secret_that_is_removed_but_opens_a_while_longer_is_not_relied_on(machine: Machine) -> None:
    crash = crash_before
    at(machine.cloud, TOKEN, 2, crash)
    crashed(machine.rotate)
    _old, new = machine.cloud.secrets
    machine.cloud.take(new)
    ok = 200, {"access_token": "a-t0ken", "expires_in": 21600}
    at(machine.cloud, TOKEN, 1, lambda _carry_out: ok)
    assert "is stored and accepted, but the client has the secrets h1 (" in machine.fails(machine.rotate)
    assert machine.entry["client_secret"] == machine.cloud.secrets[0].value
    machine.cloud.around = None
    assert "was removed by somebody" in machine.fails(machine.rotate)
    assert "next" not in machine.entry
    assert machine.rotate() == ROTATED


def test_five_secrets_are_the_most(machine: Machine) -> None:
    machine.write(machine.cloud.secrets[0], hint="h1")
    for _more in range(4):
        machine.cloud.add()
    before = machine.book.text
    for check_mode in (True, False):
        message = machine.fails(machine.rotate, check_mode=check_mode)
        assert "has 5 secrets, which is the most: h1 (created at 2030-01-01T00:00:00Z), h2 (" in message
    assert (machine.book.text, machine.cloud.sent.count(POST)) == (before, 0)


def test_four_secrets_leave_room(machine: Machine) -> None:
    machine.write(machine.cloud.secrets[0], hint="h1")
    for _more in range(3):
        machine.cloud.add()
    assert machine.rotate() == ROTATED


def test_which_of_several_secrets_the_entry_holds_must_be_known(machine: Machine) -> None:
    machine.cloud.add()
    message = machine.fails(machine.rotate)
    assert "has the secrets h1 (created at 2030-01-01T00:00:00Z), h2 (created" in message
    assert "does not say which it holds: set its hint there, by the module vault_vars." in message
    assert POST not in machine.cloud.sent


def test_a_client_without_secrets_is_refused(machine: Machine) -> None:
    at(machine.cloud, GET, 1, lambda _carry_out: (200, {"clientId": CLIENT}))
    assert "has the secrets none, and" in machine.fails(machine.rotate)


@pytest.mark.parametrize("hint", ["h9", "H1", "'h1 '", "1", "true"])
def test_a_wrong_hint_in_the_book_is_refused(machine: Machine, hint: str) -> None:
    machine.write(machine.cloud.secrets[0], hint=hint)
    message = machine.fails(machine.rotate)
    assert "says that its secret has the hint" in message
    assert "but the OAuth client client-1 (Ours) has the secrets h1 (created at 2030-01-01T00:00:00Z);" in message
    assert POST not in machine.cloud.sent


def test_two_secrets_of_the_hint_in_the_book_are_refused(machine: Machine) -> None:
    machine.write(machine.cloud.secrets[0], hint="h1")
    machine.cloud.add(hint="h1")
    assert "says that its secret has the hint h1" in machine.fails(machine.rotate)
    assert POST not in machine.cloud.sent


def test_a_hint_that_yaml_takes_for_a_number_is_kept_as_text(machine: Machine) -> None:
    (old,) = machine.cloud.secrets
    machine.cloud.secrets = [Made("12345", old.value, COLLEAGUE)]
    machine.write(old, hint="12345")
    assert machine.rotate() == ROTATED
    assert (machine.entry["previous"]["hint"], machine.cloud.hints) == ("12345", ["12345", "h2"])


def test_a_token_that_is_kept_does_not_prove_which_secret_the_entry_holds(machine: Machine) -> None:
    machine.token_cache = "user"
    machine.rotate(check_mode=True)
    (old,) = machine.cloud.secrets
    machine.cloud.take(old)
    colleagues = machine.cloud.add()
    machine.fails(machine.rotate, AuthenticationError)
    assert (machine.cloud.secrets, machine.cloud.sent.count(POST)) == ([colleagues], 0)


@pytest.mark.parametrize("work", ["rotate", "retire"])
@pytest.mark.parametrize(("status", "kind"), [(403, PermissionDeniedError), (401, AuthenticationError)])
def test_a_client_that_may_not_look_at_itself_changes_nothing(
    machine: Machine, work: str, status: int, kind: type[QlikError]
) -> None:
    if work == "retire":
        machine.rotate()
    machine.now += 30 * DAY
    before, machine.cloud.around = machine.book.text, None
    machine.cloud.around = lambda name, carry_out: refused(status)(carry_out) if name == GET else carry_out()
    machine.cloud.sent.clear()
    machine.fails(getattr(machine, work), kind)
    assert (machine.book.text, {POST, DELETE} & set(machine.cloud.sent)) == (before, set())


@pytest.mark.parametrize(
    ("status", "kind"),
    [(401, AuthenticationError), (403, PermissionDeniedError), (409, ApiError), (404, NotFoundError)],
)
def test_an_addition_that_was_certainly_refused_leaves_no_journal(
    machine: Machine, status: int, kind: type[QlikError]
) -> None:
    machine.cloud.around = lambda name, carry_out: refused(status)(carry_out) if name == POST else carry_out()
    machine.fails(machine.rotate, kind)
    assert "next" not in machine.entry
    machine.cloud.around = None
    machine.cloud.add(machine.cloud.maker)
    machine.rotate()
    assert machine.cloud.gone == []


@pytest.mark.parametrize("is_carried_out", [True, False])
@pytest.mark.parametrize("end", ["lost", "503", "nonsense", "no value"])
def test_an_addition_of_unknown_outcome_is_tidied_by_the_next_run(
    machine: Machine, is_carried_out: bool, end: str
) -> None:
    def ending(carry_out: t.Callable[[], t.Any]) -> t.Any:
        if is_carried_out:
            carry_out()
        if end == "lost":
            raise TransportError("The answer was lost.", transient=True)
        return {"503": (503, {}), "nonsense": (201, []), "no value": (201, {"hint": "h2"})}[end]

    machine.retries = 3
    at(machine.cloud, POST, 1, ending)
    message = machine.fails(machine.rotate, UnknownOutcomeError)
    assert f"Whether a secret was added to the OAuth client {CLIENT} (Ours) is not known. The present one" in message
    assert "compare the hints" not in message
    assert machine.cloud.sent.count(POST) == 1
    assert machine.entry["next"]["before"] == ["h1"]
    machine.cloud.around = None
    assert machine.rotate() == ROTATED
    assert machine.cloud.hints == ["h1", machine.entry["hint"]]
    assert [made.hint for made in machine.cloud.gone] == (["h2"] if is_carried_out else [])
    assert machine.told == []


def left_behind(machine: Machine, **made: t.Any) -> Made:
    """What a run leaves that was cut after it made a secret, before it stored it."""
    machine.write(machine.cloud.secrets[0], hint="h1")
    machine.cloud.names_maker = made.pop("names_maker", True)
    at(machine.cloud, POST, 1, crash_after)
    crashed(machine.rotate)
    machine.cloud.around = None
    return machine.cloud.secrets[-1]


def test_what_a_run_has_left_is_removed_and_not_what_a_colleague_has_made_since(machine: Machine) -> None:
    left, colleagues = left_behind(machine), machine.cloud.add()
    assert machine.rotate() == ROTATED
    assert machine.cloud.gone == [left]
    assert machine.cloud.secrets[1] == colleagues
    (told,) = machine.told
    assert told.startswith(
        f"The secret {colleagues.hint} (created at 2030-01-01T00:00:00Z) of the OAuth client {CLIENT}"
    )
    assert "and is not known here; it may be a colleague's, and is left alone." in told


def test_what_a_run_has_left_is_removed_by_the_second_try_when_the_answer_to_the_first_is_lost(
    machine: Machine,
) -> None:
    left = left_behind(machine)
    machine.retries = 1
    at(machine.cloud, DELETE, 1, lost)
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(Transport.__init__.__kwdefaults__ or {}, "sleep", machine.pauses.append)
        assert machine.rotate() == ROTATED
    assert (machine.cloud.gone, machine.cloud.sent.count(DELETE)) == ([left], 2)


@pytest.mark.parametrize("creator", [None, "", COLLEAGUE, "qlikbot"])
def test_a_secret_of_another_or_an_unknown_maker_is_reported_and_left(machine: Machine, creator: str | None) -> None:
    left = left_behind(machine)
    machine.cloud.secrets[-1] = other = Made(left.hint, left.value, creator)
    assert machine.rotate() == ROTATED
    assert (machine.cloud.gone, len(machine.told)) == ([], 1)
    assert other in machine.cloud.secrets


def test_two_secrets_that_the_client_may_have_made_are_both_left(machine: Machine) -> None:
    left_behind(machine)
    machine.cloud.add(machine.cloud.maker)
    assert machine.rotate() == ROTATED
    assert (machine.cloud.gone, len(machine.told)) == ([], 2)


@pytest.mark.parametrize("other", [COLLEAGUE, None, "h1"])
def test_what_a_run_has_left_is_not_removed_by_a_hint_that_means_two(machine: Machine, other: str | None) -> None:
    left = left_behind(machine)
    machine.cloud.add(other, left.hint)
    machine.rotate()
    assert machine.cloud.gone == []
    assert len(machine.told) == 2


@pytest.mark.parametrize("creator", [CLIENT, BOT, f"qlikbot\\{CLIENT}"])
def test_a_maker_is_known_by_each_of_its_names(machine: Machine, creator: str) -> None:
    left = left_behind(machine)
    machine.cloud.secrets[-1] = replace(left, created_by=creator)
    machine.rotate()
    is_known = machine.host is not None or creator == CLIENT
    assert [made.hint for made in machine.cloud.gone] == ([left.hint] if is_known else [])


@pytest.mark.parametrize(("seconds", "is_ours"), [(-601, False), (-600, True), (600, True), (601, False)])
def test_what_was_made_at_another_time_is_of_somebody_else(machine: Machine, seconds: int, is_ours: bool) -> None:
    left = left_behind(machine)
    machine.cloud.secrets[-1] = replace(left, created_at=iso_of(machine.now + seconds))
    machine.rotate()
    assert [made.hint for made in machine.cloud.gone] == ([left.hint] if is_ours else [])


def test_nobody_is_asked_for_names_when_nothing_is_left(machine: Machine) -> None:
    at(machine.cloud, POST, 1, crash_before)
    crashed(machine.rotate)
    machine.cloud.around = None
    assert machine.rotate() == ROTATED
    assert ME not in machine.cloud.sent


@pytest.mark.parametrize(
    "journal",
    ["", "{}", "{started_at: 2026-01-01}", "{before: h1}", "{before: null}", "{before: []}", "{before: [h7]}"],
)
def test_a_spoilt_journal_removes_nothing(machine: Machine, journal: str) -> None:
    (old,) = machine.cloud.secrets
    machine.cloud.secrets = [Made("h1", old.value, machine.cloud.maker)]
    machine.write(old, hint="h1", next=journal or "null")
    assert machine.rotate() == ROTATED
    assert (machine.cloud.gone, machine.cloud.hints) == ([], ["h1", "h2"])


@pytest.mark.parametrize("journal", ["{}", "{started_at: 2026-01-01}", "{before: h1}", "{before: []}"])
def test_a_spoilt_journal_says_nothing_of_what_the_client_made(machine: Machine, journal: str) -> None:
    machine.write(machine.cloud.secrets[0], hint="h1", next=journal)
    machine.cloud.add(machine.cloud.maker)
    assert machine.rotate() == ROTATED
    assert machine.cloud.gone == []


def test_what_was_left_makes_room_for_what_is_new(machine: Machine) -> None:
    left_behind(machine)
    for _more in range(3):
        machine.cloud.add()
    assert machine.rotate(check_mode=True) == ROTATED
    assert machine.cloud.gone == []
    assert machine.rotate() == ROTATED
    assert len(machine.cloud.secrets) == 5


@pytest.mark.parametrize("is_removed", [True, False])
def test_a_secret_that_cannot_be_stored_is_removed_again(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, is_removed: bool
) -> None:
    with monkeypatch.context() as patch:
        failing_write(patch, "done", "full before")
        machine.cloud.around = lambda name, carry_out: (
            refused(503)(carry_out) if name == DELETE and not is_removed else carry_out()
        )
        message = machine.fails(machine.rotate)
    machine.cloud.around = None
    assert message.startswith("The disk is full. The secret h2 that was made for it ")
    assert message.endswith("for it is removed." if is_removed else "is there still; run again, and it is removed.")
    assert machine.cloud.hints == (["h1"] if is_removed else ["h1", "h2"])
    assert machine.entry["client_secret"] == machine.cloud.secrets[0].value
    assert ("next" in machine.entry) is not is_removed
    assert machine.rotate() == ROTATED
    assert machine.cloud.hints == ["h1", "h3"]


def test_a_secret_that_cannot_be_stored_is_removed_again_on_a_disk_that_stays_full(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        failing_write(patch, "done", "full before", "full before")
        assert "is removed." in machine.fails(machine.rotate)
    assert machine.cloud.hints == ["h1"]
    assert machine.rotate() == ROTATED


def test_a_removal_whose_answer_is_lost_is_one_when_there_is_nothing_more_to_remove(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    machine.retries = 1
    monkeypatch.setitem(Transport.__init__.__kwdefaults__ or {}, "sleep", machine.pauses.append)
    failing_write(monkeypatch, "done", "full before")
    at(machine.cloud, DELETE, 1, lost)
    assert machine.fails(machine.rotate).endswith("for it is removed.")


def test_a_secret_that_was_stored_though_the_write_failed_is_not_relied_on(
    machine: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        failing_write(patch, "done", "full", "full before")
        machine.fails(machine.rotate)
    assert "was removed by somebody" in machine.fails(machine.rotate)
    assert machine.rotate() == ROTATED


def test_a_journal_that_cannot_be_written_adds_no_secret(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    failing_write(monkeypatch, "full before")
    machine.fails(machine.rotate)
    assert POST not in machine.cloud.sent


@pytest.mark.parametrize("hint", ["h1", "h2"])
def test_a_new_secret_with_the_hint_of_another_takes_none_away(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, hint: str
) -> None:
    machine.write(machine.cloud.secrets[0], hint="h1")
    machine.cloud.add()
    machine.cloud.next_hint = hint
    with monkeypatch.context() as patch:
        failing_write(patch, "done", "full before")
        assert "is removed." not in machine.fails(machine.rotate)
    assert machine.cloud.gone == []


def test_two_secrets_of_the_hint_that_was_made_are_not_relied_on(machine: Machine) -> None:
    machine.cloud.next_hint = "h1"
    assert "is stored and accepted, but" in machine.fails(machine.rotate)
    assert machine.entry["client_secret"] == machine.cloud.secrets[0].value
    assert machine.cloud.gone == []


def test_a_date_that_is_not_told_is_not_that_of_the_secret_before(machine: Machine) -> None:
    machine.write(machine.cloud.secrets[0], created_at="'2020-01-01T00:00:00Z'")

    def undated(carry_out: t.Callable[[], t.Any]) -> t.Any:
        status, document = carry_out()
        return status, {key: value for key, value in document.items() if key != "createdAt"}

    at(machine.cloud, POST, 1, undated)
    machine.rotate()
    assert "created_at" not in machine.entry


def retirable(machine: Machine, value: str | None = None, **changes: str) -> tuple[Made, Made]:
    """Two secrets, the date of the first of which is over, and a book that says so but for the changes."""
    if not machine.cloud.secrets[1:]:
        machine.cloud.add(machine.cloud.maker)
    old, new = machine.cloud.secrets[:2]
    lines = {"hint": old.hint, "retire_after": "'2020-01-01T00:00:00Z'", **changes}
    indent = 8 if machine.host else 6
    keys = "".join(f"\n{' ' * (indent - 2)}{key}: {value}" for key, value in lines.items() if value != "-")
    closed = machine.book.closed(value or old.value, indent=indent)
    machine.write(new, hint=new.hint, previous=f"{keys}\n{' ' * (indent - 2)}client_secret: {closed}")
    return old, new


@pytest.mark.parametrize(
    "date", ["2030-03-17", "2030-03-17T17:46:40Z", "2030-03-17 17:46:40", "'2030-03-17T17:46:40.000Z'", "'2030-03-17'"]
)
def test_a_date_may_be_written_with_quotes_and_without(machine: Machine, date: str) -> None:
    old, new = retirable(machine, retire_after=date)
    moment = parse_iso(date.strip("'"))
    assert moment
    machine.now = moment.timestamp() - 1
    assert (machine.retire(), machine.cloud.secrets) == (KEPT, [old, new])
    machine.now += 1
    assert (machine.retire(), machine.cloud.secrets) == (RETIRED, [new])


@pytest.mark.parametrize("date", ["soon", "-", "''", "null", "2030", "true", "[2020-01-01]", "'2020-13-01'"])
@pytest.mark.parametrize("check_mode", [True, False])
def test_a_date_that_cannot_be_read_is_refused(machine: Machine, date: str, check_mode: bool) -> None:
    old, new = retirable(machine, retire_after=date)
    message = machine.fails(machine.retire, check_mode=check_mode)
    assert message.startswith("The retire_after of previous in the ")
    assert (machine.cloud.secrets, machine.cloud.sent) == ([old, new], [])


@pytest.mark.parametrize("previous", ["-", "null", "''", "own", "'own '"])
def test_a_previous_hint_that_is_none_or_that_of_the_present_secret_is_refused(machine: Machine, previous: str) -> None:
    retirable(machine)
    new = machine.cloud.secrets[1]
    old, _new = retirable(machine, hint=new.hint if previous == "own" else previous)
    if previous == "'own '":
        assert machine.retire() == RETIRED
    else:
        assert "is the previous one of the" in machine.fails(machine.retire)
    assert machine.cloud.secrets == [old, new]


@pytest.mark.parametrize(("kept", "previous"), [("12345", "'12345'"), ("'12345'", "12345")])
def test_a_number_and_a_text_may_be_the_same_hint(machine: Machine, kept: str, previous: str) -> None:
    machine.cloud.add(hint="12345")
    old, new = retirable(machine, hint=previous)
    machine.book.write(re.sub(r"(\n {2,4})hint: '?12345'?", rf"\1hint: {kept}", machine.book.text, count=1))
    assert "is the previous one of the" in machine.fails(machine.retire)
    assert machine.cloud.secrets == [old, new]


def test_two_secrets_of_the_previous_hint_are_refused(machine: Machine) -> None:
    retirable(machine)
    machine.cloud.add(hint="h1")
    assert "is not clear from its hint, h1; remove it by hand" in machine.fails(machine.retire)
    assert machine.cloud.gone == []


def test_a_previous_secret_that_is_gone_already_is_forgotten(machine: Machine) -> None:
    old, new = retirable(machine)
    machine.cloud.take(old)
    assert (machine.retire(), "previous" in machine.entry, machine.cloud.secrets) == (RETIRED, False, [new])


def test_the_previous_secret_stays_when_the_present_one_is_not_accepted(machine: Machine) -> None:
    old, new = retirable(machine)
    machine.cloud.refusals[new.value] = 1
    machine.fails(machine.retire, AuthenticationError)
    assert (machine.cloud.secrets, "previous" in machine.entry) == ([old, new], True)
    machine.cloud.refusals[new.value] = 2
    assert machine.retire(wait=60) == RETIRED


def test_a_kept_token_is_no_proof_of_the_present_secret(machine: Machine) -> None:
    old, new = retirable(machine)
    machine.token_cache = "user"
    machine.rotation().door.clients(machine.rotation()._credential(machine.entry)).get(CLIENT)
    machine.cloud.take(new)
    machine.fails(machine.retire, AuthenticationError)
    assert machine.cloud.secrets == [old]


@pytest.mark.parametrize("hint", ["h9", "-", "null"])
def test_the_previous_secret_stays_when_the_present_hint_is_wrong(machine: Machine, hint: str) -> None:
    old, new = retirable(machine)
    present = re.compile(r"\n( {2,4})hint: h2\n")
    line = "\n" if hint == "-" else rf"\n\1hint: {hint}\n"
    machine.book.write(present.sub(line, machine.book.text))
    assert "says that its secret has the hint" in machine.fails(machine.retire)
    assert machine.cloud.secrets == [old, new]


def test_a_hint_called_none_is_not_that_of_an_entry_without_one(machine: Machine) -> None:
    machine.cloud.add(hint="None")
    retirable(machine)
    machine.book.write(re.sub(r"\n +hint: None\n", "\n", machine.book.text))
    machine.fails(machine.retire)
    assert len(machine.cloud.secrets) == 2


def test_the_old_secret_stays_when_somebody_has_put_it_back(machine: Machine) -> None:
    machine.cloud.add(machine.cloud.maker)
    old, new = machine.cloud.secrets
    retirable(machine, new.value)
    message = machine.fails(machine.retire)
    assert "holds the same secret twice" in message
    assert machine.cloud.secrets == [old, new]


@pytest.mark.parametrize("client", [CLIENT, "client-2"])
def test_the_old_secret_stays_while_another_entry_relies_on_it(machine: Machine, client: str) -> None:
    old, new = retirable(machine)
    closed = machine.book.closed(old.value, indent=6)
    other = f"  - hostname: other.eu.qlikcloud.com\n    client_id: {client}\n    client_secret: {closed}\n"
    text = machine.book.text if machine.host else machine.book.text + "tenants:\n"
    machine.book.write(text + other)
    if client == CLIENT:
        assert "another entry of it relies on" in machine.fails(machine.retire)
        assert machine.cloud.secrets == [old, new]
    else:
        assert (machine.retire(), machine.cloud.secrets) == (RETIRED, [new])


def test_other_entries_need_not_be_opened(machine: Machine) -> None:
    machine.book.passwords["another"] = b"word"
    retirable(machine)
    closed = machine.book.closed("s3cret", "another", indent=6)
    other = f"  - hostname: other.eu.qlikcloud.com\n    client_id: c\n    client_secret: {closed}\n"
    machine.book.write((machine.book.text if machine.host else machine.book.text + "tenants:\n") + other)
    del machine.book.passwords["another"]
    assert machine.retire() == RETIRED


@pytest.mark.parametrize("end", ["lost", "crash after", "crash before", "403", "503"])
def test_a_retirement_that_ends_at_its_removal_can_be_run_again(machine: Machine, end: str) -> None:
    _old, new = retirable(machine)
    deeds = {"lost": lost, "crash after": crash_after, "crash before": crash_before}
    at(machine.cloud, DELETE, 1, deeds.get(end) or refused(int(end)))
    with pytest.raises((QlikError, Crash)):
        machine.retire()
    assert (machine.entry["client_secret"], machine.entry["previous"]["hint"]) == (new.value, "h1")
    machine.cloud.around = None
    assert machine.retire() == RETIRED
    assert (machine.cloud.secrets, "previous" in machine.entry) == ([new], False)


def test_check_mode_rotates_nothing(machine: Machine) -> None:
    before = machine.book.text
    assert machine.rotate(check_mode=True) == ROTATED
    assert (machine.book.text, machine.cloud.hints, {POST, DELETE} & set(machine.cloud.sent)) == (before, ["h1"], set())


def test_check_mode_tidies_nothing_and_goes_on_with_nothing(machine: Machine) -> None:
    left = left_behind(machine)
    before = machine.book.text
    assert machine.rotate(check_mode=True) == ROTATED
    assert (machine.book.text, left in machine.cloud.secrets) == (before, True)
    at(machine.cloud, TOKEN, 3, crash_before)
    with contextlib.suppress(Crash):
        machine.rotate()
    machine.cloud.around, before = None, machine.book.text
    assert machine.rotate(check_mode=True) == ROTATED if not machine.entry.get("previous") else KEPT
    assert machine.book.text == before


def test_check_mode_retires_nothing(machine: Machine) -> None:
    old, new = retirable(machine)
    before = machine.book.text
    assert machine.retire(check_mode=True) == RETIRED
    assert (machine.book.text, machine.cloud.secrets) == (before, [old, new])


def test_a_secret_that_is_stored_is_gone_on_with_and_no_other_is_made(machine: Machine) -> None:
    at(machine.cloud, TOKEN, 2, crash_before)
    crashed(machine.rotate)
    machine.cloud.around = None
    assert machine.rotate(check_mode=True) == ROTATED
    assert machine.rotate() == ROTATED
    assert (machine.cloud.sent.count(POST), machine.cloud.hints) == (1, ["h1", "h2"])


def test_a_stored_secret_is_all_that_is_taken_over(machine: Machine) -> None:
    new = machine.cloud.add(machine.cloud.maker)
    indent = 8 if machine.host else 6
    keys = "".join(
        f"\n{' ' * (indent - 2)}{line}"
        for line in (
            "hint: h2",
            "previous: {hint: h1}",
            "client_id: other",
            f"client_secret: {machine.book.closed(new.value, indent=indent)}",
        )
    )
    machine.write(machine.cloud.secrets[0], hint="h1", next=keys)
    machine.rotate()
    assert (machine.entry["client_id"], machine.entry["client_secret"]) == (CLIENT, new.value)
    assert machine.entry["previous"]["client_secret"] == machine.cloud.secrets[0].value


def test_a_stored_secret_without_a_hint_is_not_relied_on(machine: Machine) -> None:
    new = machine.cloud.add(machine.cloud.maker)
    indent = 8 if machine.host else 6
    closed = machine.book.closed(new.value, indent=indent)
    machine.write(machine.cloud.secrets[0], hint="h1", next=f"\n{' ' * (indent - 2)}client_secret: {closed}")
    before = machine.book.text
    assert "has no hint" in machine.fails(machine.rotate)
    assert machine.book.text == before


UNSENT = TransportError("Nobody listens.", transient=True, unsent=True)
LOST = TransportError("The answer was lost.", transient=True)


def ended(end: str, carry_out: t.Callable[[], t.Any]) -> t.Any:
    """A request that ends so."""
    if end == "unsent":
        raise UNSENT
    if end == "never came":
        raise LOST
    if end == "crash before":
        raise Crash
    if end.isdigit():
        return int(end), {}
    answer = carry_out()
    if end == "lost":
        raise LOST
    if end == "crash after":
        raise Crash
    return (answer[0], []) if end == "nonsense" else answer


ENDS = ["fine", "unsent", "never came", "lost", "nonsense", "401", "403", "503", "crash before", "crash after"]
FATES = ["done", "full before", "full", "crash before", "crash"]
DEEDS = ["rotate", "rotate", "retire", "rotate and retire now", "time passes", "add", "take"]


@dataclass(frozen=True)
class Step:
    """What is done, and what comes between: at which request and which write, counted from 1."""

    deed: str
    end: str = "fine"
    request: int = 1
    fate: str = "done"
    write: int = 1
    meddling: str | None = None
    meddled: int = 1
    slow: int = 0


STEPS = st.builds(
    Step,
    deed=st.sampled_from(DEEDS),
    end=st.sampled_from(ENDS),
    request=st.integers(1, 9),
    fate=st.sampled_from(FATES),
    write=st.integers(1, 4),
    meddling=st.sampled_from([None, None, "add", "take"]),
    meddled=st.integers(1, 9),
    slow=st.integers(0, 1),
)


class World:
    """A machine to which anything may happen."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.cloud = machine, machine.cloud
        machine.write(self.cloud.secrets[0], hint="h1")
        self.cloud.granted.add(self.cloud.secrets[0].value)
        self.relied, self.entry = {self.cloud.secrets[0].value}, machine.entry
        self.requests = self.writes = 0

    def take(self, step: Step) -> None:
        if step.deed == "time passes":
            self.machine.now += 8 * DAY
        elif step.deed in ("add", "take"):
            self.meddle(step.deed, step.request)
        else:
            self.run(step)
        self.check()

    def meddle(self, deed: str | None, number: int) -> None:
        """As a colleague does."""
        others = [made for made in self.cloud.secrets if made.created_by != self.cloud.maker and made.hint != "h1"]
        if deed == "add" and len(others) < 2 and len(self.cloud.secrets) < 5:
            self.cloud.add([COLLEAGUE, None][number % 2])
        if deed == "take" and self.cloud.secrets:
            self.cloud.take(self.cloud.secrets[number % len(self.cloud.secrets)])

    def run(self, step: Step) -> None:
        started_with, is_patient = self.machine.entry["client_secret"], step.slow
        self.requests, self.writes, self.cloud.slow = 0, 0, step.slow * 2
        self.cloud.around = lambda name, carry_out: self.request(step, name, carry_out)
        with pytest.MonkeyPatch.context() as patch:
            write = VaultFile.write
            patch.setattr(VaultFile, "write", lambda file, document: self.write(step, write, file, document))
            try:
                self.work(step.deed, 60.0 if is_patient and step.write % 2 else -1.0)
            except Crash:
                self.machine.demand_discretion()
            except QlikError as error:
                self.machine.demand_discretion(error)
        self.cloud.around, self.cloud.slow = None, 0
        is_kept = started_with not in [made.value for made in self.cloud.gone]
        assert is_kept or step.deed == "rotate and retire now", "a run removed the secret that it was started with"

    def work(self, deed: str, wait: float = 60.0) -> None:
        rotation = self.machine.rotation(wait=wait)
        if deed == "retire":
            rotation.retire()
            return
        rotation.rotate(keep_days=7)
        if deed == "rotate and retire now":
            rotation.retire(at_once=True)

    def request(self, step: Step, name: str, carry_out: t.Callable[[], t.Any]) -> t.Any:
        self.requests += 1
        if self.requests == step.meddled:
            self.meddle(step.meddling, step.request)
        answer = ended(step.end if self.requests == step.request else "fine", carry_out)
        if name == DELETE:
            self.check()
        return answer

    def write(self, step: Step, write: t.Callable[..., None], file: VaultFile, document: t.Any) -> None:
        self.writes += 1
        fate = step.fate if self.writes == step.write else "done"
        if "before" not in fate:
            write(file, document)
            self.check()
        if "full" in fate:
            raise ConfigurationError("The disk is full.")
        if "crash" in fate:
            raise Crash

    def check(self) -> None:
        """The book opens, and what it relies on opens the client, unless somebody else has removed that."""
        self.entry, cloud = self.machine.entry, self.cloud
        value = self.entry["client_secret"]
        self.relied.add(value)
        assert value in cloud.granted, "what is relied on has never proved itself"
        assert value in [made.value for made in (*cloud.secrets, *cloud.taken)], "what is relied on was removed"
        for made in cloud.gone:
            assert made.created_by == cloud.maker or made.value in self.relied, f"{made} was a colleague's"

    def finish(self) -> None:
        """As runs do to which nothing happens. What somebody else has shut out may stay so."""
        self.cloud.refusals.clear()
        for _run in range(3):
            try:
                self.work("rotate")
                break
            except QlikError as error:
                self.machine.demand_discretion(error)
                self.check()
        self.check()
        if self.entry["client_secret"] not in [made.value for made in self.cloud.secrets]:
            return
        for deed in ("rotate", "retire", "rotate", "retire"):
            self.machine.now += 8 * DAY
            self.work(deed)
            self.check()
            self.demand_tidiness()
        assert "previous" not in self.entry

    def demand_tidiness(self) -> None:
        assert "next" not in self.entry
        others = [made for made in self.cloud.secrets if made.created_by != self.cloud.maker and made.hint != "h1"]
        previous = self.entry.get("previous", {}).get("hint")
        gone = [made.hint for made in (*self.cloud.gone, *self.cloud.taken)]
        known = [self.entry["hint"], *([previous] if previous and previous not in gone else [])]
        assert sorted(self.cloud.hints) == sorted([*known, *(made.hint for made in others)])


@settings(suppress_health_check=list(HealthCheck))
@given(host=st.sampled_from([CONSOLE, TENANT]), steps=st.lists(STEPS, min_size=1, max_size=7))
def test_whatever_happens_the_entry_opens_the_client_and_nothing_of_others_is_lost(
    vault_book: VaultBook, host: str, steps: list[Step]
) -> None:
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        world = World(_machine(host, vault_book, Path(folder), patch))
        for step in steps:
            world.take(step)
        world.finish()


@pytest.mark.parametrize("deed", ["rotate", "retire", "rotate and retire now"])
@pytest.mark.parametrize("end", [end for end in ENDS if end != "fine"])
def test_a_run_may_end_at_any_request(machine: Machine, deed: str, end: str) -> None:
    demand_recovery(machine, deed, [Step(deed, end, request) for request in range(1, 8)])


@pytest.mark.parametrize("deed", ["rotate", "retire", "rotate and retire now"])
@pytest.mark.parametrize("fate", [fate for fate in FATES if fate != "done"])
def test_a_run_may_end_at_any_write(machine: Machine, deed: str, fate: str) -> None:
    demand_recovery(machine, deed, [Step(deed, fate=fate, write=write) for write in range(1, 5)])


def demand_recovery(machine: Machine, deed: str, steps: list[Step]) -> None:
    for step in steps:
        for made in (machine.cloud.secrets, machine.cloud.gone, machine.cloud.taken):
            made.clear()
        machine.write(machine.cloud.add(hint="h1"))
        world = World(machine)
        if deed == "retire":
            world.work("rotate")
            machine.now += 8 * DAY
        world.take(step)
        is_reached = world.requests >= step.request and world.writes >= step.write
        world.finish()
        assert world.cloud.secrets
        if not is_reached and step.request + step.write > 2:
            return
