# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the credential of a host is found. Private to this collection."""

from __future__ import annotations

import functools
import typing as t
from dataclasses import dataclass
from urllib.parse import urlsplit

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import from_environment, variable_of
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import (
    DIRECT,
    PROOFS,
    VARIABLE,
    Credential,
    CredentialBook,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError, NoCredentialError
from ansible_collections.qlikops.cloud.plugins.module_utils._http import origin_of
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Options
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target

_BOOK = f"the variable {VARIABLE}"


@dataclass(frozen=True)
class CredentialSources:
    """In order: the options as written at place, the variable qlik_credentials, credentials_file, the environment.

    What the environment holds is the organization's, and may complete what is written. read_file gives the book in a
    file.
    """

    place: str
    written: Options
    book: t.Any
    credentials_file: str | None
    read_file: t.Callable[[str], CredentialBook]

    def find(self, target: Target) -> Credential:
        """The credential that opens a target. Raises NoCredentialError that says what was looked at."""
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

    def client_ids(self) -> t.Iterator[str]:
        """Those of all clients that are known here."""
        yield from (found for found in (self.written.get("client_id"), from_environment("client_id")) if found)
        for _source, book in self._books():
            yield from book.client_ids()

    def _written(self, target: Target, environment: Options) -> Credential:
        if not (target.is_console or target.place):
            raise ConfigurationError(
                f"{target.hostname} is no host of Qlik Cloud; to send a secret there all the same, "
                "give it an entry below tenants in credentials_file."
            )
        return Credential.from_mapping(self._completed(environment), self.place)

    def _kept(self, target: Target, environment: Options) -> Credential:
        books = []
        for source, book in self._books():
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

    def _books(self) -> t.Iterator[tuple[str, CredentialBook]]:
        if self.book:
            yield _BOOK, self._book_of_variable
        if self.credentials_file:
            yield self.credentials_file, self._book_of_file

    @functools.cached_property
    def _book_of_variable(self) -> CredentialBook:
        return CredentialBook.from_mapping(self.book, _BOOK)

    @functools.cached_property
    def _book_of_file(self) -> CredentialBook:
        return self.read_file(self.credentials_file or "")


def _is_named_in_environment(target: Target) -> bool:
    url = from_environment("console_url")
    return url is not None and urlsplit(origin_of(url)).netloc == target.hostname


def _nothing_found(target: Target, books: list[str]) -> NoCredentialError:
    looked_at = f" ({'; '.join(books)})" if books else ""
    if not target.is_console:
        return NoCredentialError(
            f"No credential for {target} was found{looked_at}: name a file with an entry for this tenant or its region "
            f"by {variable_of('credentials_file')} or the task's credentials_file (that of an inventory source serves "
            "no tasks), set qlik_credentials, or give subscription_id where only that is unknown."
        )
    variables = " and ".join(map(variable_of, DIRECT[:2]))
    return NoCredentialError(
        f"No credential of the organization was found{looked_at}: set {variables}, "
        "or name a credentials_file with an organization entry. The client is made in the Cloud Console, "
        "console.qlikcloud.com/admin/oauth."
    )
