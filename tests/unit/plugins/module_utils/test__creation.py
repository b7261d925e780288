# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import os
import re
import tempfile
import time
import typing as t
from collections import Counter
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils import _journal
from ansible_collections.qlikops.cloud.plugins.module_utils._creation import Creation, Origin, Wish
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ApiError,
    AuthenticationError,
    ConfigurationError,
    IncompleteListError,
    PermissionDeniedError,
    QlikError,
    RateLimitError,
    TransportError,
    UnknownOutcomeError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._journal import Attempt, Journal
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import TenantList
from ansible_collections.qlikops.cloud.plugins.module_utils._private_files import write_private
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import iso_of

HOST, CLIENT, SUBSCRIPTION = "register.eu.qlikcloud.com", "client-1", "1000"
NORTH, SOUTH = "north.eu.qlikcloud.com", "south.eu.qlikcloud.com"
DAY = 86_400.0
LOST = TransportError("The answer was lost.", transient=True)
UNSENT = TransportError("Nobody listens.", transient=True, unsent=True)
OUTAGE = ApiError("It is out of order.", host=HOST, status=503)
SLOW, GONE = (ApiError("The gateway waited no longer.", host=HOST, status=status) for status in (408, 499))
CONFLICT = ApiError("There is one already.", host=HOST, status=409)
NONSENSE = AnswerError("It makes no sense.")
REFUSED = PermissionDeniedError("It may have no more tenants.", host=HOST, status=403)


def tenant(identity: str, *aliases: str, age: float | None = 60.0, region: str = "eu", **fields: t.Any) -> Tenant:
    created = {} if age is None else {"createdAt": iso_of(time.time() - age)}
    hostnames = [f"{identity}.{region}.qlikcloud.com", *aliases]
    row = {"id": identity, "hostnames": hostnames, "status": "active", "subscriptionId": SUBSCRIPTION}
    return Tenant.from_api({**row, **created, **fields})


@dataclass
class Cloud:
    """Console and register host. Each creation makes some tenants, perhaps unlisted, and ends with an error or not."""

    listed: list[Tenant] = field(default_factory=lambda: [tenant("t-0", "old.eu.qlikcloud.com", age=9 * DAY)])
    unlisted: list[Tenant] = field(default_factory=list)
    makes: tuple[Tenant, ...] = (tenant("t-1"),)
    error: QlikError | None = None
    is_listed_at_once: bool = True
    orders: list[tuple[str, str | None]] = field(default_factory=list)
    prepared: int = 0
    tells_total: bool = True

    def tenants(self) -> TenantList:
        return TenantList(tuple(self.listed), len(self.listed) if self.tells_total else None)

    def prepare(self) -> None:
        self.prepared += 1

    def create(self, license_key: str, datacenter: str | None) -> str:
        self.orders.append((license_key, datacenter))
        (self.listed if self.is_listed_at_once else self.unlisted).extend(self.makes)
        if self.error:
            raise self.error
        return self.makes[0].id

    def appear(self) -> None:
        self.listed, self.unlisted = [*self.listed, *self.unlisted], []

    def name(self, identity: str, alias: str) -> None:
        self.appear()
        (found,) = (x for x in self.listed if x.id == identity)
        self.listed = [replace(x, hostnames=(*x.hostnames[:1], alias)) if x is found else x for x in self.listed]


@dataclass
class Machine:
    """Where runs are started, for one client of one register host."""

    cloud: Cloud
    folder: Path
    pauses: list[float] = field(default_factory=list)
    configured: list[Origin] = field(default_factory=list)
    problem: QlikError | None = None
    pause: t.Callable[[float], None] | None = None

    @property
    def journal(self) -> Journal:
        return Journal(str(self.folder), HOST)

    @property
    def attempts(self) -> list[Attempt]:
        return self.journal.attempts() if self.folder.exists() else []

    def run(self, alias: str = NORTH, **more: t.Any) -> Origin:
        return self.creation(alias, **more).run(lambda origin: self._configure(alias, origin))

    def creation(self, alias: str = NORTH, **more: t.Any) -> Creation:
        given = {"subscription": SUBSCRIPTION, "datacenter": None, "wait": 60.0, **more}
        cloud = t.cast("t.Any", self.cloud)
        wish = Wish(alias=alias, **given)
        return Creation(wish, cloud, cloud, self.journal, lambda: "a-key", self.pause or self.pauses.append)

    def _configure(self, alias: str, origin: Origin) -> None:
        self.configured.append(origin)
        if self.problem:
            raise self.problem
        self.cloud.name(origin.id, alias)

    def refusal(self, alias: str = NORTH, **more: t.Any) -> str:
        with pytest.raises(UnknownOutcomeError) as caught:
            self.run(alias, **more)
        return str(caught.value)


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def machine(cloud: Cloud, tmp_path: Path) -> Machine:
    return Machine(cloud, tmp_path / "journal")


def in_doubt(machine: Machine, error: QlikError = LOST) -> Attempt:
    """After a creation without an answer that showed no tenant in time."""
    machine.cloud.error, machine.cloud.is_listed_at_once = error, False
    machine.refusal(wait=-1.0)
    machine.cloud.error, machine.cloud.is_listed_at_once = None, True
    (attempt,) = machine.attempts
    return attempt


def unconfigured(machine: Machine) -> Attempt:
    """After a creation whose tenant did not get its alias."""
    machine.problem = ApiError("The alias is taken.", host="h", status=400)
    with pytest.raises(ApiError, match="taken"):
        machine.run()
    machine.problem = None
    (attempt,) = machine.attempts
    return attempt


def test_a_creation_is_written_down_before_it_is_tried_and_forgotten_when_it_is_done(
    machine: Machine, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[Attempt]] = []
    create = cloud.create

    def watched(license_key: str, datacenter: str | None) -> str:
        seen.append(machine.attempts)
        return create(license_key, datacenter)

    monkeypatch.setattr(cloud, "create", watched)
    assert machine.run(datacenter="eu-west-1") == Origin("t-1", machine.configured[0].attempt, is_new=True)
    ((during,),) = seen
    assert (during.alias, during.before, during.created) == (NORTH, ("t-0",), None)
    assert (cloud.orders, machine.attempts, cloud.prepared) == ([("a-key", "eu-west-1")], [], 1)
    assert cloud.listed[-1].alias == NORTH


def test_the_id_is_written_down_before_the_tenant_is_configured(machine: Machine) -> None:
    assert unconfigured(machine).created == "t-1"


def test_a_tenant_that_another_run_made_meanwhile_is_left_as_it_is(machine: Machine, cloud: Cloud) -> None:
    machine.run()
    assert machine.run() == Origin("t-1")
    assert (len(cloud.orders), len(machine.configured)) == (1, 1)


def test_a_deleted_tenant_of_the_alias_does_not_stand_for_it(machine: Machine, cloud: Cloud) -> None:
    cloud.listed = [tenant("t-0", NORTH, status="deleted")]
    assert machine.run().is_new


@pytest.mark.parametrize(
    "error", [LOST, OUTAGE, NONSENSE, SLOW, GONE], ids=["lost", "outage", "nonsense", "408", "499"]
)
def test_the_one_new_tenant_is_taken_after_two_equal_looks(machine: Machine, cloud: Cloud, error: QlikError) -> None:
    cloud.error = error
    origin = machine.run()
    assert (origin.id, origin.is_new, machine.pauses) == ("t-1", True, [5.0])
    assert (len(cloud.orders), machine.attempts, cloud.listed[-1].alias) == (1, [], NORTH)


def test_a_new_tenant_may_be_listed_late(machine: Machine, cloud: Cloud) -> None:
    cloud.error, cloud.is_listed_at_once = LOST, False
    looks: list[float] = []

    def pause(seconds: float) -> None:
        looks.append(seconds)
        if len(looks) == 3:
            cloud.appear()

    machine.pause = pause
    assert machine.run().id == "t-1"
    assert len(looks) == 4


def test_a_look_that_fails_is_no_equal_look(machine: Machine, cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> None:
    cloud.error, right = LOST, cloud.tenants
    script: list[QlikError | None] = [None, None, OUTAGE, None, IncompleteListError("A part."), None, None]

    def tenants() -> TenantList:
        if error := script.pop(0):
            raise error
        return right()

    monkeypatch.setattr(cloud, "tenants", tenants)
    assert machine.run().id == "t-1"
    assert (script, len(machine.pauses)) == ([], 5)


@pytest.mark.parametrize(
    "error", [REFUSED, UNSENT, CONFLICT, RateLimitError("Later.", host=HOST, status=429)], ids=repr
)
def test_a_creation_that_was_certainly_not_carried_out_leaves_no_trace(
    machine: Machine, cloud: Cloud, error: QlikError
) -> None:
    cloud.error, cloud.makes = error, ()
    for _run in range(2):
        with pytest.raises(error.__class__, match=str(error)):
            machine.run()
    assert (machine.attempts, len(cloud.orders)) == ([], 2)


@pytest.mark.parametrize("step", ["prepare", "tenants"])
def test_what_fails_before_the_creation_leaves_no_trace(
    machine: Machine, cloud: Cloud, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail() -> t.NoReturn:
        raise AuthenticationError("A wrong secret.", host=HOST, status=401)

    monkeypatch.setattr(cloud, step, fail)
    with pytest.raises(AuthenticationError):
        machine.run()
    assert (machine.attempts, cloud.orders) == ([], [])


@pytest.mark.parametrize("makes", [(), (tenant("t-1"), tenant("t-2"))], ids=["none", "two"])
@pytest.mark.parametrize("alias", [NORTH, SOUTH])
def test_an_unknown_outcome_is_refused_and_so_is_every_later_creation(
    machine: Machine, cloud: Cloud, makes: tuple[Tenant, ...], alias: str
) -> None:
    cloud.error, cloud.makes = LOST, makes
    refusal = machine.refusal(wait=-1.0)
    (attempt,) = machine.attempts
    assert refusal.startswith(f"The answer was lost. The creation of {NORTH}, begun at {attempt.started_at}, has not")
    assert f"'confirm_not_created: [{attempt.name}]'" in refusal
    for made in makes:
        assert f"{made}, created at {made.created_at}" in refusal
    assert ("without an alias: none." in refusal) is (not makes)
    assert "It may take minutes to be listed, so wait, and look at the Cloud Console" in refusal
    cloud.error = None
    assert machine.refusal(alias) in refusal
    assert (len(cloud.orders), machine.configured) == (1, [])


def test_an_unknown_outcome_tells_how_the_creation_ended(machine: Machine, cloud: Cloud) -> None:
    cloud.error, cloud.makes = ApiError("Out.", host=HOST, status=503, trace_id="f00"), ()
    facts = {"host": HOST, "status": 503, "trace_id": "f00"}
    with pytest.raises(UnknownOutcomeError) as caught:
        machine.run(wait=-1.0)
    assert caught.value.facts() == {**cloud.error.facts(), "kind": "unknown_outcome"}
    assert facts.items() <= caught.value.facts().items()
    with pytest.raises(UnknownOutcomeError) as again:
        machine.run()
    assert again.value.facts() == {"kind": "unknown_outcome"}


def test_a_list_that_may_lack_a_tenant_creates_nothing(machine: Machine, cloud: Cloud) -> None:
    cloud.tells_total = False
    for work in (machine.run, machine.creation().foresee):
        with pytest.raises(IncompleteListError, match="without their total, so one may be missing; nothing is created"):
            work()
    assert (cloud.orders, cloud.prepared, machine.attempts) == ([], 0, [])


@pytest.mark.parametrize("is_finished", [True, False], ids=["configured", "not configured"])
def test_an_error_after_a_creation_tells_that_something_changed(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, is_finished: bool
) -> None:
    def stuck(*_arguments: t.Any) -> t.NoReturn:
        raise ConfigurationError("It cannot be forgotten.")

    machine.problem = None if is_finished else ApiError("The alias is taken.", host="h", status=400)
    monkeypatch.setattr(Journal, "finish", stuck)
    with pytest.raises(QlikError, match="forgotten" if is_finished else "taken") as caught:
        machine.run()
    assert caught.value.changed is True


@pytest.mark.parametrize("adopted", [None, "t-5"], ids=["taken up again", "adopted"])
def test_an_error_without_a_creation_tells_of_no_change(machine: Machine, cloud: Cloud, adopted: str | None) -> None:
    if adopted:
        cloud.listed.append(tenant(adopted))
    else:
        unconfigured(machine)
    machine.problem = ApiError("The alias is taken.", host="h", status=400)
    with pytest.raises(ApiError, match="taken") as caught:
        machine.run(adopt_id=adopted)
    assert caught.value.changed is False


def test_two_new_tenants_are_refused_at_once(machine: Machine, cloud: Cloud) -> None:
    cloud.error, cloud.makes = LOST, (tenant("t-1"), tenant("t-2"))
    machine.refusal()
    assert machine.pauses == []


def test_waiting_for_a_new_tenant_is_bounded(machine: Machine, cloud: Cloud) -> None:
    cloud.error, cloud.makes = LOST, ()
    machine.pause = time.sleep
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ansible_collections.qlikops.cloud.plugins.module_utils._creation.LOOK_AGAIN", 0.02)
        started = time.monotonic()
        machine.refusal(wait=0.1)
    assert 0.1 <= time.monotonic() - started < 2


OTHERS = {
    "another region": tenant("t-9", region="us"),
    "another subscription": tenant("t-9", subscriptionId="2000"),
    "with an alias": tenant("t-9", "other.eu.qlikcloud.com"),
    "deactivated": tenant("t-9", status="deactivated"),
    "deleted": tenant("t-9", status="deleted"),
}


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_tenants_that_cannot_be_the_new_one_do_not_count(machine: Machine, cloud: Cloud, other: Tenant) -> None:
    cloud.error, cloud.makes = LOST, (other, tenant("t-1"))
    assert machine.run().id == "t-1"


@pytest.mark.parametrize("other", OTHERS.values(), ids=OTHERS)
def test_tenants_that_cannot_be_the_new_one_are_not_adopted(machine: Machine, cloud: Cloud, other: Tenant) -> None:
    attempt = in_doubt(machine)
    cloud.listed.append(other)
    cloud.appear()
    with pytest.raises(ConfigurationError, match=r"^The tenant t-9 cannot be adopted: .* There is t-1 \(t-1\.eu\."):
        machine.run(adopt_id="t-9")
    assert (machine.attempts, machine.configured, len(cloud.orders)) == ([attempt], [], 1)


@pytest.mark.parametrize("subscription", [None, SUBSCRIPTION, "L-0", "nobody's"])
def test_a_tenant_of_unknown_subscription_or_place_may_be_the_new_one(
    machine: Machine, cloud: Cloud, subscription: str | None
) -> None:
    cloud.listed = [tenant("t-0", "old.eu.qlikcloud.com", age=9 * DAY, licenseNumber="L-0")]
    cloud.error = LOST
    cloud.makes = (tenant("t-1", subscriptionId=None), tenant("t-2", licenseNumber="L-2"), tenant("t-3", hostnames=[]))
    refusal = machine.refusal(subscription=subscription)
    assert all(f"{made}, created at" in refusal for made in cloud.makes)


@pytest.mark.parametrize(
    ("subscription", "is_found"), [(SUBSCRIPTION, True), ("L-0", True), ("2000", False), ("L-9", False)]
)
def test_a_licence_number_stands_for_its_whole_subscription(
    machine: Machine, cloud: Cloud, subscription: str, is_found: bool
) -> None:
    """The new tenant has a licence number of its own, perhaps."""
    other = tenant("t-9", "other.eu.qlikcloud.com", subscriptionId="2000", licenseNumber="L-9")
    cloud.listed = [tenant("t-0", "old.eu.qlikcloud.com", licenseNumber="L-0"), other]
    cloud.error, cloud.makes = LOST, (tenant("t-1", licenseNumber="L-1"),)
    if is_found:
        assert machine.run(subscription=subscription).id == "t-1"
    else:
        assert "without an alias: none." in machine.refusal(subscription=subscription, wait=-1.0)


def test_the_tenant_that_a_lost_answer_made_is_adopted(machine: Machine, cloud: Cloud) -> None:
    attempt = in_doubt(machine)
    cloud.appear()
    origin = machine.run(adopt_id="t-1")
    assert (origin.id, origin.is_new, origin.attempt and origin.attempt.name) == ("t-1", False, attempt.name)
    assert (len(cloud.orders), machine.attempts, cloud.listed[-1].alias) == (1, [], NORTH)
    assert machine.run(adopt_id="t-1") == Origin("t-1")


def test_it_may_be_adopted_for_another_alias(machine: Machine, cloud: Cloud) -> None:
    in_doubt(machine)
    cloud.appear()
    assert machine.run(SOUTH, adopt_id="t-1").id == "t-1"
    assert (machine.attempts, cloud.listed[-1].alias) == ([], SOUTH)
    cloud.makes = (tenant("t-2"),)
    assert machine.run(NORTH).id == "t-2"


def test_an_adoption_for_another_alias_is_taken_up_again(machine: Machine, cloud: Cloud) -> None:
    attempt = in_doubt(machine)
    cloud.appear()
    machine.problem = OUTAGE
    with pytest.raises(ApiError):
        machine.run(SOUTH, adopt_id="t-1")
    assert machine.attempts == [replace(attempt, alias=SOUTH, before=(), created="t-1")]
    machine.problem = None
    assert machine.run(SOUTH).id == "t-1"
    assert len(cloud.orders) == 1


def test_adopting_what_was_there_before_settles_no_doubt(machine: Machine, cloud: Cloud) -> None:
    cloud.listed.append(tenant("t-5", age=9 * DAY))
    attempt = in_doubt(machine)
    assert machine.run(SOUTH, adopt_id="t-5").id == "t-5"
    assert machine.attempts == [attempt]
    assert attempt.name in machine.refusal()


def test_a_tenant_that_no_journal_knows_may_be_adopted(machine: Machine, cloud: Cloud) -> None:
    cloud.listed.append(tenant("t-5", age=9 * DAY))
    assert machine.run(adopt_id="t-5").id == "t-5"
    assert (cloud.orders, machine.attempts, cloud.listed[-1].alias) == ([], [], NORTH)
    assert cloud.prepared == 0


def test_an_adoption_that_fails_is_taken_up_again(machine: Machine, cloud: Cloud) -> None:
    cloud.listed.append(tenant("t-5"))
    machine.problem = OUTAGE
    with pytest.raises(ApiError):
        machine.run(adopt_id="t-5")
    machine.problem = None
    assert machine.run().id == "t-5"
    assert (cloud.orders, machine.attempts) == ([], [])


@pytest.mark.parametrize("empty", ["", None], ids=repr)
def test_an_empty_adopt_id_says_nothing(machine: Machine, empty: str | None) -> None:
    unconfigured(machine)
    assert machine.run(adopt_id=empty).id == "t-1"


def test_a_confirmed_attempt_is_forgotten_and_another_is_made(machine: Machine, cloud: Cloud) -> None:
    cloud.makes = ()
    attempt = in_doubt(machine)
    cloud.makes = (tenant("t-2"),)
    assert machine.run(not_created=(attempt.name,)).id == "t-2"
    assert (len(cloud.orders), machine.attempts) == (2, [])


@pytest.mark.parametrize("wrong", ["0badcafe", "t-1", "", NORTH])
def test_a_wrong_name_confirms_nothing(machine: Machine, cloud: Cloud, wrong: str) -> None:
    attempt = in_doubt(machine)
    assert attempt.name in machine.refusal(not_created=(wrong,))
    assert len(cloud.orders) == 1


def test_an_attempt_whose_tenant_appears_is_not_forgotten_by_its_name_alone(machine: Machine, cloud: Cloud) -> None:
    attempt = in_doubt(machine)
    cloud.appear()
    refusal = machine.refusal(not_created=(attempt.name,))
    assert "is t-1 (t-1.eu.qlikcloud.com), created at" in refusal
    assert f"'confirm_not_created: [{attempt.name}, t-1]'" in refusal
    assert (len(cloud.orders), machine.attempts) == (1, [attempt])
    cloud.makes = (tenant("t-2"),)
    assert machine.run(not_created=(attempt.name, "t-1")).id == "t-2"
    assert machine.attempts == []


@pytest.mark.parametrize("age", [0.0, 0.9 * DAY, -3600.0, None], ids=["new", "of today", "of a fast clock", "ageless"])
def test_a_recent_tenant_without_alias_that_no_journal_knows_stands_in_the_way(
    machine: Machine, cloud: Cloud, age: float | None
) -> None:
    cloud.listed.append(tenant("t-5", age=age))
    refusal = machine.refusal()
    assert refusal.startswith(f"Nothing was created for {NORTH}: of its region and subscription, and without an alias")
    assert "give its id as adopt_id; to create another, give 'confirm_not_created: [t-5]'." in refusal
    assert (cloud.orders, machine.attempts) == ([], [])
    assert machine.run(not_created=("t-5",)).id == "t-1"


@pytest.mark.parametrize("other", [tenant("t-5", age=1.1 * DAY), *OTHERS.values()], ids=["old", *OTHERS])
def test_others_do_not_stand_in_the_way(machine: Machine, cloud: Cloud, other: Tenant) -> None:
    cloud.listed.append(other)
    assert machine.run().id == "t-1"


def test_a_tenant_whose_alias_was_taken_is_taken_up_again(machine: Machine, cloud: Cloud) -> None:
    unconfigured(machine)
    origin = machine.run()
    assert (origin.id, origin.is_new) == ("t-1", False)
    assert (len(cloud.orders), machine.attempts, cloud.listed[-1].alias) == (1, [], NORTH)


def test_it_is_taken_up_again_while_it_is_not_listed(machine: Machine, cloud: Cloud) -> None:
    cloud.is_listed_at_once = False
    unconfigured(machine)
    assert machine.run().id == "t-1"
    assert len(cloud.orders) == 1


@pytest.mark.parametrize("is_listed", [True, False], ids=["listed", "not listed"])
def test_it_is_named_to_whoever_wants_another_alias(machine: Machine, cloud: Cloud, is_listed: bool) -> None:
    cloud.is_listed_at_once = is_listed
    attempt = unconfigured(machine)
    refusal = machine.refusal(SOUTH)
    assert refusal.startswith("The tenant t-1 (t-1.eu.qlikcloud.com), created at ") is is_listed
    assert refusal.startswith(f"The tenant t-1 was created for {NORTH}, begun at {attempt.started_at}") is not is_listed
    assert (
        f"run the task for {NORTH} again. To leave it as it is, give 'confirm_not_created: [{attempt.name}]'" in refusal
    )
    assert "wait" not in refusal
    again = machine.refusal(SOUTH, subscription=None, not_created=("t-1",))
    assert f"run the task for {NORTH} again" in again


def test_a_doubt_about_the_same_alias_is_ours_in_every_subscription(machine: Machine, cloud: Cloud) -> None:
    attempt = in_doubt(machine)
    assert attempt.name in machine.refusal(subscription="2000")
    assert (len(cloud.orders), machine.attempts) == (1, [attempt])


def test_a_tenant_of_the_same_alias_is_taken_up_again_in_every_subscription(machine: Machine, cloud: Cloud) -> None:
    unconfigured(machine)
    assert machine.run(subscription="2000").id == "t-1"
    assert (len(cloud.orders), machine.attempts) == (1, [])


def test_doubts_of_another_subscription_are_none_of_ours(machine: Machine, cloud: Cloud) -> None:
    attempt = in_doubt(machine)
    cloud.listed, cloud.makes = cloud.listed[:1], (replace(tenant("t-9"), subscription_id="2000", license_number=None),)
    assert machine.run(SOUTH, subscription="2000").id == "t-9"
    assert machine.attempts == [attempt]


class Forgetful(Cloud):
    """Tells no total from the first creation on."""

    def create(self, license_key: str, datacenter: str | None) -> str:
        self.tells_total = False
        return super().create(license_key, datacenter)


def test_a_list_without_its_total_shows_no_outcome(tmp_path: Path) -> None:
    machine = Machine(Forgetful(error=LOST), tmp_path / "journal")
    assert "without an alias: none." in machine.refusal(wait=0.0)


def test_what_was_there_long_before_is_no_outcome(machine: Machine, cloud: Cloud) -> None:
    """An alias may have been taken off an old tenant meanwhile."""
    in_doubt(machine)
    cloud.listed, cloud.unlisted = [*cloud.listed, tenant("t-5", age=9 * DAY)], []
    assert "without an alias: none." in machine.refusal()


def test_it_may_be_given_to_the_other_alias(machine: Machine, cloud: Cloud) -> None:
    unconfigured(machine)
    assert machine.run(SOUTH, adopt_id="t-1").id == "t-1"
    assert (len(cloud.orders), machine.attempts) == (1, [])


def test_adopting_another_tenant_is_obeyed_and_loses_none(machine: Machine, cloud: Cloud) -> None:
    attempt = unconfigured(machine)
    cloud.listed.append(tenant("t-5"))
    assert machine.run(adopt_id="t-5").id == "t-5"
    assert machine.attempts == [attempt]


def test_a_tenant_that_was_known_is_not_forgotten_by_the_name_of_its_attempt(machine: Machine, cloud: Cloud) -> None:
    attempt = unconfigured(machine)
    assert f"[{attempt.name}, t-1]" in machine.refusal(not_created=(attempt.name,))
    assert (len(cloud.orders), machine.attempts) == (1, [attempt])


@pytest.mark.parametrize(
    ("fields", "is_settled"),
    [
        pytest.param({"hostnames": ["t-1.eu.qlikcloud.com", "other.eu.qlikcloud.com"]}, True, id="another alias"),
        pytest.param({"status": "deleted"}, True, id="deleted"),
        pytest.param({"status": "disabled"}, True, id="C7: deactivated"),
        pytest.param({"status": "provisioning"}, False, id="a status nobody knows"),
        pytest.param({"subscriptionId": "2000"}, False, id="another subscription than the wish's"),
    ],
)
def test_only_an_alias_or_an_end_settles_what_was_made(
    machine: Machine, cloud: Cloud, fields: dict[str, t.Any], is_settled: bool
) -> None:
    unconfigured(machine)
    cloud.listed[-1], cloud.makes = tenant("t-1", **fields), (tenant("t-2"),)
    if is_settled:
        assert machine.run(SOUTH).id == "t-2"
        assert machine.attempts == []
    else:
        assert "t-1" in machine.refusal(SOUTH)
        assert machine.attempts[0].created == "t-1"


def test_a_tenant_that_came_to_an_end_is_not_taken_up_again(machine: Machine, cloud: Cloud) -> None:
    unconfigured(machine)
    cloud.listed[-1], cloud.makes = tenant("t-1", status="deleted"), (tenant("t-2"),)
    assert machine.run().id == "t-2"


def test_a_journal_that_takes_no_more_does_not_keep_the_alias_from_a_new_tenant(
    machine: Machine, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(*_arguments: t.Any, **_more: t.Any) -> t.NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    create = cloud.create
    monkeypatch.setattr(cloud, "create", lambda *o: monkeypatch.setattr(_journal, "write_private", fill) or create(*o))
    assert machine.run().id == "t-1"
    assert (cloud.listed[-1].alias, machine.attempts) == (NORTH, [])


def test_nothing_is_sent_when_the_journal_takes_nothing(
    machine: Machine, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_arguments: t.Any, **_more: t.Any) -> t.NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(_journal, "write_private", full)
    with pytest.raises(ConfigurationError, match="No space left on device; name another folder with journal_dir"):
        machine.run()
    assert cloud.orders == []


def test_nothing_is_sent_while_an_entry_is_broken(machine: Machine, cloud: Cloud) -> None:
    in_doubt(machine)
    (path,) = machine.folder.glob("*.json")
    path.write_bytes(b"{")
    with pytest.raises(ConfigurationError, match="cannot be read, so nothing is created"):
        machine.run()
    assert len(cloud.orders) == 1


def test_nothing_is_looked_at_while_another_run_creates(
    machine: Machine, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ansible_collections.qlikops.cloud.plugins.module_utils._creation.TURN", 0.05)
    monkeypatch.setattr(cloud, "tenants", pytest.fail)
    with machine.journal.alone(0), pytest.raises(ConfigurationError, match="Another run is creating a tenant there"):
        machine.run()


def settled(machine: Machine) -> None:
    machine.run()


def nothing(_machine: Machine) -> None:
    pass


def doubtful(machine: Machine) -> None:
    in_doubt(machine)


def listed_late(machine: Machine) -> None:
    in_doubt(machine)
    machine.cloud.appear()


def begun(machine: Machine) -> None:
    unconfigured(machine)


def nameless(machine: Machine) -> None:
    machine.cloud.listed.append(tenant("t-5"))


def broken(machine: Machine) -> None:
    in_doubt(machine)
    for path in machine.folder.glob("*.json"):
        path.write_bytes(b"{")


@pytest.mark.parametrize(
    ("before", "wanted", "is_creation"),
    [
        pytest.param(nothing, {}, True, id="nothing is there"),
        pytest.param(settled, {}, False, id="it is there"),
        pytest.param(begun, {}, False, id="it is to be configured"),
        pytest.param(begun, {"alias": SOUTH}, None, id="another is to be configured"),
        pytest.param(doubtful, {}, None, id="it may be there"),
        pytest.param(listed_late, {"adopt_id": "t-1"}, False, id="it is adopted"),
        pytest.param(doubtful, {"adopt_id": "t-1"}, None, id="what is not there is adopted"),
        pytest.param(nameless, {}, None, id="one without an alias is there"),
        pytest.param(nameless, {"not_created": ("t-5",)}, True, id="the one without an alias is another"),
        pytest.param(nameless, {"adopt_id": "t-5"}, False, id="the one without an alias is adopted"),
        pytest.param(broken, {}, None, id="the journal is broken"),
    ],
)
def test_what_a_run_would_do_or_refuse_is_foreseen(
    machine: Machine, before: t.Callable[[Machine], None], wanted: dict[str, t.Any], is_creation: bool | None
) -> None:
    before(machine)
    known = {path: path.read_bytes() for path in machine.folder.rglob("*.json")}
    orders, configured = list(machine.cloud.orders), list(machine.configured)
    foreseen: bool | str
    try:
        foreseen = machine.creation(**wanted).foresee()
    except QlikError as error:
        foreseen = str(error)
    assert {path: path.read_bytes() for path in machine.folder.rglob("*.json")} == known
    assert machine.folder.exists() is bool(before not in (nothing, nameless))
    assert (machine.cloud.orders, machine.configured) == (orders, configured)
    if is_creation is None:
        with pytest.raises(QlikError) as caught:
            machine.run(**wanted)
        assert str(caught.value) == foreseen
    else:
        assert (foreseen, machine.run(**wanted).is_new) == (is_creation, is_creation)


def test_a_confirmed_attempt_is_kept_by_a_look_ahead(machine: Machine) -> None:
    machine.cloud.makes = ()
    attempt = in_doubt(machine)
    assert machine.creation(not_created=(attempt.name,)).foresee() is True
    assert machine.attempts == [attempt]


def test_a_look_ahead_waits_for_no_other_run(machine: Machine) -> None:
    with machine.journal.alone(0):
        assert machine.creation().foresee() is True


class Crash(BaseException):
    """The end of a process, or what comes as close to it as a test can see."""


@dataclass
class Chance:
    """Ends the run at the n-th moment: before or after a request, a write or a pause. full: writes fail from the n-th.

    Never, for a negative number.
    """

    crash: int = -1
    full: int = -1
    moments: int = 0
    writes: int = 0

    def pass_by(self) -> None:
        self.moments += 1
        if self.moments == self.crash:
            raise Crash

    def around(self, act: t.Callable[..., t.Any]) -> t.Callable[..., t.Any]:
        def acting(*arguments: t.Any, **more: t.Any) -> t.Any:
            self.pass_by()
            try:
                return act(*arguments, **more)
            finally:
                self.pass_by()

        return acting

    def write(self, *arguments: t.Any, **more: t.Any) -> None:
        self.writes += 1
        if 0 <= self.full <= self.writes:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.around(write_private)(*arguments, **more)


ENDS: dict[str, tuple[bool, QlikError | None]] = {
    "made": (True, None),
    "lost": (True, LOST),
    "cut": (False, LOST),
    "outage after": (True, OUTAGE),
    "outage before": (False, OUTAGE),
    "nonsense": (True, NONSENSE),
    "refused": (False, REFUSED),
    "unsent": (False, UNSENT),
}


@dataclass(frozen=True)
class Step:
    """One run, and what befalls it."""

    alias: str
    end: str = "made"
    delay: int = 0
    crash: int = -1
    full: int = -1
    is_taken: bool = False
    obeys: bool = True


STEPS = st.builds(
    Step,
    alias=st.sampled_from([NORTH, SOUTH]),
    end=st.sampled_from(sorted(ENDS)),
    delay=st.integers(0, 4),
    crash=st.one_of(st.just(-1), st.integers(1, 26)),
    full=st.one_of(st.just(-1), st.integers(1, 3)),
    is_taken=st.booleans(),
    obeys=st.booleans(),
)


@dataclass
class World:
    """A service that knows for whom it made each tenant, and a user who believes what it tells and no more."""

    folder: Path
    cloud: Cloud = field(default_factory=lambda: Cloud(makes=()))
    made: dict[str, str] = field(default_factory=dict)
    advice: dict[str, dict[str, t.Any]] = field(default_factory=dict)
    wanted: list[str] = field(default_factory=list)
    delay: int = 0

    def take(self, step: Step) -> Origin | None:
        self.wanted = sorted({*self.wanted, step.alias})
        chance, machine = Chance(step.crash, step.full), Machine(self.cloud, self.folder)
        machine.problem = ApiError("The alias is taken.", host="h", status=400) if step.is_taken else None
        machine.pause = chance.around(self._wait)
        advice = self.advice.pop(step.alias, {}) if step.obeys else {}
        with pytest.MonkeyPatch.context() as patch:
            self._prepare(patch, chance, machine, step)
            try:
                return machine.run(step.alias, wait=0.0, **advice)
            except UnknownOutcomeError as error:
                self._listen(str(error), step.alias)
            except (QlikError, Crash):
                pass
        return None

    def _prepare(self, patch: pytest.MonkeyPatch, chance: Chance, machine: Machine, step: Step) -> None:
        is_made, error = ENDS[step.end]
        fresh = tenant(f"t-{len(self.made) + 1}", age=0.0)
        self.cloud.makes, self.cloud.error = (fresh,) * is_made, error
        self.cloud.is_listed_at_once, self.delay = step.delay == 0, step.delay
        create = self.cloud.create

        def creating(*order: t.Any) -> str:
            self.made |= {fresh.id: step.alias} if is_made else {}
            return create(*order)

        patch.setattr(self.cloud, "create", chance.around(creating))
        patch.setattr(self.cloud, "tenants", chance.around(self.cloud.tenants))
        patch.setattr(machine, "_configure", chance.around(machine._configure))
        patch.setattr(_journal, "write_private", chance.write)
        patch.setattr(os, "fsync", lambda handle: None)

    def _wait(self, _seconds: float) -> None:
        self.delay -= 1
        if self.delay <= 0:
            self.cloud.appear()

    def _listen(self, refusal: str, alias: str) -> None:
        """Look at the console, and do next time as the refusal says of what is there."""
        self.cloud.appear()
        if again := re.findall(r"run the task for (\S+) again", refusal):
            assert set(again) <= set(self.wanted)
            return
        names = re.findall(r"confirm_not_created: \[([^]]*)\]", refusal)[0].split(", ")
        found = re.findall(r"creation of (\S+), begun", refusal)
        nameless = {x.id: self.made[x.id] for x in self.cloud.listed if not x.alias}
        meant = {identity: of for identity, of in nameless.items() if identity in names or of in found}
        for identity, of in meant.items():
            self.advice[of] = {"adopt_id": identity}
        if not meant:
            self.advice[alias] = {"not_created": tuple(names)}

    def check(self) -> None:
        counts = Counter(self.made.values())
        assert not counts or max(counts.values()) == 1, self.made
        attempts = Machine(self.cloud, self.folder).attempts
        for x in (*self.cloud.listed, *self.cloud.unlisted):
            known = [a for a in attempts if x.id == a.created or not (a.created or x.id in a.before)]
            assert x.alias or known, f"{x.id} is lost"
            assert x.alias in (None, self.made.get(x.id, x.alias)), f"{x.id} bears the alias of another"

    def finish(self) -> None:
        """As a user does who wants all of it in the end."""
        for _round in range(8):
            for alias in self.wanted:
                self.take(Step(alias))
                self.check()
        bearers = {x.id: x.alias for x in self.cloud.listed if x.id in self.made}
        assert bearers == self.made
        assert sorted(self.made.values()) == self.wanted
        # what ended between configuring and forgetting is forgotten with the next creation
        assert {a.created for a in Machine(self.cloud, self.folder).attempts} <= set(self.made)
        self.take(Step("last.eu.qlikcloud.com"))
        assert Machine(self.cloud, self.folder).attempts == []


@settings(max_examples=3 * settings.default.max_examples // 2)
@given(st.lists(STEPS, min_size=1, max_size=6))
def test_whatever_happens_each_alias_gets_one_tenant_and_none_is_lost(steps: list[Step]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder) / "journal")
        for step in steps:
            world.take(step)
            world.check()
        world.finish()


@pytest.mark.parametrize("end", sorted(ENDS))
@pytest.mark.parametrize("delay", [0, 2])
def test_a_run_may_end_at_any_moment(tmp_path: Path, end: str, delay: int) -> None:
    for crash in range(1, 25):
        world = World(tmp_path / str(crash))
        world.take(Step(NORTH, end, delay, crash))
        world.check()
        world.finish()
