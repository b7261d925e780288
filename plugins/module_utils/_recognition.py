# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""How to recognise that what a call would bring about is there already. Private to this collection."""

from __future__ import annotations

import typing as t
from dataclasses import dataclass

from ansible_collections.qlikops.cloud.plugins.module_utils._all_pages import ROWS, send_for_all
from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError, ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import SUCCESSES, Request
from ansible_collections.qlikops.cloud.plugins.module_utils._rest import Address, part_at

NOT_FOUND = 404


@dataclass(frozen=True)
class Recognition:
    """A list or an object to read, and the values by which the object in question is known."""

    request: Request
    where: t.Mapping[str, t.Any]
    may_lack: bool

    @classmethod
    def from_options(cls, options: t.Mapping[str, t.Any], intended: Request) -> Recognition:
        """From the option unless; path left out is that of the intended call. Raises ConfigurationError."""
        if not (options["path"] or options["where"]):
            raise ConfigurationError("The option unless needs where, path, or both.")
        for name, value in options["where"].items():
            if value is None:
                raise ConfigurationError(f"The value {name} of unless.where is null, which recognises nothing.")
        address = Address.of(options["path"] or intended.path, options["query"])
        request = Request("GET", address.path, address.query, repeatable=True)
        return cls(request, options["where"], may_lack=bool(options["path"]))

    def look(self, client: ApiClient) -> dict[str, t.Any] | None:
        """What a task returns of the object that is there, None when there is none."""
        expected = (*SUCCESSES, *((NOT_FOUND,) if self.may_lack else ()))
        answer = send_for_all(client, self.request, expected)
        document = answer.document
        if not isinstance(document, (dict, list)):
            raise AnswerError(
                f"{client.host} does not tell whether the object is there: {self.request.path} is no JSON."
            )
        if answer.response.status == NOT_FOUND:
            return None
        listed = document.get(ROWS) if isinstance(document, dict) else document
        rows = listed if isinstance(listed, list) else [document]
        found = [row for row in rows if isinstance(row, dict) and self._matches(row)]
        return {"host": client.host, "status": answer.response.status, "json": found[0]} if found else None

    def _matches(self, row: dict[str, t.Any]) -> bool:
        return all(_same(_part(row, name), value) for name, value in self.where.items())


def _part(row: t.Any, name: str) -> t.Any:
    try:
        return part_at(row, name)
    except KeyError:
        return None


def _same(known: t.Any, wanted: t.Any) -> bool:
    """Equal, also where a template has made text of a number or a boolean."""
    if isinstance(known, str) and isinstance(wanted, str):
        return known == wanted
    return bool(known == wanted) or (_is_scalar(known) and _is_scalar(wanted) and _text(known) == _text(wanted))


def _is_scalar(value: t.Any) -> bool:
    return isinstance(value, (str, int, float))


def _text(value: t.Any) -> str:
    return str(value).lower() if isinstance(value, bool) or value in ("True", "False") else str(value)
