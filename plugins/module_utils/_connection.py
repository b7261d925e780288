# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The connection options, and what they open. Private to this collection."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport, origin_of
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import HttpSettings
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import CONSOLE_URL, OrganizationApi
from ansible_collections.qlikops.cloud.plugins.module_utils._token_store import KEPT_NOWHERE, open_store, user_cache_dir
from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import TokenSource
from ansible_collections.qlikops.cloud.plugins.module_utils._waiting import Tell, silence

LIMITS = (("timeout", 1, 3600), ("retries", 0, 100), ("max_wait", 0, 86400))


@dataclass(frozen=True)
class Connection:
    """How to reach the service; times in seconds. run_dir is a private folder that ends with the run."""

    console_url: str
    http: HttpSettings
    token_cache: str
    cache_dir: str | None
    run_dir: str | None

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any], run_dir: str | None) -> Connection:
        """The connection that plugin or module options describe. Raises ConfigurationError."""
        for name, least, most in LIMITS:
            if not least <= options[name] <= most:
                raise ConfigurationError(f"The option {name} must be from {least} to {most}, not {options[name]}.")
        http = HttpSettings(options["timeout"], options["retries"], options["max_wait"], options.get("ca_path") or None)
        url = origin_of(options.get("console_url") or CONSOLE_URL)
        return cls(url, http, options["token_cache"], options.get("cache_dir") or None, run_dir)

    def url_of(self, host: str | None) -> str:
        """The base URL of a host, with or without https://, or of the console. Raises ConfigurationError."""
        if host is None:
            return self.console_url
        return origin_of(host if "://" in host else f"https://{host.strip()}")

    def organization(self, credential: Credential, tell: Tell = silence) -> OrganizationApi:
        """The organization API, opened with the organization's credential; tell is told of long waits."""
        return OrganizationApi(ApiClient(self.tokens(self.console_url, credential, tell)))

    def tokens(self, url: str, credential: Credential, tell: Tell = silence, afresh: bool = False) -> TokenSource:
        """The tokens of a credential for the host of a base URL; afresh leaves out those that are kept."""
        kind = KEPT_NOWHERE if afresh else self.token_cache
        store = open_store(kind, self.cache_dir, self.run_dir, self.http.longest())
        return TokenSource(credential, Transport(url, self.http, tell=tell), store)

    @property
    def kept_in(self) -> str:
        """The folder for what outlives a run."""
        return self.cache_dir or user_cache_dir()


def opened_tokens(options: t.Mapping[str, t.Any], run_dir: str | None, tell: Tell) -> TokenSource:
    """The tokens for the host of a task, of the credential that its options hold."""
    connection = Connection.from_options(options, run_dir)
    credential = Credential.from_mapping(options, "the task")
    return connection.tokens(connection.url_of(options["host"]), credential, tell)
