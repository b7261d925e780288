# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Creates a tenant at most once. Private to this collection.

The service cannot name a tenant at its creation and does not tell a repeated request from a new one. So what was there
before is written down first; when the outcome stays unknown, a single new tenant is taken for it, and otherwise nothing
is created there until the user has told what became of it.
"""

from __future__ import annotations

import contextlib
import time
import typing as t
from dataclasses import dataclass, replace
from datetime import datetime, timedelta, timezone

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    ConfigurationError,
    IncompleteListError,
    QlikError,
    UnknownOutcomeError,
    leaves_open,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._journal import Attempt, Journal
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import OrganizationApi
from ansible_collections.qlikops.cloud.plugins.module_utils._region import RegionApi
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import place_of
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import parse_iso

LOOK_AGAIN = 5.0  # seconds
TURN = 3600.0  # seconds to wait for another run, which may create several tenants
RECENT = timedelta(days=1)
CLOCKS_DIFFER = timedelta(hours=1)


@dataclass(frozen=True)
class Wish:
    """What is to be created, and what the user has said about creations of unknown outcome.

    not_created holds names of attempts, and ids of tenants that are none of ours. wait is in seconds.
    """

    alias: str
    subscription: str | None
    datacenter: str | None
    wait: float
    adopt_id: str | None = None
    not_created: tuple[str, ...] = ()

    @property
    def place(self) -> tuple[str, str] | None:
        return place_of(self.alias)


@dataclass(frozen=True)
class Origin:
    """The id of the tenant that is to bear the alias, and the attempt to finish."""

    id: str
    attempt: Attempt | None = None
    is_new: bool = False

    @contextlib.contextmanager
    def told(self) -> t.Iterator[None]:
        """An error tells that a tenant was created before it."""
        try:
            yield
        except QlikError as error:
            error.changed = error.changed or self.is_new
            raise


@dataclass(frozen=True)
class Creation:
    """One wish and all that it takes. All methods raise QlikError."""

    wish: Wish
    organization: OrganizationApi
    region: RegionApi
    journal: Journal
    license_key: t.Callable[[], str]
    pause: t.Callable[[float], None] = time.sleep

    def foresee(self) -> bool:
        """Whether run would create a tenant. Raises what it would refuse before it sends anything; writes nothing."""
        listed, attempts = self._known()
        if self._there(listed, attempts):
            return False
        if self.wish.adopt_id:
            self._demand_nameless(self.wish.adopt_id, listed)
            return False
        self._demand_no_doubt(listed, attempts)
        return True

    def run(self, configure: t.Callable[[Origin], None]) -> Origin:
        """The tenant of this wish, which configure gives its alias unless another run already has.

        Other runs on this machine wait meanwhile.
        """
        with self.journal.alone(TURN):
            listed, attempts = self._known()
            make = self._adopted if self.wish.adopt_id else self._create
            origin = self._there(listed, attempts) or make(listed, attempts)
            if origin.attempt:
                with origin.told():
                    configure(origin)
                    self.journal.finish(origin.attempt)
            return origin

    def _known(self) -> tuple[t.Sequence[Tenant], list[Attempt]]:
        found = self.organization.tenants()
        if found.total is None:
            raise IncompleteListError(
                "The organization lists its tenants without their total, so one may be missing; nothing is created."
            )
        concerning = [attempt for attempt in self.journal.attempts() if self._concerns(attempt, found.tenants)]
        return found.tenants, concerning

    def _there(self, listed: t.Sequence[Tenant], attempts: list[Attempt]) -> Origin | None:
        """Made by another run in the meantime, or by an earlier attempt."""
        for tenant in listed:
            if self.wish.alias in tenant.hostnames and not tenant.is_deleted:
                return Origin(tenant.id)
        for attempt in attempts:
            is_meant = attempt.alias == self.wish.alias and self.wish.adopt_id in (None, "", attempt.created)
            if attempt.created and is_meant and not self._is_settled(attempt, listed):
                return Origin(attempt.created, attempt)
        return None

    def _demand_nameless(self, identity: str, listed: t.Sequence[Tenant]) -> None:
        nameless = self._nameless(listed)
        if identity not in [tenant.id for tenant in nameless]:
            raise ConfigurationError(
                f"The tenant {identity} cannot be adopted: adopt_id must name an active tenant without an alias in the "
                f"region and subscription of {self.wish.alias}. There is {_names(nameless)}."
            )

    def _adopted(self, listed: t.Sequence[Tenant], attempts: list[Attempt]) -> Origin:
        identity = str(self.wish.adopt_id)
        self._demand_nameless(identity, listed)
        fitting = [a for a in attempts if a.created == identity or not (a.created or identity in a.before)]
        attempt = replace(fitting[0], alias=self.wish.alias) if fitting else self._begun(())
        self.journal.found(attempt, identity)
        return Origin(identity, attempt)

    def _create(self, listed: t.Sequence[Tenant], attempts: list[Attempt]) -> Origin:
        self._demand_no_doubt(listed, attempts)
        for attempt in attempts:
            self.journal.finish(attempt)
        license_key = self.license_key()
        self.region.prepare()
        attempt = self._begun([tenant.id for tenant in listed])
        try:
            created = self.region.create(license_key, self.wish.datacenter)
        except QlikError as error:
            if not leaves_open(error):
                self.journal.finish(attempt)
                raise
            return self._recovered(attempt, error)
        return self._new(attempt, created)

    def _begun(self, before: t.Iterable[str]) -> Attempt:
        return self.journal.begin(self.wish.alias, self.wish.subscription, before)

    def _new(self, attempt: Attempt, created: str) -> Origin:
        """The journal tells that it was begun; when it takes no more, the tenant is to get its alias all the same."""
        with contextlib.suppress(ConfigurationError):
            self.journal.found(attempt, created)
        return Origin(created, attempt, is_new=True)

    def _demand_no_doubt(self, listed: t.Sequence[Tenant], attempts: list[Attempt]) -> None:
        """Refuse while it is not known what became of earlier creations, whether this machine remembers them or not."""
        for attempt in attempts:
            if not self._is_settled(attempt, listed):
                raise UnknownOutcomeError(self._question(attempt, self._since(attempt, listed)))
        doubtful = [x for x in self._nameless(listed) if _is_recent(x) and x.id not in self.wish.not_created]
        if doubtful:
            raise UnknownOutcomeError(
                f"Nothing was created for {self.wish.alias}: of its region and subscription, and without an alias, is "
                f"{_names(doubtful)}, which may be what an earlier run has created. To use it, give its id as "
                f"adopt_id; to create another, give 'confirm_not_created: "
                f"[{', '.join((*self.wish.not_created, *(x.id for x in doubtful)))}]'."
            )

    def _is_settled(self, attempt: Attempt, listed: t.Sequence[Tenant]) -> bool:
        """Whether the user has looked, or its tenant has got another alias or an end since."""
        made = [tenant for tenant in listed if tenant.id == attempt.created]
        has_ended = any(tenant.alias or tenant.is_deactivated or tenant.is_deleted for tenant in made)
        return attempt.name in self.wish.not_created or has_ended

    def _recovered(self, attempt: Attempt, error: QlikError) -> Origin:
        """The one tenant that is there since and stays the only one, after an answer that did not come."""
        deadline = time.monotonic() + self.wish.wait
        before: list[str] = []
        while True:
            candidates = self._look(attempt)
            found = [tenant.id for tenant in candidates]
            if len(found) == 1 and found == before:
                return self._new(attempt, found[0])
            if len(found) > 1 or time.monotonic() > deadline:
                raise UnknownOutcomeError(f"{error} {self._question(attempt, candidates)}", error) from None
            before = found
            self.pause(LOOK_AGAIN)

    def _look(self, attempt: Attempt) -> list[Tenant]:
        """What is there since; nothing when the list cannot be had, which is to be asked for again."""
        with contextlib.suppress(QlikError):
            found = self.organization.tenants()
            return self._since(attempt, found.tenants) if found.total is not None else []
        return []

    def _since(self, attempt: Attempt, listed: t.Sequence[Tenant]) -> list[Tenant]:
        if attempt.created:
            return [tenant for tenant in listed if tenant.id == attempt.created]
        nameless = [tenant for tenant in self._nameless(listed) if tenant.id not in attempt.before]
        return [tenant for tenant in nameless if _may_be_of(attempt, tenant)]

    def _nameless(self, listed: t.Sequence[Tenant]) -> list[Tenant]:
        """The active tenants without an alias that may be of this region and subscription."""
        known = self._numbers(listed)
        nameless = [tenant for tenant in listed if tenant.is_enabled and not tenant.alias and self._is_of_place(tenant)]
        return [x for x in nameless if not (known and x.subscriptions) or known.intersection(x.subscriptions)]

    def _numbers(self, listed: t.Sequence[Tenant]) -> set[str]:
        """By which the subscription is known; none when it is not among those of the tenants."""
        wanted = self.wish.subscription
        # a licence number may be that of one tenant alone, and its subscription that of the others too
        return {name for tenant in listed if wanted in tenant.subscriptions for name in tenant.subscriptions}

    def _concerns(self, attempt: Attempt, listed: t.Sequence[Tenant]) -> bool:
        """Whether it was for the same alias, or may have been in the same subscription."""
        known, ours = self._numbers(listed), self.wish.subscription
        is_ours = not (ours and attempt.subscription) or attempt.subscription in {ours, *known}
        return is_ours or attempt.alias == self.wish.alias

    def _is_of_place(self, tenant: Tenant) -> bool:
        return place_of(tenant.hostname or "") in (None, self.wish.place)

    def _question(self, attempt: Attempt, candidates: t.Sequence[Tenant]) -> str:
        if attempt.created:
            return (
                f"The tenant {_names(candidates, attempt.created)} was created for {attempt.alias}, begun at "
                f"{attempt.started_at}, and has not got its alias: run the task for {attempt.alias} again. To leave it "
                f"as it is, give 'confirm_not_created: [{attempt.name}]'. Until then nothing is created."
            )
        return (
            f"The creation of {attempt.alias}, begun at {attempt.started_at}, has not come to a known end; new since, "
            f"without an alias: {_names(candidates)}. It may take minutes to be listed, so wait, and look at the Cloud "
            "Console; then give the id of the tenant as adopt_id, or, when there is none, "
            f"'confirm_not_created: [{attempt.name}]'. Until then nothing is created."
        )


def _may_be_of(attempt: Attempt, tenant: Tenant) -> bool:
    """Whether it is not older than the attempt, as far as clocks agree."""
    created, started = parse_iso(tenant.created_at or ""), parse_iso(attempt.started_at)
    return created is None or started is None or created > started - CLOCKS_DIFFER


def _names(tenants: t.Iterable[Tenant], otherwise: str = "none") -> str:
    return ", ".join(f"{tenant}, created at {tenant.created_at}" for tenant in tenants) or otherwise


def _is_recent(tenant: Tenant) -> bool:
    """Whether it may have been created a short while ago."""
    created = parse_iso(tenant.created_at or "")
    return created is None or datetime.now(timezone.utc) - created < RECENT
