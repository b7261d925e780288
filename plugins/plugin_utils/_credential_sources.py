# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the credential of a host is found. Private to this collection, for the controller only."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass
from urllib.parse import urlsplit

from ansible.parsing.dataloader import DataLoader

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import from_environment, variable_of
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import (
    DIRECT,
    PROOFS,
    VARIABLE,
    Credential,
    CredentialBook,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._http import origin_of
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Options
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import READ_AFRESH
from ansible_collections.qlikops.cloud.plugins.plugin_utils._options import Templar, book_of, quoting_nothing

Variables = t.Mapping[str, t.Any]


@dataclass(frozen=True)
class CredentialSources:
    """In order: the options as written at place, the variable qlik_credentials, credentials_file, the environment.

    What the environment holds is the organization's, and may complete what is written. read_file loads a book.
    """

    place: str
    written: Options
    book: t.Any
    credentials_file: str | None
    read_file: t.Callable[[str], t.Any]

    def find(self, target: Target) -> Credential:
        """The credential that opens a target. Raises ConfigurationError that says what was looked at."""
        is_known = not target.is_foreign_console or _is_named_in_environment(target)
        environment = {name: from_environment(name) for name in DIRECT if target.is_console and is_known}
        if any(self.written.get(name) for name in DIRECT):
            return self._written(target, environment)
        if not is_known:
            raise ConfigurationError(
                f"{target.hostname} is no console of Qlik Cloud; to send a secret there all the same, write client_id "
                f"and client_secret beside console_url, or set {variable_of('console_url')}."
            )
        return self._kept(target, environment)

    def _written(self, target: Target, environment: Options) -> Credential:
        if not (target.is_console or target.place):
            raise ConfigurationError(
                f"{target.hostname} is no host of Qlik Cloud; to send a secret there all the same, "
                "give it an entry below tenants in credentials_file."
            )
        return Credential.from_mapping(self._completed(environment), self.place)

    def _kept(self, target: Target, environment: Options) -> Credential:
        books = []
        for source, document in self._documents():
            book = CredentialBook.from_mapping(document, source)
            if credential := book.find(target):
                return credential
            books.append(f"{source} holds {book.contents()}")
        if any(environment.values()):
            return Credential.from_mapping(environment, "the environment (QLIK_CLIENT_ID, QLIK_CLIENT_SECRET)")
        raise _nothing_found(target, books)

    def _completed(self, environment: Options) -> Options:
        """What is written, with the rest from the environment, but no second proof."""
        written = {name: self.written[name] for name in DIRECT if self.written.get(name)}
        unwanted = PROOFS if any(name in written for name in PROOFS) else ()
        return {**{name: value for name, value in environment.items() if name not in unwanted}, **written}

    def _documents(self) -> t.Iterator[tuple[str, t.Any]]:
        if self.book:
            yield f"the variable {VARIABLE}", self.book
        if self.credentials_file:
            yield self.credentials_file, self.read_file(self.credentials_file)


@dataclass(frozen=True)
class Play:
    """What a task or a lookup can look at."""

    variables: Variables
    templar: Templar
    loader: DataLoader

    def target(self, url: str, console_url: str) -> Target:
        """What is behind a base URL, with what the inventory knows of it: the current host, or the one of that name."""
        target = Target.of(url, console_url, self.variables)
        hosts = self.variables.get("hostvars") or {}
        if target.subscriptions or target.hostname not in hosts:
            return target
        return Target.of(url, console_url, hosts[target.hostname])

    def sources(self, place: str, written: Options, credentials_file: str | None) -> CredentialSources:
        """Where a credential may be; a relative path is taken from the folder of the playbook."""
        book = book_of(self.variables, self.templar, "the variables")
        return CredentialSources(place, written, book, credentials_file, self._read)

    def _read(self, name: str) -> t.Any:
        path = self.loader.path_dwim(name)
        with quoting_nothing(path):
            return self.loader.load_from_file(path, READ_AFRESH)


def _is_named_in_environment(target: Target) -> bool:
    url = from_environment("console_url")
    return url is not None and urlsplit(origin_of(url)).netloc == target.hostname


def _nothing_found(target: Target, books: list[str]) -> ConfigurationError:
    looked_at = f" ({'; '.join(books)})" if books else ""
    if not target.is_console:
        return ConfigurationError(
            f"No credential for {target} was found{looked_at}: name a credentials_file with an entry for this tenant "
            "or its region, or set qlik_credentials."
        )
    variables = " and ".join(map(variable_of, DIRECT[:2]))
    return ConfigurationError(
        f"No credential of the organization was found{looked_at}: set {variables}, "
        "or name a credentials_file with an organization entry. The client is made in the Cloud Console, "
        "console.qlikcloud.com/admin/oauth."
    )
