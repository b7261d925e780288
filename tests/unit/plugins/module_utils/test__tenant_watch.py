# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AuthenticationError,
    ConfigurationError,
    IncompleteListError,
    TransportError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._event_memory import EventMemory
from ansible_collections.qlikops.cloud.plugins.module_utils._event_options import settled
from ansible_collections.qlikops.cloud.plugins.module_utils._tenant_watch import TenantWatch
from simulator import Fault, Simulator

LICENSE_END = 2_000_000_000.0  # 2033-05-18


@dataclass
class Watcher:
    """Starts a watch on a state file of its own, and reads what it puts down."""

    simulator: Simulator
    memory: EventMemory
    options: dict[str, t.Any] = field(default_factory=lambda: settled({"retries": 0, "token_cache": "none"}))
    given: tuple[str, str] | None = None
    now: float = LICENSE_END - 400 * 86400.0
    least: int = 0
    asked_for_credential: int = 0
    said: list[str] = field(default_factory=list)

    def start(self) -> TenantWatch:
        connection = Connection.from_options(self.options, None)
        return TenantWatch(
            connection, self._find, self.memory, (30,), "acme", self.least, self.said.append, clock=lambda: self.now
        )

    def _find(self) -> Credential:
        self.asked_for_credential += 1
        client_id, secret = self.given or (self.simulator.client_id, self.simulator.client_secret)
        return Credential.from_mapping({"client_id": client_id, "client_secret": secret}, "the test")

    def told(self) -> list[tuple[str, str]]:
        """Type and tenant of what was put down since the last time."""
        pending = self.memory.pending()
        for row in pending:
            self.memory.strike(row.number)
        return [(row.event["type"].removeprefix("tenant_"), row.event["tenant"]["id"]) for row in pending]


@pytest.fixture
def memory(tmp_path: Path) -> t.Iterator[EventMemory]:
    with closing(EventMemory(tmp_path / "tenants.db")) as memory:
        yield memory


@pytest.fixture
def watcher(organization: t.Callable[..., Simulator], memory: EventMemory) -> Watcher:
    simulator = organization(tenants=5)
    for tenant in simulator.state.tenants:
        tenant.license_ends_at = "2033-05-18T03:33:20Z"
        tenant.status = "active"
    return Watcher(simulator, memory)


def test_the_first_look_is_the_baseline(watcher):
    assert watcher.start().look() == 5
    assert watcher.told() == []
    assert len(watcher.memory.known()) == 5


@pytest.mark.parametrize("restarted", [False, True])
def test_each_change_is_told_once_also_after_a_restart(watcher, restarted):
    watch, tenants = watcher.start(), watcher.simulator.state.tenants
    watch.look()
    gone, changed, disabled = tenants[:3]
    tenants.remove(gone)
    changed.name, disabled.status = "Another", "disabled"
    added = watcher.simulator.add_tenant()
    watch = watcher.start() if restarted else watch
    watch.look()
    assert sorted(watcher.told()) == sorted(
        [("appeared", added.id), ("changed", changed.id), ("gone", gone.id), ("status_changed", disabled.id)]
    )
    watch = watcher.start() if restarted else watch
    watch.look()
    assert watcher.told() == []


def test_an_event_carries_the_label_and_the_time(watcher):
    watch = watcher.start()
    watch.look()
    watcher.simulator.add_tenant()
    watch.look()
    (pending,) = watcher.memory.pending()
    assert (pending.event["organization"], pending.event["observed_at"]) == ("acme", "2032-04-13T03:33:20Z")


def test_a_name_is_no_template_in_an_event(watcher):
    watch = watcher.start()
    watch.look()
    watcher.simulator.add_tenant(name="{{ lookup('pipe', 'id') }}")
    watch.look()
    (pending,) = watcher.memory.pending()
    assert pending.event["tenant"]["name"] == "{ { lookup('pipe', 'id') }}"


def test_licences_that_end_soon_are_told_at_the_first_look_too_and_once(watcher):
    watcher.now = LICENSE_END - 20 * 86400
    watch = watcher.start()
    watch.look()
    assert sorted(watcher.told()) == sorted(("license_ends_soon", x.id) for x in watcher.simulator.state.tenants)
    watch.look()
    watcher.start().look()
    assert watcher.told() == []


def test_a_tenant_that_a_list_leaves_out_is_not_gone(watcher):
    watch = watcher.start()
    watch.look()
    watcher.simulator.faults.append(Fault("GET /api/core/tenants", "left_out", times=1))
    assert watch.look() == 5
    assert watcher.simulator.faults[0].played == 1
    assert watcher.told() == []
    assert len(watcher.memory.known()) == 5


@pytest.mark.parametrize("fault", ["status=403", "html"])
def test_a_tenant_of_which_nothing_is_shown_counts_as_unchanged(fault, watcher):
    watch = watcher.start()
    watch.look()
    hidden = watcher.simulator.state.tenants.pop()
    added = watcher.simulator.add_tenant()
    watcher.simulator.faults.append(Fault.parse(f"GET /api/core/tenants/{hidden.id} {fault}"))
    assert watch.look() == 6
    assert watcher.told() == [("appeared", added.id)]
    assert hidden.id in watcher.memory.known()
    assert any("The tenant counts as unchanged." in sentence for sentence in watcher.said)


def test_after_the_end_nothing_is_asked(watcher):
    watch = watcher.start()
    watch.stop()
    with pytest.raises(TransportError):
        watch.look()
    assert not len(watcher.simulator.record)


def test_an_incomplete_list_fails_and_puts_nothing_down(watcher):
    watch = watcher.start()
    watch.look()
    watcher.simulator.state.tenants.pop()
    watcher.simulator.faults.append(Fault("GET /api/core/tenants", "wrong_total"))
    with pytest.raises(IncompleteListError):
        watch.look()
    assert watcher.told() == []


def test_fewer_tenants_than_expected_put_nothing_down(watcher):
    watcher.least = 5
    watch = watcher.start()
    watch.look()
    watcher.simulator.state.tenants.pop()
    with pytest.raises(IncompleteListError, match="4 tenants were listed, but expect_at_least wants 5"):
        watch.look()
    assert watcher.told() == []


def test_the_credential_is_read_anew_once_it_is_refused(watcher):
    watch = watcher.start()
    watch.look()
    watch.look()
    assert watcher.asked_for_credential == 1
    client = watcher.simulator.state.clients[watcher.simulator.client_id]
    watcher.simulator.add_secret(client.client_id)
    client.secrets.pop(0)
    with pytest.raises(AuthenticationError):
        watch.look()
    assert watch.look() == 5
    assert watcher.asked_for_credential == 2


def test_another_client_of_the_same_organization_goes_on(watcher):
    watcher.start().look()
    other = watcher.simulator.add_client("other")
    watcher.given = (other.client_id, other.secret)
    gone = watcher.simulator.state.tenants.pop()
    watcher.start().look()
    assert watcher.told() == [("gone", gone.id)]


def test_the_tenants_of_another_organization_are_refused(watcher):
    watcher.start().look()
    other = watcher.simulator.add_client("other")
    watcher.given = (other.client_id, other.secret)
    watcher.simulator.state.tenants.clear()
    watcher.simulator.add_tenant()
    with pytest.raises(ConfigurationError, match="None of the 5 tenants that the state file knows is in the list"):
        watcher.start().look()
    assert watcher.told() == []


def test_the_last_tenant_of_an_organization_can_be_gone(watcher):
    watch = watcher.start()
    watch.look()
    ids = sorted(tenant.id for tenant in watcher.simulator.state.tenants)
    watcher.simulator.state.tenants.clear()
    assert watch.look() == 0
    assert watcher.told() == [("gone", identity) for identity in ids]


def test_what_cannot_be_written_is_told_at_the_next_look(watcher, monkeypatch):
    watch = watcher.start()
    watch.look()
    added = watcher.simulator.add_tenant()

    def fail(*_: t.Any) -> None:
        raise ConfigurationError("disk full")

    with monkeypatch.context() as patch:
        patch.setattr(watcher.memory, "record", fail)
        with pytest.raises(ConfigurationError, match="disk full"):
            watch.look()
    watch.look()
    assert watcher.told() == [("appeared", added.id)]
