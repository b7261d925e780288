# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One entry of a credential book in a file under Ansible Vault. Private to this collection."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import PROOFS, VARIABLE, CredentialBook
from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import PLAIN, Document, Edit, File, Step, Wish
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError

Values = dict[str, t.Any]
NEXT, PREVIOUS = "next", "previous"


@dataclass(frozen=True)
class BookEntry:
    """The entry that steps lead to. All methods raise ConfigurationError."""

    file: File
    document: Document
    steps: tuple[Step, ...]
    place: str

    @classmethod
    def of_host(cls, file: File, host: str | None, is_copy: bool = False) -> BookEntry:
        """That of the tenant with this host name, or of the organization. The file should be kept alone.

        A copy of the book for this run alone may be in plain text.
        """
        document = file.read(Wish(PLAIN if is_copy else None))
        base: tuple[Step, ...] = (VARIABLE,) if VARIABLE in document.values else ()
        CredentialBook.from_mapping(document.values, str(file))
        if host is None:
            return cls(file, document, (*base, "organization"), f"organization in {file}")._demand_there()
        steps = (*base, "tenants", {"hostname": host})
        return cls(file, document, steps, f"tenant {host} in {file}")._demand_there()

    def _demand_there(self) -> BookEntry:
        closed = self._closed
        if not closed:
            raise ConfigurationError(f"There is no {self.place}; the role credentials puts it there, by 'store'.")
        if closed.get("private_key"):
            raise ConfigurationError(f"The {self.place} has a private_key and no client_secret, so there is no secret.")
        if not self.document.is_closed(closed.get("client_secret")):
            raise ConfigurationError(
                f"The client_secret of {self.place} stands there in plain text; encrypt it first, by 'store'."
            )
        return self

    def read(self) -> Values:
        """What it holds, opened."""
        values = t.cast("Values", self.document.opened(self._closed, self.place))
        for key in (NEXT, PREVIOUS):
            if not isinstance(values.get(key) or {}, dict):
                raise ConfigurationError(f"The {key} of {self.place} must be a mapping.")
        return values

    def is_elsewhere(self, client_id: str, secret: str) -> bool:
        """Whether an entry of the book relies on a secret of the client, which this one does not."""
        return any(self._text(row, "client_secret") == secret for row in self._rows(client_id))

    def hint_elsewhere(self, client_id: str, secret: str) -> t.Any:
        """What an entry of the book calls a secret of the client; None when none names it."""
        parts = [part for row in self._rows(client_id) for part in (row, row.get(PREVIOUS) or {})]
        named = [part for part in parts if part.get("hint")]
        return next((part["hint"] for part in named if self._text(part, "client_secret") == secret), None)

    def hints(self, client_id: str) -> set[str]:
        """All by which entries of the book call secrets of the client."""
        parts = [row.get(key) or {} for row in self._rows(client_id) for key in (NEXT, PREVIOUS)]
        return {str(part["hint"]) for part in (*self._rows(client_id), *parts) if part.get("hint")}

    def _rows(self, client_id: str) -> list[Values]:
        book = self.document.values.get(VARIABLE, self.document.values)
        rows = [row for row in (book.get("organization"), *(book.get("tenants") or [])) if row]
        return [row for row in rows if self._text(row, "client_id") == str(client_id).strip()]

    def _text(self, row: Values, key: str) -> str:
        return str(self.document.opened(row.get(key), self.place)).strip()

    def keep(self, **changes: t.Any) -> None:
        """Set keys of it, or remove those that are None, in one step and for good."""
        for key, value in changes.items():
            self._change(key, value)
        self.file.write(self.document)

    def _change(self, key: str, value: t.Any) -> None:
        if not isinstance(value, dict):
            self.document.change(_edit(self.steps, {key: value}))
            return
        # what it held before is no part of the new value
        self.document.change(Edit(self.steps, remove=(key,)))
        # in place of another secret, one is closed under the same vault id
        closed = self._closed
        self.document.change(Edit((*self.steps, key), {name: closed[name] for name in PROOFS if name in value}))
        self.document.change(_edit((*self.steps, key), value))

    @property
    def _closed(self) -> Values:
        return t.cast("Values", self.document.at(self.steps) or {})


def _edit(steps: tuple[Step, ...], values: Values) -> Edit:
    secrets = {key: value for key, value in values.items() if key in PROOFS and value is not None}
    readable = {key: value for key, value in values.items() if key not in PROOFS and value is not None}
    return Edit(steps, readable, secrets, tuple(key for key, value in values.items() if value is None))
