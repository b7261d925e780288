# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The places where the service's documents disagree, and which statement the service plays.

"AB" is the default of a row whose two statements hold in different places; it cannot be had in other rows.
"""

from __future__ import annotations

from collections import UserDict
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Reading:
    default: str
    a: str
    b: str
    both: str = ""


READINGS = {
    "C1": Reading("AB", "token_type Bearer", "token_type bearer", "Bearer on the console, bearer on tenant hosts"),
    "C2": Reading("A", "tokens live 21600 s, expires_in and expires_at", "tokens live 3600 s, only expires_at"),
    "C3": Reading("B", "next links carry offset=<cursor>, next= is ignored", "next links carry next=<cursor>"),
    "C4": Reading("B", "page links lead where one asked", "to api.qlikcloud.com/core, of items to internal.example"),
    "C5": Reading("B", "links.self of a tenant leads to the console", "it leads to http://foo.example"),
    "C6": Reading("B", "one tenant is a bare object", "one tenant is a list envelope with one row"),
    "C7": Reading("A", "a deactivated tenant is deactivated", "it is disabled"),
    "C8": Reading("AB", "licence dates are dates", "licence dates are timestamps", "as stored: rows of both kinds"),
    "C9": Reading("A", "totalResults takes exactly true or false", "totalResults takes any spelling of a boolean"),
    "C10": Reading("B", "3 fractional digits everywhere", "9 and 6 fractional digits at OAuth clients"),
    "C11": Reading("B", "ap-southeast-1 is ap, ap-southeast-2 is sg", "ap-southeast-1 is sg, ap-southeast-2 is ap"),
    "C12": Reading("A", "a tenant's life is ruled from the register host", "from the hosts of tenants as well"),
    "C13": Reading("A", "a filter needs subscriptionId eq (400)", "a filter may do without subscriptionId"),
    "C14": Reading("A", "an assertion needs kid and lives at most 300 s", "kid optional, any life"),
    "C15": Reading("B", "client_secret is required beside an assertion", "exactly one of the two"),
    "C16": Reading("B", "aud of a tenant is https://<tenant>.qlikcloud.com/oauth/token", "aud is the URL called"),
    "C17": Reading("B", "a console token opens GET on tenant hosts", "it opens the console alone (401)"),
    "C18": Reading("B", "a tenants:read token is refused by oauth-clients (403)", "it opens both console APIs"),
    "C19": Reading("B", "PATCH takes consent and methods, 202 makes a lacking secret", "PATCH takes three paths"),
    "C21": Reading("AB", "errors carry status, traceId", "errors carry neither", "tenants do, OAuth clients do not"),
    "C22": Reading("A", "create takes licenseKey, datacenter", "also name, hostnames, and the key as a number"),
    "C23": Reading("B", "hostnames[0] is the alias", "hostnames[0] is the generated host"),
    "C24": Reading("B", "600 and 60 requests a minute", "1000 and 100 requests a minute"),
    "C25": Reading("B", "limits count over one minute", "limits count over five minutes, five times as many"),
    "C26": Reading("AB", "me answers 302", "me answers 301", "tenants/me answers 302, users/me answers 301"),
    "C28": Reading("B", "org tenants: 403 for a bad token, never 429", "org tenants: 401 and 429"),
    "C30": Reading("B", "list bodies of org tenants are not well-formed JSON", "they are"),
}


class Readings(UserDict[str, str]):
    """What was chosen; rows left alone play their default."""

    def __init__(self, chosen: Mapping[str, str] | None = None) -> None:
        super().__init__({row: reading.default for row, reading in READINGS.items()})
        self.update(chosen or {})

    def __setitem__(self, row: str, statement: str) -> None:
        if row not in READINGS:
            raise ValueError(f"there is no reading {row}; there are {', '.join(READINGS)}")
        if statement not in ("A", "B", READINGS[row].default):
            raise ValueError(f"reading {row} is A or B, not {statement!r}")
        super().__setitem__(row, statement)

    def a(self, row: str) -> bool:
        return self[row] == "A"

    def b(self, row: str) -> bool:
        return self[row] == "B"
