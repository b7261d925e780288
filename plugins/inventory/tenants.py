# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Inventory plugin: the tenants of an organization as hosts."""

from __future__ import annotations

DOCUMENTATION = r"""
name: tenants
short_description: Every tenant of a Qlik Cloud organization as a host
version_added: 0.9.0
author:
  - qlikops.cloud contributors (@qlikops)
description:
  - Lists all tenants of an organization, over all subscriptions and regions, or those of the subscriptions that are
    named, with an organization-level OAuth client, and makes each one a host.
  - The configuration file must have a name that ends in C(qlik.yml) or C(qlik.yaml).
  - Listing tenants asks for a token of the Cloud Console only, never for one of a tenant, since that creates a bot
    user there.
  - The list is complete or the source fails. Nothing is added to the inventory before the last page has come.
options:
  plugin:
    description: Marks the file as one of this plugin.
    type: str
    required: true
    choices: [qlikops.cloud.tenants]
  statuses:
    description:
      - Tenants of which statuses become hosts. V(all) takes every one.
      - The service knows V(active), V(deactivated), V(disabled) and V(deleted).
        V(deactivated) and V(disabled) mean the same.
      - A status that neither the service nor a tenant knows is warned of.
    type: list
    elements: str
    default: [active]
    env:
      - name: QLIK_STATUSES
  regions:
    description:
      - Take tenants of these regions only, by the label in their host names, such as V(us), or by region code, such
        as V(us-east-1).
      - A region that no tenant has (of O(subscriptions), when they are named) is warned of.
    type: list
    elements: str
    default: []
    env:
      - name: QLIK_REGIONS
  subscriptions:
    description:
      - Take tenants of these subscriptions only. They are listed side by side, which is faster than one long list.
      - The service refuses a subscription that is not of the organization, which fails the source. One that no tenant
        has is warned of.
    type: list
    elements: str
    default: []
    env:
      - name: QLIK_SUBSCRIPTIONS
  filters:
    description:
      - Conditions in order, each C(include) or C(exclude) with a Jinja expression over the host variables.
      - The first that holds decides; a tenant for which none holds is included. A last entry C(exclude) with V(true)
        turns that round.
      - Applied after O(statuses), O(regions) and O(subscriptions). A condition that cannot be evaluated fails the
        source.
      - A list of dictionaries; in the environment, the same as YAML text.
    type: raw
    default: []
    env:
      - name: QLIK_FILTERS
  hostnames:
    description:
      - Jinja expressions without braces, in order of preference; the first that is not empty names the host.
      - A result that is no plain label (letters, digits, dot, underscore, hyphen), is the name of a group or
        V(localhost), or is
        shared by tenants gives way to the tenant's id for all of them, with a warning; with O(strict=true) the
        source fails.
      - A tenant for which all are empty is named by its id.
      - In the environment, expressions are separated by commas, so none of them can hold a comma.
    type: list
    elements: str
    default: [qlik_hostname]
    env:
      - name: QLIK_HOSTNAMES
  group_by:
    description:
      - The groups that are made below the group C(qlik), such as C(qlik_region_us), C(qlik_country_ie),
        C(qlik_subscription_1000000000000001) and C(qlik_status_active).
    type: list
    elements: str
    choices: [region, country, subscription, status]
    default: [region, country, subscription, status]
    env:
      - name: QLIK_GROUP_BY
  connection:
    description:
      - V(local) sets C(ansible_connection) to V(local) and C(ansible_python_interpreter) to Ansible's own on each
        host, since a
        tenant is no machine that can be logged in to.
      - V(none) sets neither.
    type: str
    choices: [local, none]
    default: local
    env:
      - name: QLIK_CONNECTION
  organization:
    description:
      - A label for the organization. Its tenants get it as C(qlik_organization) and form the group
        C(qlik_organization_<label>).
    type: str
    env:
      - name: QLIK_ORGANIZATION
  expect_at_least:
    description:
      - Fail when fewer tenants than this would become hosts.
    type: int
    default: 0
    env:
      - name: QLIK_EXPECT_AT_LEAST
  stale_if_error:
    description:
      - When the service cannot be reached or has a problem of its own, serve the last complete list if it is not
        older than this
        many seconds, with a warning. Refused credentials always fail.
      - V(0) never does. The list is kept in O(cache_dir), encrypted with a key derived from the client's secret.
    type: int
    default: 0
    env:
      - name: QLIK_STALE_IF_ERROR
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.plugins
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
notes:
  - Ansible turns a source that fails into a warning and goes on with the rest. Set
    E(ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true)
    (or C(any_unparsed_is_failed) in C(ansible.cfg)), so that a play never runs on part of your tenants.
  - Text options may hold templates, rendered with extra variables, and values encrypted with Ansible Vault.
    Options that take expressions (O(filters), O(hostnames), O(compose), O(groups), O(keyed_groups)) are not rendered.
  - In the variable C(qlik_credentials) credentials can be given as extra variable, for example with C(-e
    @credentials.yml).
    The order is options of the file, that variable, O(credentials_file), environment variables.
  - A tenant is no machine. With C(gathering = explicit) no play collects facts of the controller for each tenant, and
    M(ansible.builtin.command) on a tenant runs on the controller.
  - Names and other free text of the service are never used as templates.
  - An environment variable that is empty counts as unset.
seealso:
  - name: Organization APIs
    description: The service's own documentation.
    link: https://qlik.dev/apis/org-rest/
"""

EXAMPLES = r"""
# Each entry stands for a file of that name, with what is indented below it.

# All active tenants, with QLIK_CLIENT_ID and QLIK_CLIENT_SECRET in the environment
org.qlik.yml:
  plugin: qlikops.cloud.tenants

# Credentials from a file that Ansible Vault protects
vault.qlik.yml:
  plugin: qlikops.cloud.tenants
  credentials_file: credentials.yml

# The secret from elsewhere, two regions, whatever the status, hosts by their alias where they have one
regions.qlik.yml:
  plugin: qlikops.cloud.tenants
  client_id: 0123456789abcdef0123456789abcdef
  client_secret: "{{ lookup('ansible.builtin.env', 'MY_SECRET') }}"
  regions: [us, eu]
  statuses: [all]
  hostnames:
    - qlik_alias
    - qlik_hostname

# All but sandboxes; of those created in 2030 only the ones with a license number
filtered.qlik.yml:
  plugin: qlikops.cloud.tenants
  filters:
    - exclude: "'sandbox' in (qlik_name | default('', true) | lower)"
    - include: qlik_license_number is not none
    - exclude: qlik_created_at is match('2030-')

# Groups, variables and a cache of one hour
grouped.qlik.yml:
  plugin: qlikops.cloud.tenants
  cache: true
  cache_plugin: ansible.builtin.jsonfile
  cache_connection: ~/.cache/tenants
  cache_timeout: 3600
  compose:
    display_name: qlik_name | default(qlik_hostname, true)
  groups:
    with_alias: qlik_alias is not none
  keyed_groups:
    - key: qlik_license_ends_at[:4]
      prefix: license_ends

# A guard for production: fail rather than run on a fraction, and survive an outage of an hour
guarded.qlik.yml:
  plugin: qlikops.cloud.tenants
  organization: acme
  expect_at_least: 40
  stale_if_error: 3600
"""

import os
import re
import typing as t

from ansible import constants as C
from ansible.errors import AnsibleError, AnsibleParserError
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable

from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._credential_sources import CredentialSources
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import DIRECT, CredentialBook
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError, QlikError
from ansible_collections.qlikops.cloud.plugins.module_utils._option_names import known_only
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant

# loaded here since the lookup finds it in the worker, where a key of its own would be nobody else's
from ansible_collections.qlikops.cloud.plugins.plugin_utils import _run_memory  # noqa: F401  # pylint: disable=unused-import
from ansible_collections.qlikops.cloud.plugins.plugin_utils._constructed import QuickTemplar
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import READ_AFRESH, placeless, plain, trusted
from ansible_collections.qlikops.cloud.plugins.plugin_utils._expressions import Expressions
from ansible_collections.qlikops.cloud.plugins.plugin_utils._host_names import HostNames, host_names
from ansible_collections.qlikops.cloud.plugins.plugin_utils._host_variables import (
    CONNECTION,
    ROOT_GROUP,
    groups_of,
    host_variables,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._options import (
    blank_variables_unset,
    book_of,
    quoting_no_value,
    quoting_nothing,
    rendered,
    words_of,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._organization_list import OrganizationList
from ansible_collections.qlikops.cloud.plugins.plugin_utils._selection import Selection
from ansible_collections.qlikops.cloud.plugins.plugin_utils._undo import undone_on_error
from ansible_collections.qlikops.cloud.plugins.plugin_utils._warm_up import warm_up_for_plays

ENDINGS = ("qlik.yml", "qlik.yaml")
EXPRESSIONS = frozenset({"plugin", "filters", "hostnames", "compose", "groups", "keyed_groups"})
MOST_WARNINGS = 3
_OURS = re.compile(r"^[\"']?plugin[\"']?\s*:\s*[\"']?qlikops\.cloud\.tenants\b", re.MULTILINE)


class _NamesOfGroups(Exception):
    """Names of hosts that turn out to be names of groups too."""


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Selects, names and groups the tenants of an organization; see DOCUMENTATION."""

    NAME = "qlikops.cloud.tenants"

    def verify_file(self, path: str) -> bool:
        if path.endswith(ENDINGS):
            return bool(super().verify_file(path))
        if path.endswith((".yml", ".yaml")) and _is_ours(path):
            self.display.warning(
                f"{path} is meant for {self.NAME} and is not read: its name must end in {' or '.join(ENDINGS)}, "
                "for example org.qlik.yml."
            )
        return False

    def parse(self, inventory: t.Any, loader: t.Any, path: str, cache: bool = True) -> None:
        super().parse(inventory, loader, path, cache)
        warm_up_for_plays()
        self._source = path
        self._known: dict[str, dict[str, t.Any]] = {}
        try:
            listing = self._listing(self._configure())
            self.templar = t.cast("t.Any", QuickTemplar(loader))
            self._populate(self._hosts(listing, cache))
        except QlikError as error:
            raise AnsibleParserError(str(error)) from None
        except AnsibleError as error:
            raise AnsibleParserError(f"{words_of(error)}.") from None

    def set_options(self, task_keys: t.Any = None, var_options: t.Any = None, direct: t.Any = None) -> None:
        if direct:
            self.templar.available_variables = self._vars
            direct = rendered(direct, set(direct) - EXPRESSIONS, self.templar, self._source)
            direct = {placeless(k): placeless(v, trusted if k in EXPRESSIONS else plain) for k, v in direct.items()}
        with blank_variables_unset(), quoting_no_value(self._source):
            super().set_options(task_keys, var_options, direct)

    def _configure(self) -> dict[str, t.Any]:
        """Set the options; returns them as they stand in the file."""
        written = self._read(self._source)
        if not isinstance(written, dict) or written.get("plugin") != self.NAME:
            raise ConfigurationError(f"{self._source} must be a mapping of options with plugin: {self.NAME}.")
        known_only(written, self.option_definitions, self._source)
        self._read_config_data(self._source)
        if not all(isinstance(name, str) for name in self.get_option("hostnames")):
            raise ConfigurationError(f"The option hostnames in {self._source} must be a list of expressions.")
        self._organization = self.get_option("organization") or None
        self._selection = Selection.from_options(self.get_options())
        self._expressions = Expressions(self._compose, self._complain)
        return written

    def _listing(self, written: dict[str, t.Any]) -> OrganizationList:
        options = self.get_options()
        connection = Connection.from_options(options, C.DEFAULT_LOCAL_TMP)
        credential = self._sources(written).find(Target.of(connection.console_url, connection.console_url))
        named, stale = self._selection.subscriptions, options["stale_if_error"]
        return OrganizationList(connection, credential, named, stale, self._source, self.display)

    def _sources(self, written: dict[str, t.Any]) -> CredentialSources:
        return CredentialSources(
            "the inventory source",
            {name: self.get_option(name) for name in DIRECT if written.get(name)},
            book_of(self._vars, self.templar, "the extra variables"),
            self.get_option("credentials_file") or None,
            self._read_book,
        )

    def _read_book(self, name: str) -> CredentialBook:
        path = os.path.join(os.path.dirname(os.path.abspath(self._source)), os.path.expanduser(name))
        return CredentialBook.from_mapping(self._read(path), name)

    def _read(self, path: str) -> t.Any:
        with quoting_nothing(path):
            return self.loader.load_from_file(path, READ_AFRESH)

    def _hosts(self, listing: OrganizationList, cache: bool) -> list[Tenant]:
        use_cache = self.get_option("cache")
        name = f"{self.get_cache_key(self._source)}_{listing.key}"
        kept = self._cached(name) if use_cache and cache else None
        tenants, is_new = (kept, False) if kept is not None else listing.fetch()
        hosts = self._selected(sorted(tenants, key=lambda tenant: tenant.id))
        if is_new:
            listing.keep(tenants)
        if is_new and use_cache:
            self._cache[name] = [tenant.as_row() for tenant in tenants]
        return hosts

    def _cached(self, name: str) -> list[Tenant] | None:
        try:
            return [Tenant.from_api(row) for row in self._cache[name]]
        except (KeyError, TypeError, AttributeError, QlikError):
            return None

    def _selected(self, tenants: list[Tenant]) -> list[Tenant]:
        for missing in self._selection.unknown(tenants):
            self.display.warning(f"{self._source}: {missing}")
        hosts = [tenant for tenant in tenants if self._is_host(tenant)]
        self.display.v(f"{self._source}: {len(hosts):,} tenants are hosts, {len(tenants) - len(hosts):,} are left out")
        least = self.get_option("expect_at_least")
        if len(hosts) < least:
            raise ConfigurationError(f"{len(hosts)} tenants would become hosts, but expect_at_least wants {least}.")
        if tenants and not hosts:
            self.display.warning(f"{self._source}: none of {len(tenants):,} tenants is a host; -vvv tells why")
        return hosts

    def _is_host(self, tenant: Tenant) -> bool:
        reason = self._selection.why_left_out(
            tenant, lambda condition: self._expressions.holds(condition, self._variables(tenant))
        )
        if reason:
            self.display.vvv(f"{self._source}: tenant {tenant.id!r} is left out, since {reason}")
        return not reason

    def _variables(self, tenant: Tenant) -> dict[str, t.Any]:
        if tenant.id not in self._known:
            self._known[tenant.id] = host_variables(tenant, self._organization)
        return self._known[tenant.id]

    def _complain(self, sentence: str) -> None:
        if self.get_option("strict"):
            raise ConfigurationError(sentence)
        self.display.warning(sentence)

    def _populate(self, tenants: list[Tenant]) -> None:
        hostnames = self.get_option("hostnames")
        wanted = {tenant.id: self._expressions.first_of(hostnames, self._variables(tenant)) for tenant in tenants}
        composed = {self._sanitize_group_name(name) for name in self.get_option("groups") or ()}
        groups = {ROOT_GROUP, *self.inventory.groups, *composed}
        naming = self._named(wanted, groups)
        while clashes := self._fill(tenants, naming.names):
            groups |= clashes
            naming = self._named(wanted, groups)
        for fault in naming.faults[:MOST_WARNINGS]:
            self.display.warning(fault)
        if len(naming.faults) > MOST_WARNINGS:
            self.display.warning(f"{len(naming.faults) - MOST_WARNINGS:,} more tenants are named by their ids.")

    def _named(self, wanted: dict[str, str | None], groups: set[str]) -> HostNames:
        naming = host_names(wanted, lambda identity, name: self._other_meaning(identity, name, groups))
        if naming.faults and self.get_option("strict"):
            raise ConfigurationError(naming.faults[0])
        return naming

    def _other_meaning(self, identity: str, name: str, groups: set[str]) -> str | None:
        if name in groups:
            return "a group"
        host = self.inventory.hosts.get(name)
        owner = host.vars.get("qlik_id") if host else identity
        own_names = (identity, self._known[identity]["qlik_hostname"])
        return None if owner == identity or (owner is None and name in own_names) else "another host"

    def _fill(self, tenants: list[Tenant], names: dict[str, str]) -> set[str]:
        """Add all hosts; where one has the name of a group that was made meanwhile, take all back and tell which."""
        try:
            with undone_on_error(self.inventory):
                self.inventory.add_group(ROOT_GROUP)
                for tenant in tenants:
                    self._demand_no_group(names[tenant.id])
                    self._add_host(names[tenant.id], tenant)
                self._demand_no_group(*names.values())
        except _NamesOfGroups as clash:
            return set(clash.args)
        return set()

    def _demand_no_group(self, *names: str) -> None:
        clashes = self.inventory.groups.keys() & set(names)
        if clashes:
            raise _NamesOfGroups(*clashes)

    def _add_host(self, name: str, tenant: Tenant) -> None:
        groups = groups_of(tenant, self.get_option("group_by"), self._organization)
        self.inventory.add_host(name, None if groups else ROOT_GROUP)
        for group in groups:
            self.inventory.add_group(group)
            self.inventory.add_child(ROOT_GROUP, group)
            self.inventory.add_child(group, name)
        variables = self._variables(tenant)
        connection = CONNECTION if self.get_option("connection") == "local" else {}
        for variable, value in {**variables, **connection}.items():
            self.inventory.set_variable(name, variable, value)
        self._construct(name, variables)

    def _construct(self, name: str, variables: dict[str, t.Any]) -> None:
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)


def _is_ours(path: str) -> bool:
    try:
        with open(path, encoding="utf-8", errors="replace") as file:
            return bool(_OURS.search(file.read(4096)))
    except OSError:
        return False
