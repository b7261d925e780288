# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a task or a lookup can look at: its host, what the inventory knows of it, and files of credentials.

Private to this collection, for the controller only.
"""

from __future__ import annotations

import os
import typing as t
from dataclasses import dataclass
from urllib.parse import urlsplit

from ansible.parsing.dataloader import DataLoader

from ansible_collections.qlikops.cloud.plugins.module_utils._credential_sources import CredentialSources
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import CredentialBook
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._http import origin_of
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Options
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target, hostnames_of, place_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import READ_AFRESH, closed, reopenable
from ansible_collections.qlikops.cloud.plugins.plugin_utils._options import Templar, book_of, quoting_nothing
from ansible_collections.qlikops.cloud.plugins.plugin_utils._run_memory import remembered
from ansible_collections.qlikops.cloud.plugins.plugin_utils._vault import Vault
from ansible_collections.qlikops.cloud.plugins.plugin_utils._vault_file import VaultFile

Variables = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class Play:
    """What a task or a lookup can look at."""

    variables: Variables
    templar: Templar
    loader: DataLoader
    delegate_to: str | None = None

    def host(self) -> str:
        """The tenant that the task runs for: the host it is delegated to, else its own. Raises ConfigurationError."""
        for known in (self._delegated(), self.variables):
            if hostname := known.get("qlik_hostname"):
                return str(self.templar.template(hostname))
        name = str(self.variables.get("inventory_hostname", ""))
        if place_of(name.lower()):
            return name
        raise ConfigurationError(
            f"{name or 'This host'} is no tenant: it has no qlik_hostname, and its name is none of Qlik Cloud; "
            "give the option host."
        )

    def tenant(self, url: str) -> Variables:
        """What the inventory knows of the tenant behind a base URL; empty when it knows nothing."""
        hostname = urlsplit(url).netloc
        return next((known for known in self._known(hostname) if hostname in hostnames_of(known)), {})

    def _known(self, hostname: str) -> t.Iterator[Variables]:
        yield self._delegated()
        yield self.variables
        # to gather the variables of another host takes as long as the rest of a task
        hosts = self.variables.get("hostvars") or {}
        if hostname in hosts:
            yield hosts[hostname]

    def target(self, url: str, console_url: str) -> Target:
        """What is behind a base URL, with what the inventory knows of it.

        The register host of the current tenant's region serves its subscription.
        """
        target = Target.of(url, console_url, self.tenant(url))
        if not target.is_register:
            return target
        try:
            own = origin_of(f"https://{self.host()}")
        except ConfigurationError:
            return target
        ours = Target.of(own, console_url, self.tenant(own))
        return target.known_as(ours.subscriptions if ours.place == target.place else (), ())

    def _delegated(self) -> Variables:
        return (self.variables.get("ansible_delegated_vars") or {}).get(self.delegate_to) or {}

    def sources(self, place: str, written: Options, credentials_file: str | None) -> CredentialSources:
        """Where a credential may be; a relative path is taken from the folder of the playbook, else the current one."""
        book = book_of(self.variables, self.templar, "the variables")
        return CredentialSources(place, written, book, credentials_file, self._read)

    def encrypted_file(self, name: str, wait: float) -> VaultFile:
        """A file under Ansible Vault; wait is for how many seconds another run may keep it to itself."""
        return VaultFile(self._path_of(name), Vault(self.loader, self._path_of), wait)

    def document(self, name: str) -> tuple[str, t.Any]:
        """The path of a YAML file, and what it holds. Raises ConfigurationError, which quotes nothing of it."""
        path = self._path_of(name)
        return path, self._loaded(path)

    def _path_of(self, name: str) -> str:
        beside, here = self.loader.path_dwim(name), os.path.abspath(name)
        # a playbook of a collection has nobody's files beside it
        return here if os.path.exists(here) and not os.path.exists(beside) else beside

    def _read(self, name: str) -> CredentialBook:
        path = self._path_of(name)
        content = remembered(path, name, lambda: self._parsed(path, name))
        return CredentialBook.from_kept(content, lambda secret: reopenable(secret, self.loader))

    def _parsed(self, path: str, name: str) -> bytes:
        return CredentialBook.from_mapping(self._loaded(path), name).kept(closed)

    def _loaded(self, path: str) -> t.Any:
        with quoting_nothing(path):
            return self.loader.load_from_file(path, READ_AFRESH)
