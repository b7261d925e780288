# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is sent and what comes back, whoever carries it. Private to this collection."""

from __future__ import annotations

import json
import typing as t
from dataclasses import dataclass, field, replace

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError

SUCCESSES = range(200, 300)
CHUNK = 64 * 1024
SHOWN_TYPES = ("application/json", "application/xml", "text/html", "text/plain", "text/xml")

Query = t.Sequence[tuple[str, str]]
Content = t.Callable[[], t.ContextManager[t.Any]]


@dataclass(frozen=True)
class HttpSettings:
    """What the user may set about HTTP; times in seconds."""

    timeout: float = 30.0
    retries: int = 4
    max_wait: float = 300.0
    ca_path: str | None = None

    def longest(self) -> float:
        """Seconds that one request may take with all its repeats."""
        return self.timeout * (self.retries + 1) + self.max_wait


DEFAULTS = HttpSettings()


@dataclass(frozen=True)
class Request:
    """One call; repeatable means that sending it twice does no harm.

    body is sent as JSON; content opens bytes or a file to send in its place. sink takes the body of a successful
    answer, however large it is. secrets are parts of the body that no error may repeat.
    """

    method: str
    path: str
    query: Query = ()
    body: t.Any = field(default=None, repr=False)
    headers: t.Mapping[str, str] = field(default_factory=dict, repr=False)
    repeatable: bool = False
    content: Content | None = field(default=None, repr=False)
    sink: t.IO[bytes] | None = field(default=None, repr=False)
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def with_header(self, name: str, value: str) -> Request:
        return replace(self, headers={**self.headers, name: value})


@dataclass(frozen=True)
class Response:
    """An answer, read to its end."""

    host: str
    status: int
    headers: t.Mapping[str, str] = field(repr=False)
    body: bytes = field(repr=False)

    def json(self) -> t.Any:
        """The decoded body. Raises AnswerError when it is no JSON; the body itself is never shown."""
        try:
            return _without_surrogates(json.loads(self.body.decode("utf-8-sig", "replace")))
        except (ValueError, RecursionError):
            kind = self.headers.get("Content-Type", "").split(";")[0].strip().lower()
            shown = f" ({kind})" if kind in SHOWN_TYPES else ""
            raise AnswerError(
                f"{self.host} answered {self.status} with {len(self.body)} bytes{shown} that are no JSON; "
                "a proxy or gateway on the way may have answered in its place."
            ) from None


def _without_surrogates(document: t.Any) -> t.Any:
    """The document with halves of surrogate pairs, which JSON can escape and nothing can write, as question marks."""
    text = json.dumps(document, ensure_ascii=False)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.loads(text.encode("utf-8", "replace"))
    return document
