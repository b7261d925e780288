# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What an operation on several hosts opens them with. Private to this collection."""

from __future__ import annotations

from dataclasses import dataclass, replace

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError, NoCredentialError
from ansible_collections.qlikops.cloud.plugins.module_utils._http import origin_of
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Find
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import OrganizationApi
from ansible_collections.qlikops.cloud.plugins.module_utils._tenant import TenantApi
from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant
from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import TokenSource
from ansible_collections.qlikops.cloud.plugins.module_utils._waiting import Tell

LONGEST_CREATION = 120.0  # seconds; the service does not say how long it takes


@dataclass(frozen=True)
class Access:
    """Hosts of all tiers, each opened with the credential found for it. All methods raise QlikError."""

    connection: Connection
    find: Find
    tell: Tell

    def organization(self) -> OrganizationApi:
        url = self.connection.console_url
        return self.connection.organization(self.find(url, (), ()), self.tell)

    def register(self, place: tuple[str, str], subscriptions: tuple[str, ...]) -> TokenSource:
        """The register host of a region and domain, where calls take their time."""
        region, domain = place
        url = f"https://register.{region}{domain}"
        credential = self.find(url, subscriptions, ())
        http = replace(self.connection.http, timeout=max(self.connection.http.timeout, LONGEST_CREATION))
        connection = replace(self.connection, http=http)
        return connection.tokens(origin_of(credential.register_url or url), credential, self.tell)

    def tenant(self, hostname: str, known: Tenant) -> TenantApi:
        """A tenant by one of its host names; known is what the organization tells of it."""
        return TenantApi(ApiClient(self.tokens(hostname, self.credential(hostname, known))))

    def credential(self, hostname: str, known: Tenant) -> Credential:
        """What opens a tenant by one of its host names. Raises NoCredentialError when nothing does."""
        try:
            url = self.connection.url_of(hostname)
        except ConfigurationError as error:
            raise NoCredentialError(f"The host name of the tenant {known.id} cannot be part of an address.") from error
        return self.find(url, known.subscriptions, known.hostnames)

    def tokens(self, hostname: str, credential: Credential) -> TokenSource:
        return self.connection.tokens(self.connection.url_of(hostname), credential, self.tell)
