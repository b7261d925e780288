# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Calls of any path, as users write them. Private to this collection.

Sources: https://qlik.dev/apis/rest/pagination-sorting-filtering/ for lists, https://qlik.dev/apis/rest/licenses/ for
answers of 207.
"""

from __future__ import annotations

import json
import re
import typing as t
from dataclasses import dataclass, field, replace
from itertools import islice
from urllib.parse import parse_qsl, unquote

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ConfigurationError,
    PartlyRefusedError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._http import SUCCESSES, Query, Request, Response
from ansible_collections.qlikops.cloud.plugins.module_utils._paging import Page, walk, whole_number
from ansible_collections.qlikops.cloud.plugins.module_utils._problems import line_of

MULTI_STATUS = 207
ROWS = "data"
OWN_HEADERS = ("authorization", "content-length", "host", "transfer-encoding")
_PATH = re.compile(r"/(?!/)[!-~]*")
_FAULTY = re.compile(r"//|[\\#]")
_CLIMBING = re.compile(r"^/[/\\]|(?:^|/)\.{1,2}(?:/|$)")
_TOKENS = re.compile(r"/+oauth/")
_HALF_ENCODED = re.compile(r"%(?![0-9A-Fa-f]{2})")
_HEADER_NAME = re.compile(r"[!-9;-~]+")
_HEADER_VALUE = re.compile(r"(?:[!-~][ -~]*)?")
_SECRET_ANSWERS = (
    ("GET", re.compile(r"/licenses/overview$")),
    ("POST", re.compile(r"/oauth-clients(/[^/]+/client-secrets)?$|/api-keys$|^/api/v1/tenants$")),
    ("PATCH", re.compile(r"/oauth-clients/[^/]+$")),
)


@dataclass(frozen=True)
class Place:
    """A path and its query, taken apart and checked."""

    path: str
    query: Query

    @classmethod
    def of(cls, path: str, query: t.Mapping[str, t.Any] | None) -> Place:
        """From a path that may hold a query, and further parameters by name. Raises ConfigurationError."""
        bare, _mark, own = path.partition("?")
        plain = unquote(bare)
        if not _PATH.fullmatch(path) or _FAULTY.search(bare) or _CLIMBING.search(plain) or _HALF_ENCODED.search(bare):
            raise ConfigurationError(
                f"The path must begin with one / and hold no blank, #, //, . or .. as a part, unlike {path!r}; "
                "fill values in with the filter urlencode."
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
        part = self.document
        for name in key.split(".") if key else ():
            if not isinstance(part, dict) or name not in part:
                raise AnswerError(f"The answer of {self.response.host} holds no {key}: {_kinds(part)}.")
            part = part[name]
        return part

    def _text(self) -> dict[str, str]:
        body = self.response.body
        return {"content": body.decode("utf-8", "replace")} if body and not self.is_binary else {}


def _kind(response: Response) -> str:
    return response.headers.get("Content-Type", "").split(";")[0].strip().lower()


def _kinds(part: t.Any) -> str:
    return f"there is {', '.join(map(str, part)) or 'nothing'}" if isinstance(part, dict) else "there is no object"


def send(client: ApiClient, request: Request, expected: t.Container[int] = SUCCESSES) -> Answer:
    """The answer to one call; of a 207, each row is judged. Raises PartlyRefusedError besides what a client raises."""
    answer = Answer(client.call(f"{request.method} {request.path}", request, expected))
    if expected is SUCCESSES and _kind(answer.response) == "text/html":
        raise AnswerError(
            f"{client.host} answered {answer.response.status} with a web page; a proxy or gateway on the way may have "
            "answered in its place. Where a page is right, name its status with status_code."
        )
    if answer.is_json:
        answer = replace(answer, document=answer.response.json())
    if answer.response.status == MULTI_STATUS:
        _judge(request, answer)
    return answer


def send_for_all(
    client: ApiClient,
    request: Request,
    expected: t.Container[int] = SUCCESSES,
    key: str | None = None,
    most: int | None = None,
) -> Answer:
    """The answer as though a list had one page: its rows are below key, else below data. Anything else as of send."""
    first = send(client, request, expected)
    name = key if key and _has_rows(first.document, key) else ROWS
    if not _has_rows(first.document, name):
        return first
    is_plain = _is_plain(first.document, name)
    found = first.document[name] if is_plain else _rows(client, request, first, name, expected)
    rows = list(islice(found, None if most is None else most + 1))
    rest = {part: value for part, value in first.document.items() if part != "links"}
    return replace(first, document={**rest, name: rows[:most]}, is_cut=most is not None and len(rows) > most)


def _has_rows(document: t.Any, name: str) -> bool:
    return isinstance(document, dict) and isinstance(document.get(name), list)


def _is_plain(document: dict[str, t.Any], name: str) -> bool:
    """Whether it is a list of something else than objects, without pages."""
    links = document.get("links")
    has_more = isinstance(links, dict) and links.get("next")
    return not has_more and not all(isinstance(row, dict) for row in document[name])


def _rows(
    client: ApiClient, request: Request, first: Answer, name: str, expected: t.Container[int]
) -> t.Iterator[t.Any]:
    """All rows, each id once; a page is asked for when the rows before it are used up."""
    what = f"{request.method} {request.path}"

    def fetch(query: Query) -> Page:
        answer = first if query is request.query else send(client, replace(request, query=query), expected)
        return Page.from_document(answer.document if isinstance(answer.document, dict) else {}, what, name)

    seen: set[str] = set()
    for page in walk(fetch, request.query, what, _identity):
        for row in page.rows:
            known = _identity(row)
            if known not in seen or not _has_id(row):
                yield row
            seen.add(known)


def _has_id(row: t.Any) -> bool:
    return isinstance(row, dict) and row.get("id") is not None


def _identity(row: t.Any) -> str:
    return json.dumps(row["id"] if _has_id(row) else row, sort_keys=True)


def _judge(request: Request, answer: Answer) -> None:
    rows = answer.document.get(ROWS) if isinstance(answer.document, dict) else None
    rows = [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
    refused = [_refusal(number, row) for number, row in enumerate(rows, 1) if not _is_success(row)]
    if refused:
        first = refused[0]
        words = " ".join(part for part in (first["code"], first["title"]) if part)
        raise PartlyRefusedError(
            f"{request.method} {request.path} on {answer.response.host} did not do {len(refused)} of {len(rows)} rows; "
            f"the first is row {first['row']}, {first['status']} {words}".rstrip()
            + ".",
            host=answer.response.host,
            code=first["code"],
            rows=refused,
            changed=len(refused) < len(rows),
        )


def _is_success(row: t.Mapping[str, t.Any]) -> bool:
    status = whole_number(row.get("status"))
    return status is None or status in SUCCESSES


def _refusal(number: int, row: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    code, title = (line_of(row.get(part)) for part in ("code", "title"))
    return {"row": number, "status": whole_number(row.get("status")), "code": code, "title": title}
