# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls of any path, as users write them. Private to this collection.

Source: https://qlik.dev/apis/rest/.
"""

from __future__ import annotations

import re
import typing as t
from dataclasses import dataclass, field, replace
from urllib.parse import parse_qsl, unquote

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ConfigurationError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import SUCCESSES, Query, Request, Response
from ansible_collections.qlikops.cloud.plugins.module_utils._multi_status import MULTI_STATUS, judge
from ansible_collections.qlikops.cloud.plugins.module_utils._paging import following

OWN_HEADERS = ("authorization", "content-length", "host", "transfer-encoding")
_PATH = re.compile(r"/(?!/)[!-~]*")
_FAULTY = re.compile(r"//|[\\#]")
_CLIMBING = re.compile(r"^/[/\\]|(?:^|/)\.{1,2}(?:/|$)")
_TOKENS = re.compile(r"/+oauth/")
_HALF_ENCODED = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HEADER_NAME = re.compile(r"[!-9;-~]+")
_HEADER_VALUE = re.compile(r"(?:[!-~][ -~]*)?")
_SECRET_ANSWERS = (
    ("GET", re.compile(r"/licenses/overview$|/identity-providers(/|$)")),
    ("POST", re.compile(r"/oauth-clients(/[^/]+/client-secrets)?$|/api-keys$|^/api/v1/tenants$|/identity-providers$")),
    ("PATCH", re.compile(r"/(oauth-clients|identity-providers)/[^/]+$")),
)


@dataclass(frozen=True)
class Address:
    """A path and its query, taken apart and checked."""

    path: str
    query: Query

    @classmethod
    def of(cls, path: str, query: t.Mapping[str, t.Any] | None) -> Address:
        """From a path that may hold a query, and further parameters by name. Raises ConfigurationError."""
        bare, _mark, own = path.partition("?")
        if not path.startswith("/"):
            raise ConfigurationError(f"The path must begin with /, such as /api/v1/users, unlike {path!r}.")
        plain = unquote(bare)
        if not _PATH.fullmatch(path) or _FAULTY.search(bare) or _CLIMBING.search(plain) or _HALF_ENCODED.search(bare):
            raise ConfigurationError(
                f"The path {path!r} must hold no blank, #, // and no . or .. between slashes; fill values in with the "
                "filter urlencode."
            )
        if _TOKENS.match(plain):
            raise ConfigurationError(f"The path {bare} is that of tokens: use the module qlikops.cloud.oauth_token.")
        given = [pair for name, value in (query or {}).items() for pair in _parameters(name, value)]
        return cls(bare, [*parse_qsl(own, keep_blank_values=True), *given])


def answers_secrets(method: str, path: str) -> bool:
    """Whether what the service answers to such a call must not be shown."""
    bare = unquote(path.partition("?")[0]).rstrip("/")
    return any(method == known and pattern.search(bare) for known, pattern in _SECRET_ANSWERS)


def _parameters(name: str, value: t.Any) -> t.Iterator[tuple[str, str]]:
    for item in value if isinstance(value, (list, tuple)) else [value]:
        if isinstance(item, (dict, list)):
            raise ConfigurationError(f"The parameter {name} of query must be text, a number, or a list of them.")
        if item is not None:
            text = str(item).lower() if isinstance(item, bool) else str(item)
            yield name, text.encode("utf-8", "replace").decode()


def headers_of(given: t.Mapping[str, t.Any] | None) -> dict[str, str]:
    """Headers by name as text. Raises ConfigurationError for those that are not the user's to set."""
    headers = {str(name): str(value) for name, value in (given or {}).items() if value is not None}
    for name, value in headers.items():
        if name.lower() in OWN_HEADERS:
            raise ConfigurationError(f"The header {name} is set by this module.")
        if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
            raise ConfigurationError(f"The header {name!r} holds a sign that no header can hold.")
    return headers


@dataclass(frozen=True)
class Answer:
    """What came: the document when it was JSON; is_cut when a list has more rows than were wanted."""

    response: Response
    document: t.Any = field(default=None, repr=False)
    is_cut: bool = False

    def facts(self, key: str | None = None) -> dict[str, t.Any]:
        """What a task returns of it: the document, or the part at a key, or text. Raises AnswerError for a missing key.

        Bytes of another kind are left out.
        """
        response = self.response
        location = {"location": response.headers["Location"]} if "Location" in response.headers else {}
        content = {"json": self._part(key)} if key or self.is_json else self._text()
        count = {"count": len(content["json"])} if isinstance(content.get("json"), list) else {}
        return {
            "status": response.status,
            "host": response.host,
            **location,
            **content,
            **count,
            "truncated": self.is_cut,
        }

    @property
    def is_json(self) -> bool:
        kind = _kind(self.response)
        return bool(self.response.body) and (not kind or kind.endswith(("/json", "+json")))

    @property
    def is_binary(self) -> bool:
        return bool(self.response.body) and not self.is_json and not _kind(self.response).startswith("text/")

    def _part(self, key: str | None) -> t.Any:
        try:
            return part_at(self.document, key) if key else self.document
        except KeyError as lacking:
            raise AnswerError(f"The answer of {self.response.host} has no {key}; {_kinds(lacking.args[0])}.") from None

    def _text(self) -> dict[str, str]:
        body = self.response.body
        return {"content": body.decode("utf-8", "replace")} if body and not self.is_binary else {}


def _kind(response: Response) -> str:
    return response.headers.get("Content-Type", "").split(";")[0].strip().lower()


def _kinds(part: t.Any) -> str:
    return f"its keys are {', '.join(map(str, part)) or 'none'}" if isinstance(part, dict) else "it is no object"


def send(
    client: ApiClient, request: Request, expected: t.Container[int] = SUCCESSES, takes_pages: bool = False
) -> Answer:
    """The answer to one call; of a 207, each row is judged. takes_pages: a page of HTML is an answer too.

    Raises PartlyRefusedError besides what a client raises.
    """
    response = client.call(f"{request.method} {request.path}", request, expected)
    if not takes_pages:
        demand_no_page(response)
    answer = Answer(response)
    if answer.is_json:
        document = response.json()
        answer = replace(answer, document=document, is_cut=has_more(document))
    if response.status == MULTI_STATUS:
        judge(request, response, answer.document, client.secrets())
    return answer


def demand_no_page(response: Response) -> None:
    """Raises AnswerError for a page of HTML, which no API answers with."""
    if _kind(response) == "text/html":
        raise AnswerError(
            f"{response.host} answered {response.status} with a web page; a proxy or gateway on the way may have "
            "answered in its place. Where a page is right, name its status with status_code."
        )


def has_more(document: t.Any) -> bool:
    """Whether a document links to a page that follows."""
    try:
        return isinstance(document, dict) and following(document.get("links"), "rows") is not None
    except AnswerError:
        return True


def part_at(document: t.Any, key: str) -> t.Any:
    """The part of a document at a key, dotted for keys within keys. Raises KeyError with the part that lacks it."""
    for name in key.split("."):
        if not isinstance(document, dict) or name not in document:
            raise KeyError(document)
        document = document[name]
    return document
