# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The steps of a tenant's life. Private to this collection."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.qlikops.cloud.plugins.module_utils._access import Access
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ConfigurationError,
    QlikError,
    WrongTenantError,
    leaves_open,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._region import RegionApi
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import place_of
from ansible_collections.qlikops.cloud.plugins.module_utils._tenant import TenantApi
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant

NAME, ALIAS = "/name", "/hostnames/1"


@dataclass(frozen=True)
class Subject:
    """The tenant that steps are taken on. All methods raise QlikError."""

    access: Access
    tenant: Tenant

    def deactivate(self, confirmed: str, purge_after_days: int | None) -> str | None:
        """When the tenant is to be deleted, if the service tells."""
        try:
            return self._region().deactivate(self.tenant.id, confirmed, purge_after_days)
        except QlikError as error:
            return self._seen(error, lambda tenant: tenant.is_deactivated).deletion_starts_at

    def reactivate(self, confirmed: str) -> None:
        try:
            self._region().reactivate(self.tenant.id, confirmed)
        except QlikError as error:
            self._seen(error, lambda tenant: tenant.is_enabled)

    def answers(self) -> None:
        """Raises WrongTenantError when another tenant does."""
        found = self._open().me().get("tenantId")
        if found != self.tenant.id:
            raise WrongTenantError(f"{self._hostname} is the tenant {found}, not {self.tenant.id}.")

    def configure(self, values: t.Mapping[str, str]) -> None:
        """Set values by their path."""
        self._open().configure(self.tenant.id, values)

    def shows(self, alias: str) -> None:
        """Raises AnswerError while the organization's list does not show the tenant with this alias."""
        listed = self.access.organization().tenants().tenants
        if not any(tenant.id == self.tenant.id and alias in tenant.hostnames for tenant in listed):
            raise AnswerError(
                f"The organization's list does not show the alias {alias} of tenant {self.tenant.id} yet."
            )

    def license_key(self) -> str:
        return self._open().license_key()

    def demand(self, confirmed: str) -> None:
        """Raises ConfigurationError unless it is a host name of the tenant."""
        if confirmed.lower() not in self.tenant.hostnames:
            raise ConfigurationError(
                f"The option confirm_hostname names {confirmed}, which is no host name of tenant {self.tenant.id} "
                f"({', '.join(self.tenant.hostnames) or 'it has none'}); nothing was sent."
            )

    def _open(self) -> TenantApi:
        return self.access.tenant(self._hostname, self.tenant)

    def _region(self) -> RegionApi:
        place = place_of(self._hostname)
        if not place:
            raise ConfigurationError(f"The region of tenant {self.tenant.id} cannot be told from {self._hostname}.")
        return RegionApi(self.access.register(place, self.tenant.subscriptions))

    @property
    def _hostname(self) -> str:
        if not self.tenant.hostname:
            raise ConfigurationError(f"The tenant {self.tenant.id} has no host name to call.")
        return self.tenant.hostname

    def _seen(self, error: QlikError, is_done: t.Callable[[Tenant], bool]) -> Tenant:
        """The tenant as it is after a call without an answer. Raises the error when the call had no effect."""
        if leaves_open(error):
            tenant = self.access.organization().tenant(self.tenant.id)
            if is_done(tenant):
                return tenant
        raise error
