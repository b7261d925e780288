# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Answers with status 207: each row of the call has an outcome of its own. Private to this collection.

Source: https://qlik.dev/apis/rest/licenses/.
"""

from __future__ import annotations

import typing as t

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError, PartlyRefusedError
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import SUCCESSES, Request, Response
from ansible_collections.qlikops.cloud.plugins.module_utils._paging import whole_number
from ansible_collections.qlikops.cloud.plugins.module_utils._problems import line_of

MULTI_STATUS = 207


def judge(request: Request, response: Response, document: t.Any, secrets: tuple[str, ...]) -> None:
    """Raises PartlyRefusedError when a row was refused, AnswerError when that cannot be told."""
    rows = document.get("data") if isinstance(document, dict) else document
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise AnswerError(f"{response.host} answered {MULTI_STATUS} without a row for each part of the call.")
    outcomes = [_outcome(number, row, response.host, secrets) for number, row in enumerate(rows, 1)]
    refused = [outcome for outcome in outcomes if outcome["status"] not in SUCCESSES]
    if refused:
        first = refused[0]
        words = " ".join(str(first[part]) for part in ("status", "code", "title") if first[part])
        raise PartlyRefusedError(
            f"{request.method} {request.path} on {response.host} did not do {len(refused)} of {len(rows)} rows; "
            f"the first is row {first['row']}, {words}.",
            host=response.host,
            code=first["code"],
            rows=refused,
            changed=len(refused) < len(rows),
        )


def _outcome(number: int, row: t.Mapping[str, t.Any], host: str, secrets: tuple[str, ...]) -> dict[str, t.Any]:
    status = whole_number(row.get("status"))
    if status is None:
        raise AnswerError(f"{host} answered {MULTI_STATUS} with a row {number} whose status is no number.")
    code, title = (line_of(row.get(part), secrets) for part in ("code", "title"))
    return {"row": number, "status": status, "code": code, "title": title}
