# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the inventory finds the organization's credential. Private to this collection, for the controller only."""

from __future__ import annotations

import typing as t

from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import VARIABLE, Credential, CredentialBook
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError

DIRECT = ("client_id", "client_secret", "private_key", "key_id")
PROOFS = ("client_secret", "private_key")

Options = t.Mapping[str, t.Any]


def organization_credential(
    written: Options, merged: Options, extra_vars: Options, read_file: t.Callable[[str], t.Any]
) -> Credential:
    """The first of: options of the file, the variable qlik_credentials, credentials_file, the environment.

    written holds the options as they stand in the file, merged those with environment and defaults. read_file loads a
    book. Raises ConfigurationError that says what was looked at.
    """
    if any(written.get(name) for name in DIRECT):
        proven = any(written.get(name) for name in PROOFS)
        ignored = [name for name in DIRECT[1:] if proven and name not in written]
        return Credential.from_mapping({**_direct(merged), **dict.fromkeys(ignored)}, "the inventory source")
    books = []
    for source, document in _documents(merged, extra_vars, read_file):
        book = CredentialBook.from_mapping(document, source)
        if book.organization:
            return book.organization
        books.append(f"{source} holds {book.contents()}")
    if any(merged.get(name) for name in DIRECT):
        return Credential.from_mapping(_direct(merged), "the environment (QLIK_CLIENT_ID, QLIK_CLIENT_SECRET)")
    raise _nothing_found(books)


def _documents(
    merged: Options, extra_vars: Options, read_file: t.Callable[[str], t.Any]
) -> t.Iterator[tuple[str, t.Any]]:
    if extra_vars.get(VARIABLE):
        yield f"the variable {VARIABLE}", extra_vars[VARIABLE]
    path = merged.get("credentials_file")
    if path:
        yield str(path), read_file(path)


def _direct(options: Options) -> dict[str, t.Any]:
    return {name: options.get(name) for name in DIRECT}


def _nothing_found(books: list[str]) -> ConfigurationError:
    looked_at = f" ({'; '.join(books)})" if books else ""
    return ConfigurationError(
        f"No credential of the organization was found{looked_at}: set QLIK_CLIENT_ID and QLIK_CLIENT_SECRET, "
        "or name a credentials_file with an organization entry. The client is made in the Cloud Console, "
        "console.qlikcloud.com/admin/oauth."
    )
