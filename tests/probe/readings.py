# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which statement of each contradiction between the documents an organization shows: pure functions of the answers."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant
from ansible_collections.qlikops.cloud.plugins.module_utils._timestamps import parse_iso

from .observations import Answer, Observations, Row, address, href

A, B, BOTH, NEITHER, UNSEEN = "A", "B", "A and B", "neither", "not seen"
DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
LICENCE_DATES = ("licenseStartsAt", "licenseEndsAt")
REFERENCE_HOST, GUIDE_PATH, REFERENCE_PATH = "api.qlikcloud.com", "/api/core/tenants", "/core/tenants"
EXAMPLE_HOST = "foo.example"
ASIA = {
    ("ap-southeast-1", "ap"): A,
    ("ap-southeast-2", "sg"): A,
    ("ap-southeast-1", "sg"): B,
    ("ap-southeast-2", "ap"): B,
}
SHORTEST_GENERATED = 12


class NotSeenError(Exception):
    """The answers do not tell; the message says why."""


@dataclass(frozen=True)
class Reading:
    row: str
    verdict: str
    sentence: str


@dataclass(frozen=True)
class Contradiction:
    """The two statements of one row, and the function that tells which one the answers show."""

    row: str
    topic: str
    a: str
    b: str
    judge: Callable[[Observations], str]

    def read(self, seen: Observations) -> Reading:
        try:
            verdict = self.judge(seen)
        except NotSeenError as reason:
            return Reading(self.row, UNSEEN, f"{self.topic}: {reason}")
        sentences = {A: self.a, B: self.b, BOTH: f"{self.a}; {self.b}"}
        return Reading(self.row, verdict, f"{self.topic}: {sentences.get(verdict, 'something else, at least in part')}")


def sum_up(verdicts: Iterable[str], unseen: str) -> str:
    """One verdict for all cases; unseen is the reason when there are none."""
    found = set(verdicts)
    if not found:
        raise NotSeenError(unseen)
    if NEITHER in found:
        return NEITHER
    return BOTH if len(found) > 1 else found.pop()


def judge_token_type(seen: Observations) -> str:
    return {"Bearer": A, "bearer": B}.get(str(seen.token.mapping.get("token_type")), NEITHER)


def judge_token_life(seen: Observations) -> str:
    life = seen.token.mapping.get("expires_in")
    return B if life is None else {"21600": A, "3600": B}.get(str(life), NEITHER)


def judge_next_parameter(seen: Observations) -> str:
    query = address(next_link(seen))[2]
    found = [verdict for name, verdict in (("offset", A), ("next", B)) if name in query]
    return sum_up(found or [NEITHER], "")


def next_link(seen: Observations) -> str:
    link = seen.first.link("next")
    if not link:
        raise NotSeenError(why_no_next_page(seen))
    return link


def why_no_next_page(seen: Observations) -> str:
    if seen.first.broken:
        return "the list was not well-formed JSON"
    if seen.first.link("next"):
        return "the next link named no page"
    few = len(seen.first.rows) <= 2
    return "fewer than three tenants" if few else "the first page had no next link"


def judge_page_links(seen: Observations) -> str:
    links = [answer.link(name) for answer in seen.pages for name in ("self", "next", "prev")]
    places = {(seen.console_host, GUIDE_PATH): A, (REFERENCE_HOST, REFERENCE_PATH): B}
    return sum_up((places.get(address(link)[:2], NEITHER) for link in links if link), "the pages had no links")


def judge_tenant_links(seen: Observations) -> str:
    hosts = [address(link)[0] for row in seen.tenants if (link := href(row.get("links"), "self"))]
    verdicts = {seen.console_host: A, EXAMPLE_HOST: B}
    return sum_up((verdicts.get(host, NEITHER) for host in hosts), "no tenant that was read has such a link")


def judge_single_tenant(seen: Observations) -> str:
    document = usable(seen.single, "reading one tenant").mapping
    if isinstance(document.get("data"), list):
        return B
    return A if isinstance(document.get("id"), str) else NEITHER


def usable(answer: Answer | None, what: str) -> Answer:
    if answer is None:
        raise NotSeenError("no tenant was listed")
    if answer.status != 200:
        raise NotSeenError(f"{what} {outcome(answer)}")
    return answer


def outcome(answer: Answer) -> str:
    return f"was answered with {answer.status}" if answer.status else "brought no usable answer"


def judge_statuses(seen: Observations) -> str:
    verdicts = {"deactivated": A, "disabled": B}
    found = [verdicts[status] for row in seen.tenants if (status := str(row.get("status"))) in verdicts]
    return sum_up(found, "no tenant that was read is deactivated")


def judge_licence_dates(seen: Observations) -> str:
    texts = [str(row[name]) for row in seen.tenants for name in LICENCE_DATES if row.get(name) is not None]
    return sum_up(map(kind_of_date, texts), "no tenant that was read has licence dates")


def kind_of_date(text: str) -> str:
    if parse_iso(text) is None:
        return NEITHER
    return A if DATE.fullmatch(text) else B


def judge_asian_codes(seen: Observations) -> str:
    codes = {code for code, label in ASIA}
    places = [
        (str(row["regionCode"]), str(Tenant.from_api(row).region)) for row in named(seen) if row.get("regionCode")
    ]
    found = [ASIA.get(place, NEITHER) for place in places if place[0] in codes]
    return sum_up(found, "no tenant that was read is in Singapore or Sydney")


def named(seen: Observations) -> list[Row]:
    """The tenants that the collection could use at all."""
    return [row for row in seen.tenants if isinstance(row.get("id"), str) and row["id"]]


def judge_filter(seen: Observations) -> str:
    if seen.count.status not in (200, 400):
        raise NotSeenError(f"the count {outcome(seen.count)}")
    return B if seen.count.status == 200 else A


def judge_error_body(seen: Observations) -> str:
    if seen.malformed.status < 400:
        raise NotSeenError(f"a malformed filter {outcome(seen.malformed)}")
    return {"A": A, "B": B}.get(error_family(seen.malformed), NEITHER)


def error_family(answer: Answer) -> str:
    """The letter of the shape of an error document."""
    document, errors = answer.mapping, answer.mapping.get("errors")
    if not isinstance(errors, list) or not errors or not isinstance(errors[0], dict):
        return "RFC 6749" if "error" in document else "F"
    if "status" in errors[0]:
        return "A" if "traceId" in document else "E"
    if "traceId" in document:
        return "between A and B"
    return "C" if {"error", "message"} & document.keys() else "B"


def judge_first_host(seen: Observations) -> str:
    found = [verdict for row in named(seen) if (verdict := alias_or_generated(Tenant.from_api(row)))]
    return sum_up(found, "no tenant that was read has an alias that can be told from its other host name")


def alias_or_generated(tenant: Tenant) -> str:
    """Which of two host names comes first, by the display name or their look; empty when neither tells."""
    if not tenant.hostname or not tenant.alias:
        return ""
    labels = [name.partition(".")[0] for name in (tenant.hostname, tenant.alias)]
    name = squeezed((tenant.name or "").lower())
    after_name = [squeezed(label) == name for label in labels]
    by_look = [not looks_generated(label) for label in labels]
    first, second = after_name if name and any(after_name) else by_look
    return "" if first == second else (A if first else B)


def squeezed(text: str) -> str:
    return "".join(re.findall(r"[a-z0-9]", text))


def looks_generated(label: str) -> bool:
    mixed = re.search(r"[0-9]", label) and re.search(r"[a-z]", label)
    return bool(mixed) and label.isalnum() and len(label) >= SHORTEST_GENERATED


def judge_well_formed(seen: Observations) -> str:
    return sum_up((A if answer.broken else B for answer in seen.pages if answer.status == 200), "no page came")


def never(reason: str) -> Callable[[Observations], str]:
    def judge(seen: Observations) -> str:
        raise NotSeenError(reason)

    return judge


def unseen(row: str, topic: str, reason: str) -> Contradiction:
    return Contradiction(row, topic, "", "", never(reason))


WITH_A_SECRET = "the client proves itself with a secret, not with a key"
NO_CLIENTS = "OAuth clients are not looked at"
NO_TENANT_HOSTS = "tenant hosts are not called"
NO_WRITING = "nothing is written"
TOO_MANY = "it would take hundreds of requests"

CONTRADICTIONS = (
    Contradiction("C1", "token_type", "Bearer", "bearer", judge_token_type),
    Contradiction("C2", "life of a token", "expires_in is 21600", "expires_in is 3600 or missing", judge_token_life),
    Contradiction("C3", "next links", "they carry offset=", "they carry next=", judge_next_parameter),
    Contradiction("C4", "page links", "to the console", "to api.qlikcloud.com/core/tenants", judge_page_links),
    Contradiction("C5", "links.self of a tenant", "to the console", "to foo.example", judge_tenant_links),
    Contradiction("C6", "one tenant", "a bare object", "a list envelope", judge_single_tenant),
    Contradiction("C7", "status of a deactivated tenant", "deactivated", "disabled", judge_statuses),
    Contradiction("C8", "form of licence dates", "dates", "timestamps", judge_licence_dates),
    unseen("C9", "values of totalResults", "only the text true is sent"),
    unseen("C10", "precision of timestamps", f"{NO_CLIENTS}; for tenants see below"),
    Contradiction("C11", "ap-southeast-1 and -2 in host names", "ap and sg", "sg and ap", judge_asian_codes),
    unseen("C12", "host of the tenant life cycle", NO_WRITING),
    Contradiction("C13", "a filter without subscriptionId", "refused with 400", "accepted", judge_filter),
    unseen("C14", "kid and life of an assertion", WITH_A_SECRET),
    unseen("C15", "a secret beside an assertion", WITH_A_SECRET),
    unseen("C16", "audience of an assertion", WITH_A_SECRET),
    unseen("C17", "a console token on tenant hosts", NO_TENANT_HOSTS),
    unseen("C18", "what the token's scope opens", NO_CLIENTS),
    unseen("C19", "what PATCH of a client can change", NO_WRITING),
    unseen("C20", "types of organization clients", NO_CLIENTS),
    Contradiction("C21", "error bodies", "with status and traceId", "with neither", judge_error_body),
    unseen("C22", "inputs of a new tenant", NO_WRITING),
    Contradiction("C23", "hostnames[0], by its look", "the alias", "the generated host", judge_first_host),
    unseen("C24", "rate limits", TOO_MANY),
    unseen("C25", "window of rate limits", TOO_MANY),
    unseen("C26", "redirects of me", NO_TENANT_HOSTS),
    unseen("C27", "where clients are managed", "a menu, not a call"),
    unseen("C28", "401 and 429 of tenants", "no bad token is sent, no limit exceeded"),
    unseen("C29", "field of the purge event", "events are not read"),
    Contradiction("C30", "list bodies", "not well-formed JSON", "well-formed JSON", judge_well_formed),
)


def read_all(seen: Observations) -> list[Reading]:
    return [contradiction.read(seen) for contradiction in CONTRADICTIONS]
