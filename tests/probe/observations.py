# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is asked of the service, and its raw answers. Nothing is written, and only the console is called."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import Credential
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError, ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._http import Transport
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import Query, Request, Response
from ansible_collections.qlikops.cloud.plugins.module_utils._organization import CONSOLE_URL, PAGE_SIZE, TENANTS
from ansible_collections.qlikops.cloud.plugins.module_utils._paging import Page, whole_number
from ansible_collections.qlikops.cloud.plugins.module_utils._problems import error_for
from ansible_collections.qlikops.cloud.plugins.module_utils._scim import any_of, compare, equal
from ansible_collections.qlikops.cloud.plugins.module_utils._token_store import open_store
from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import TokenSource

PATIENCE = {"timeout": 30, "retries": 1, "max_wait": 60, "token_cache": "none"}
SMALLEST_PAGE = 2
SERVICE_DOMAINS = (".qlikcloud.com", ".qlikcloudgov.com")
CONSOLES = tuple(f"console{domain}" for domain in SERVICE_DOMAINS)
# Selects every tenant with operators and values that the reference names, and does without subscriptionId.
EVERY_TENANT = any_of(equal("status", "active"), compare("status", "ne", "active"))
MALFORMED = "status eq"

Row = dict[str, Any]


@dataclass(frozen=True)
class Question:
    """One GET request; operation names it in errors."""

    operation: str
    path: str
    query: Query = ()

    def request(self) -> Request:
        return Request("GET", self.path, query=self.query, repeatable=True)


COUNT = Question("Counting tenants", f"{TENANTS}/actions/count", (("filter", EVERY_TENANT),))
BAD_COUNT = Question("Counting tenants", f"{TENANTS}/actions/count", (("filter", MALFORMED),))


def page(query: Query) -> Question:
    return Question("Listing tenants", TENANTS, query)


def one_tenant(tenant_id: str) -> Question:
    return Question("Reading a tenant", f"{TENANTS}/{quote(tenant_id, safe='', errors='replace')}")


@dataclass(frozen=True)
class Answer:
    """Status 0: none that can be used. document is None unless JSON came; broken: it set out to be JSON."""

    status: int = 0
    header_names: frozenset[str] = frozenset()
    document: Any = field(default=None, repr=False)
    broken: bool = False

    @classmethod
    def from_response(cls, response: Response) -> Answer:
        names = frozenset(name.lower() for name in response.headers)
        try:
            return cls(response.status, names, response.json())
        except AnswerError:
            return cls(response.status, names, broken=response.body.lstrip().startswith((b"{", b"[")))

    @property
    def mapping(self) -> Row:
        return self.document if isinstance(self.document, dict) else {}

    @property
    def rows(self) -> list[Row]:
        """The objects of a list envelope."""
        data = self.mapping.get("data")
        return [row for row in data if isinstance(row, dict)] if isinstance(data, list) else []

    def link(self, name: str) -> str:
        """The address of a link, empty when there is none."""
        return href(self.mapping.get("links"), name)


def href(links: Any, name: str) -> str:
    link = links.get(name) if isinstance(links, dict) else None
    target = link.get("href") if isinstance(link, dict) else link
    return target if isinstance(target, str) else ""


def address(link: str) -> tuple[str, str, dict[str, str]]:
    """Host, path and query of a link; all empty when it cannot be taken apart."""
    try:
        parts = urlsplit(link)
        return (parts.hostname or "", parts.path, dict(parse_qsl(parts.query, keep_blank_values=True)))
    except ValueError:
        return "", "", {}


@dataclass(frozen=True)
class Observations:
    """All answers; second and single are None when there was nothing to ask for."""

    console_host: str
    token: Answer
    count: Answer
    malformed: Answer
    first: Answer
    second: Answer | None = None
    single: Answer | None = None
    single_id: str = field(default="", repr=False)

    @property
    def pages(self) -> list[Answer]:
        return [self.first, *([self.second] if self.second else [])]

    @property
    def tenants(self) -> list[Row]:
        """The rows of both pages, each tenant once."""
        rows = [row for answer in self.pages for row in answer.rows]
        return list({str(row.get("id", place)): row for place, row in enumerate(rows)}.values())

    @property
    def answers(self) -> Iterator[Answer]:
        yield from (self.token, self.count, self.malformed, *self.pages)
        if self.single:
            yield self.single


class Listener(Transport):
    """Keeps the last answer as it came, and hands refusals on without their text, which errors would quote."""

    def send(self, request: Request) -> Response:
        self.heard = super().send(request)
        return self.heard if self.heard.status == 200 else replace(self.heard, headers={}, body=b"")


class Caller:
    """Asks the console, with one token for all questions."""

    def __init__(self, connection: Connection, credential: Credential) -> None:
        self._transport = Listener(connection.console_url, connection.http)
        store = open_store(connection.token_cache, connection.cache_dir, connection.run_dir)
        self._token = TokenSource(credential, self._transport, store).token().value
        self.token_answer = Answer.from_response(self._transport.heard)
        self.host = urlsplit(self._transport.origin).hostname or ""

    def ask(self, question: Question) -> Answer:
        """The answer, whatever it says. Raises TransportError."""
        try:
            self._send(question)
        except (AnswerError, UnicodeError):  # the latter for a link that holds half a character
            return Answer()
        return Answer.from_response(self._transport.heard)

    def demand(self, question: Question) -> Answer:
        """An answer without which there is nothing to report. Raises ApiError, AnswerError, TransportError."""
        response = self._send(question)
        if response.status != 200:
            raise error_for(response, question.operation)
        answer = Answer.from_response(response)
        if answer.document is None and not answer.broken:
            response.json()
        return answer

    def _send(self, question: Question) -> Response:
        return self._transport.send(question.request().with_header("Authorization", f"Bearer {self._token}"))


def observe(environment: Mapping[str, str]) -> Observations:
    """Ask everything, as the environment says. Raises QlikError."""
    given = {name: value.strip() for name, value in environment.items() if name.startswith("QLIK_")}
    caller = Caller(connection_from(given), credential_from(given))
    count, malformed = caller.ask(COUNT), caller.ask(BAD_COUNT)
    first = caller.demand(page((("limit", str(page_size(count))), ("totalResults", "true"))))
    query = following(first)
    tenant_id = next((row["id"] for row in first.rows if isinstance(row.get("id"), str) and row["id"]), "")
    return Observations(
        console_host=caller.host,
        token=caller.token_answer,
        count=count,
        malformed=malformed,
        first=first,
        second=caller.ask(page(query)) if query else None,
        single=caller.ask(one_tenant(tenant_id)) if tenant_id else None,
        single_id=tenant_id,
    )


def credential_from(given: Mapping[str, str]) -> Credential:
    entry = {name: given.get(f"QLIK_{name.upper()}") for name in ("client_id", "client_secret")}
    if not all(entry.values()):
        raise ConfigurationError(
            "Set QLIK_CLIENT_ID and QLIK_CLIENT_SECRET to an OAuth client of your Qlik Cloud organization; "
            "it is made in the Cloud Console, console.qlikcloud.com/admin/oauth."
        )
    return Credential.from_mapping(entry, "The environment")


def connection_from(given: Mapping[str, str]) -> Connection:
    """The connection to the console; a host of a tenant is refused, since a token of it may make a user there."""
    places = {"ca_path": given.get("QLIK_CA_PATH"), "console_url": given.get("QLIK_CONSOLE_URL")}
    connection = Connection.from_options({**PATIENCE, **places}, None)
    host = urlsplit(connection.console_url).hostname or ""
    if host.endswith(SERVICE_DOMAINS) and host not in CONSOLES:
        raise ConfigurationError(f"QLIK_CONSOLE_URL must lead to the Cloud Console ({CONSOLE_URL}), not to a tenant.")
    return connection


def page_size(count: Answer) -> int:
    """Half of the tenants, so that two pages show as many as they can and the first has a link to the next."""
    total = whole_number(count.mapping.get("total"))
    half = SMALLEST_PAGE if total is None else (total + 1) // 2
    return min(max(half, SMALLEST_PAGE), PAGE_SIZE)


def following(first: Answer) -> Query | None:
    """The query of the next page as the collection takes it from the link."""
    try:
        return Page.from_document(first.mapping, "tenants").following
    except AnswerError:
        return None
