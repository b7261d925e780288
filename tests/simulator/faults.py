# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults by script: which requests they befall, and how often.

A fault is written `[METHOD] TARGET [KIND] [OPTION=VALUE ...]`, for example

    GET /api/core/tenants status=503 times=2 retry_after=1
    * latency=0.2
    POST console.qlikcloud.com/oauth/token cut after=1
    POST /api/v1/spaces lost every=3

`status=503`, `shape=list`, `redirect=other`, `latency=0.2` and `drip=3` name the kind and its option at once.
TARGET is a path prefix, a host, or a host followed by a path prefix; both may hold `*`.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

from .messages import Call

KINDS = {
    "latency": "answer after `seconds`",
    "status": "answer `status` with a body of family A, B, E, rfc, html or empty (`body`), code `code`, `retry_after`",
    "html": "answer 200 with a page of HTML",
    "redirect": "answer `status` (302) and a Location: to=same, to=other, to=http or a URL",
    "echo_secret": "answer `status` (400) with a detail that repeats client_secret and Authorization",
    "cut": "drop the connection before the first byte; the request is not carried out",
    "lost": "carry the request out, then drop the connection before the first byte of the answer",
    "cut_body": "drop the connection in the middle of the body",
    "drip": "send the body in small pieces during `seconds`",
    "malformed": "cut the JSON short",
    "shape": "well-formed JSON of a wrong shape: shape=list, string, number, null, empty, rows or data",
    "expire_tokens": "expire all tokens just before this request",
    "repeat_cursor": "the next link leads to this same page again",
    "foreign_cursor": "the next link leads to a foreign host",
    "bare_link": "the next link has no query",
    "null_link": "at the end of the list links.next is null",
    "null_href": "at the end of the list links.next.href is null",
    "no_links": "the page has no links",
    "endless": "the list never ends: fresh rows and cursors on each page",
    "endless_same": "the list never ends: the same rows, fresh cursors",
    "empty_page": "an empty page whose next link leads to the rows it withheld",
    "wrong_total": "totalResults is one too many",
    "no_total": "totalResults is missing",
    "duplicate": "the last row of the page before comes again",
    "left_out": "the last row of the page is missing, and not counted",
}
METHODS = {"GET", "POST", "PATCH", "PUT", "DELETE", "*"}
BODIES = ("", "A", "B", "E", "rfc", "html", "empty")
SHAPES = ("list", "string", "number", "null", "empty", "rows", "data")
NUMBERS = {"times": int, "after": int, "every": int, "status": int, "seconds": float, "latency": float, "drip": float}
SHORTHANDS = {"redirect": "to", "latency": "seconds", "drip": "seconds", "shape": "shape", "status": "status"}


class FaultError(ValueError):
    """A fault that cannot be understood."""


@dataclass
class Fault:
    """Befalls each `every`th matching request but the first `after`, `times` times (None: for ever)."""

    match: str
    kind: str
    times: int | None = None
    after: int = 0
    every: int = 1
    seconds: float = 0.1
    status: int = 0
    body: str = ""
    code: str = ""
    title: str = ""
    retry_after: str | float | None = None
    to: str = "same"
    shape: str = "list"
    seen: int = field(default=0, init=False)
    played: int = field(default=0, init=False)

    def __post_init__(self) -> None:
        for name, value, allowed in (
            ("kind", self.kind, tuple(KINDS)),
            ("body", self.body, BODIES),
            ("shape", self.shape, SHAPES),
        ):
            if value not in allowed:
                raise FaultError(f"{name} of a fault is one of {', '.join(filter(None, allowed))}, not {value!r}")
        if self.every < 1:
            raise FaultError(f"every of a fault is at least 1, not {self.every}")
        self._method, self._host, self._path = read_match(self.match)

    @classmethod
    def parse(cls, text: str) -> Fault:
        try:
            words = shlex.split(text)
        except ValueError as error:
            raise FaultError(f"cannot read the fault {text!r}: {error}") from None
        targets = [word for word in words if "=" not in word and word not in KINDS]
        kinds = [word for word in words if word in KINDS]
        options = dict(read_option(word) for word in words if "=" in word)
        kinds += [options.pop("kind")] if "kind" in options else []
        kinds = kinds or [name for name in SHORTHANDS if name in options][:1]
        options = {SHORTHANDS.get(name, name): value for name, value in options.items()}
        if not targets or len(kinds) != 1:
            raise FaultError(f"the fault {text!r} must name what it matches and one kind")
        return cls(" ".join(targets), kinds[0], **options)

    def matches(self, call: Call) -> bool:
        return (
            self._method in ("*", call.method)
            and fnmatchcase(call.host, self._host)
            and fnmatchcase(call.path, self._path + "*")
        )

    def is_due(self) -> bool:
        """Counts this request; true when the fault may be played."""
        self.seen += 1
        turn = self.seen - self.after
        return turn > 0 and turn % self.every == 0 and (self.times is None or self.played < self.times)


def read_match(text: str) -> tuple[str, str, str]:
    """Method, host pattern and path prefix."""
    words = text.split()
    method = words.pop(0) if words and words[0] in METHODS else "*"
    if len(words) > 1 or not text.strip():
        raise FaultError(f"a fault matches [METHOD] [HOST][/PATH], not {text!r}")
    host, slash, path = (words[0] if words else "*").partition("/")
    if host and "." not in host and "*" not in host:
        raise FaultError(f"{host!r} is neither a path nor a host name")
    return method, host.lower() or "*", slash + path


def read_option(word: str) -> tuple[str, Any]:
    name, _unused, value = word.partition("=")
    known = {item.name for item in fields(Fault) if item.init} - {"match"} | set(SHORTHANDS)
    if name not in known:
        raise FaultError(f"a fault has no option {name}; it has {', '.join(sorted(known))}")
    try:
        return name, NUMBERS.get(name, str)(value)
    except ValueError:
        raise FaultError(f"{name} of a fault is a number, not {value!r}") from None
