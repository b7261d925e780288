# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the credential of a host is found. Private to this collection, for the controller only."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

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
from ansible_collections.qlikops.cloud.plugins.module_utils._targets import Target
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import READ_AFRESH
from ansible_collections.qlikops.cloud.plugins.plugin_utils._options import Templar, book_of, quoting_nothing

Options = t.Mapping[str, t.Any]


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
        environment = {name: from_environment(name) for name in DIRECT if target.is_console}
        if any(self.written.get(name) for name in DIRECT):
            return Credential.from_mapping(self._completed(environment), self.place)
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


def sources_of_play(
    place: str, written: Options, credentials_file: str | None, variables: Options, templar: Templar, loader: DataLoader
) -> CredentialSources:
    """The sources of a task or a lookup; a relative path is taken from the folder of the playbook."""

    def read(name: str) -> t.Any:
        path = loader.path_dwim(name)
        with quoting_nothing(path):
            return loader.load_from_file(path, READ_AFRESH)

    book = book_of(variables, templar, "the variables")
    return CredentialSources(place, written, book, credentials_file, read)


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
