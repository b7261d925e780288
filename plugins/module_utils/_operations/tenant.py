# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The module tenant. Private to this collection."""

from __future__ import annotations

import os
import re
import typing as t
from dataclasses import dataclass, replace
from functools import cached_property

from ansible_collections.qlikops.cloud.plugins.module_utils._access import Access
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import CONNECTION_ARGUMENTS, fallback
from ansible_collections.qlikops.cloud.plugins.module_utils._creation import Creation, Origin, Wish
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    ConfigurationError,
    NotFoundError,
    UnlistedError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._journal import Journal, user_state_dir
from ansible_collections.qlikops.cloud.plugins.module_utils._lifecycle import ALIAS, NAME, Subject
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import (
    Invocation,
    Operation,
    Options,
    Result,
    always,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._region import RegionApi
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import DOMAINS, demand_label, place_of
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import ACTIVE, DEACTIVATED, Tenant
from ansible_collections.qlikops.cloud.plugins.module_utils._watch import Watch

PRESENT = "present"
LIMITS = (("purge_after_days", 10, 90), ("wait_timeout", 1, 3600))
_LABEL = re.compile(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?")


def work(invocation: Invocation) -> Result:
    """Bring one tenant to the state wanted."""
    for name, least, most in LIMITS:
        value = invocation.options[name]
        if value is not None and not least <= value <= most:
            raise ConfigurationError(f"The option {name} must be from {least} to {most}, not {value}.")
    connection = Connection.from_options(invocation.options, invocation.run_dir)
    task = _Task(invocation, Access(connection, invocation.find, invocation.warn))
    tenant = task.find()
    if tenant is None:
        return task.create()
    return task.deactivate(tenant) if invocation.options["state"] == DEACTIVATED else task.keep(tenant)


@dataclass(frozen=True)
class _Task:
    """What the user wants, and the ways to do it."""

    invocation: Invocation
    access: Access

    @property
    def options(self) -> Options:
        return self.invocation.options

    def find(self) -> Tenant | None:
        """The tenant with the id, or with the alias; None when no tenant has the alias."""
        if self.options["id"]:
            return self.access.organization().tenant(self.options["id"])
        return self._bearer(self._alias())

    def create(self) -> Result:
        """At most one tenant of the alias."""
        alias, name = self._alias(), self.options["name"]
        if self.options["state"] != PRESENT:
            raise ConfigurationError(
                f"No tenant of the organization has the host name {alias}, so none can be made {self.options['state']}."
            )
        if not (self.options["license_key"] or self.options["source"] or self.options["adopt_id"]):
            raise ConfigurationError(
                f"There is no tenant {alias}; to create it, give license_key, or as source one of its subscription."
            )
        creation = self._creation(alias)
        if self.invocation.check_mode:
            actions = ["create", "configure"] if creation.foresee() else ["configure"]
            wanted = {"alias": alias, "name": name, "status": ACTIVE, "subscription_id": creation.wish.subscription}
            return self._told(actions, None, {}, {**wanted, "deletion_starts_at": None})
        origin = creation.run(self._set_up)
        with origin.told():
            tenant = self.access.organization().tenant(origin.id)
        if not origin.attempt:
            return self.keep(tenant)
        return self._told(["create", "configure"] if origin.is_new else ["configure"], tenant, {}, _shown(tenant))

    def keep(self, tenant: Tenant) -> Result:
        """Active, under its name and alias."""
        self._demand_usable(tenant)
        values = self._differences(tenant)
        if ALIAS in values:
            self._demand_free(values[ALIAS])
        actions = [*(["reactivate"] if tenant.is_deactivated else []), *(["configure"] if values else [])]
        if actions and not self.invocation.check_mode:
            self._change(Subject(self.access, tenant), values)
        after = _changed(tenant, values)
        return self._told(actions, after, _shown(tenant), _shown(after))

    def deactivate(self, tenant: Tenant) -> Result:
        """Deactivated; the countdown of one that is so already goes on."""
        if tenant.is_deactivated or tenant.is_deleted:
            return self._told([], tenant, _shown(tenant), _shown(tenant))
        subject, confirmed = Subject(self.access, tenant), self.options["confirm_hostname"]
        subject.demand(confirmed)
        purge = None
        if not self.invocation.check_mode:
            purge = subject.deactivate(confirmed, self.options["purge_after_days"])
        after = replace(tenant, status=DEACTIVATED, deletion_starts_at=purge)
        return self._told(["deactivate"], after, _shown(tenant), _shown(after))

    def _change(self, subject: Subject, values: t.Mapping[str, str]) -> None:
        watch = Watch(self.options["wait_timeout"])
        if subject.tenant.is_deactivated:
            subject.reactivate(self.options["confirm_hostname"])
            watch.until(subject.answers)
        if values:
            subject.configure(values)
        if ALIAS in values:
            # or a task that follows, which looks for it there, would create another tenant
            watch.until(lambda: subject.shows(values[ALIAS]))

    def _demand_usable(self, tenant: Tenant) -> None:
        if tenant.is_deleted or not (tenant.is_enabled or tenant.is_deactivated):
            raise ConfigurationError(f"The tenant {tenant} is {tenant.status}; nothing was done.")
        if tenant.is_deactivated and self.options["state"] == PRESENT:
            raise ConfigurationError(
                f"The tenant {tenant} is {tenant.status} and will be deleted"
                f"{f' from {tenant.deletion_starts_at} on' if tenant.deletion_starts_at else ''}; "
                f"to keep it, give 'state: {ACTIVE}' with confirm_hostname."
            )
        if tenant.is_deactivated:
            Subject(self.access, tenant).demand(self.options["confirm_hostname"])

    def _differences(self, tenant: Tenant) -> dict[str, str]:
        """What is to be set, by its path."""
        values, name = {}, self.options["name"]
        if name and name != tenant.name:
            values[NAME] = name
        if self.options["alias"]:
            alias = self._alias(tenant.region)
            if alias not in tenant.hostnames:
                self._demand_yes(tenant, alias)
                values[ALIAS] = alias
        return values

    def _demand_yes(self, tenant: Tenant, alias: str) -> None:
        if tenant.alias and not self.options["replace_alias"]:
            raise ConfigurationError(
                f"The tenant {tenant.id} has the alias {tenant.alias}, which others can take once it is {alias}; "
                "to replace it, say 'replace_alias: true'."
            )
        if place_of(alias) != place_of(tenant.hostname or alias):
            raise ConfigurationError(f"The alias {alias} is of another region than the tenant {tenant}.")

    def _demand_free(self, alias: str) -> None:
        if bearer := self._bearer(alias):
            raise ConfigurationError(f"The alias {alias} is that of another tenant of the organization, {bearer.id}.")

    @cached_property
    def _known(self) -> tuple[Tenant, ...]:
        """The tenants as they were when the task first looked."""
        return self.access.organization().tenants().tenants

    def _bearer(self, hostname: str) -> Tenant | None:
        return next((tenant for tenant in self._known if hostname in tenant.hostnames and not tenant.is_deleted), None)

    def _alias(self, region: str | None = None) -> str:
        """The whole host name. Raises ConfigurationError."""
        given = self.options["alias"].strip().lower()
        region = (self.options["region"] or region or "").strip().lower()
        demand_label(region, "The option region")
        alias = f"{given}.{region}{DOMAINS[0]}" if region and "." not in given else given
        place = place_of(alias)
        if not place or not all(map(_LABEL.fullmatch, alias.split("."))) or (region and place[0] != region):
            raise ConfigurationError(
                f"The alias {given} must be a host name such as north.eu.qlikcloud.com, or its first part beside region"
                f"{f', and lie in region {region}' if place and region else ''}."
            )
        return alias

    def _creation(self, alias: str) -> Creation:
        wanted, source = self.options["subscription_id"], self._source()
        subscriptions = (wanted,) if wanted else source.subscriptions if source else ()
        tokens = self.access.register(t.cast("tuple[str, str]", place_of(alias)), subscriptions)
        wish = Wish(
            alias=alias,
            subscription=subscriptions[0] if subscriptions else None,
            datacenter=self.options["datacenter"],
            wait=self.options["wait_timeout"],
            adopt_id=self.options["adopt_id"],
            not_created=tuple(self.options["confirm_not_created"]),
        )
        journal = Journal(self._journal_dir(), tokens.transport.host)
        region, organization = RegionApi(tokens), self.access.organization()
        return Creation(wish, organization, region, journal, lambda: self._license_key(source))

    def _journal_dir(self) -> str:
        folder = self.options["journal_dir"] or user_state_dir()
        if not os.path.isabs(folder):
            raise ConfigurationError(f"The option journal_dir must be absolute, so that runs share it, not {folder}.")
        return str(folder)

    def _source(self) -> Tenant | None:
        name = (self.options["source"] or "").strip().lower()
        if not name:
            return None
        found = self._bearer(name)
        wanted = self.options["subscription_id"]
        if not found or not found.is_enabled:
            raise ConfigurationError(f"The source {name} is no active tenant of the organization; give its host name.")
        if self.options["client_id"] and place_of(found.hostname or "") != place_of(self._alias()):
            raise ConfigurationError(
                f"The source {name} is of another region, which the client_id of the task does not open."
            )
        if wanted and wanted not in found.subscriptions:
            raise ConfigurationError(f"The source {name} is not of subscription {wanted}.")
        return found

    def _license_key(self, source: Tenant | None) -> str:
        if source is None:
            return str(self.options["license_key"]).strip()
        return Subject(self.access, source).license_key()

    def _set_up(self, origin: Origin) -> None:
        """Wait until the tenant is listed and answers, set what is wanted of it, and wait until the list shows it."""
        watch = Watch(self.options["wait_timeout"])
        tenant = self._listed(origin, watch)
        values, subject = self._differences(tenant), Subject(self.access, tenant)
        if values:
            watch.until(subject.answers)
            subject.configure(values)
        # by that list the next run decides whether there is one
        watch.until(lambda: subject.shows(self._alias()))

    def _listed(self, origin: Origin, watch: Watch) -> Tenant:
        try:
            return watch.until(lambda: self.access.organization().tenant(origin.id))
        except NotFoundError:
            name = origin.attempt.name if origin.attempt else ""
            settle = f"; if it is gone, give 'confirm_not_created: [{name}]'"
            raise UnlistedError(
                f"The tenant {origin.id} was created, but the organization did not list it within "
                f"{watch.wait:g} seconds: run this task again, and it will be finished{settle}."
            ) from None

    def _told(self, actions: list[str], tenant: Tenant | None, before: Result, after: Result) -> Result:
        result = {"changed": bool(actions), "actions": actions, "tenant": tenant.facts() if tenant else None}
        return {**result, **({"diff": {"before": before, "after": after}} if self.invocation.diff else {})}


def _changed(tenant: Tenant, values: t.Mapping[str, str]) -> Tenant:
    """The tenant as it is when it is active and the values are set; the organization may show it a while later."""
    hostnames = (*tenant.hostnames[:1], values[ALIAS]) if ALIAS in values else tenant.hostnames
    return replace(
        tenant,
        name=values.get(NAME, tenant.name),
        hostnames=hostnames,
        status=ACTIVE if tenant.is_deactivated else tenant.status,
        deletion_starts_at=None if tenant.is_deactivated else tenant.deletion_starts_at,
    )


def _shown(tenant: Tenant) -> Result:
    shown = ("alias", "name", "status", "subscription_id", "deletion_starts_at")
    return {name: getattr(tenant, name) for name in shown}


TENANT = Operation(
    name="qlikops.cloud.tenant",
    arguments={
        "state": {"type": "str", "choices": [PRESENT, ACTIVE, DEACTIVATED], "default": PRESENT},
        "id": {"type": "str"},
        "alias": {"type": "str"},
        "region": {"type": "str"},
        "subscription_id": {"type": "str"},
        "name": {"type": "str"},
        "replace_alias": {"type": "bool", "default": False},
        "license_key": {"type": "str", "no_log": True},
        "source": {"type": "str"},
        "datacenter": {"type": "str"},
        "confirm_hostname": {"type": "str"},
        "purge_after_days": {"type": "int"},
        "wait_timeout": {"type": "int", "default": 300},
        "adopt_id": {"type": "str"},
        "confirm_not_created": {"type": "list", "elements": "str", "default": []},
        "journal_dir": {"type": "path", "fallback": (fallback, ["journal_dir"])},
        **CONNECTION_ARGUMENTS,
    },
    rules={
        "required_one_of": [("id", "alias")],
        "mutually_exclusive": [("license_key", "source")],
        "required_if": [("state", DEACTIVATED, ["confirm_hostname"]), ("state", ACTIVE, ["confirm_hostname"])],
    },
    work=work,
    left_out={
        "id": "the tenant of the alias",
        "alias": "any alias",
        **dict.fromkeys(("region", "subscription_id", "name", "source", "adopt_id"), "none"),
    },
    runs_here=always,
)
