# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Filter expressions (RFC 7644, section 3.4.2.2) over a stated set of attributes and operators."""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

TOKEN = re.compile(r"""\s*(?:(?P<text>"(?:[^"\\\x00-\x1f]|\\.)*")|(?P<mark>[()])|(?P<word>[^\s()"]+))""")
DEPTH_LIMIT = 50
GENERAL = frozenset({"eq", "ne", "gt", "ge", "lt", "le", "co"})
COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
    "co": operator.contains,
}


class FilterError(ValueError):
    """The expression is malformed, or asks for what the attribute does not offer."""


@dataclass(frozen=True)
class Attribute:
    """`values` reads the values of a row, `normalize` makes both sides comparable."""

    name: str
    values: Callable[[Any], Iterable[str]]
    operators: frozenset[str] = GENERAL
    normalize: Callable[[str], Any] = str


@dataclass(frozen=True)
class Comparison:
    attribute: Attribute
    operator: str
    value: str

    def matches(self, row: Any) -> bool:
        normalize = str if self.operator == "co" else self.attribute.normalize
        wanted = normalize(self.value)
        values = readable(self.attribute.values(row), normalize)
        if self.operator == "ne":
            return wanted not in values
        compare = COMPARISONS[self.operator]
        return any(compare(value, wanted) for value in values)


@dataclass(frozen=True)
class Logical:
    operator: str
    parts: tuple[Node, ...]

    def matches(self, row: Any) -> bool:
        if self.operator == "not":
            return not self.parts[0].matches(row)
        results = (part.matches(row) for part in self.parts)
        return all(results) if self.operator == "and" else any(results)


Node = Comparison | Logical


def parse_filter(text: str, attributes: Mapping[str, Attribute]) -> Node:
    """`attributes` is keyed by lower-case name."""
    parser = _Parser(_split(text), attributes)
    node = parser.alternatives()
    parser.expect_end()
    return node


def comparisons(node: Node) -> list[Comparison]:
    if isinstance(node, Comparison):
        return [node]
    return [found for part in node.parts for found in comparisons(part)]


def always_equals(node: Node, name: str) -> bool:
    """Whether every match must equal a value of this attribute."""
    if isinstance(node, Comparison):
        return node.attribute.name == name and node.operator == "eq"
    if node.operator == "not":
        return False
    decide = any if node.operator == "and" else all
    return decide(always_equals(part, name) for part in node.parts)


def readable(values: Iterable[str], normalize: Callable[[str], Any]) -> list[Any]:
    """A value that is not what its attribute promises equals nothing."""
    read = []
    for value in values:
        with suppress(ValueError):
            read.append(normalize(value))
    return read


def _split(text: str) -> list[str]:
    tokens, position, text = [], 0, text.rstrip()
    while position < len(text):
        match = TOKEN.match(text, position)
        if not match:
            raise FilterError(f"cannot read the filter at position {position}")
        tokens.append(match.group().strip())
        position = match.end()
    return tokens


class _Parser:
    def __init__(self, tokens: list[str], attributes: Mapping[str, Attribute]) -> None:
        self._tokens = tokens
        self._attributes = attributes
        self._position = 0
        self._depth = 0

    def _peek(self) -> str:
        return self._tokens[self._position].lower() if self._position < len(self._tokens) else ""

    def _next(self) -> str:
        if self._position >= len(self._tokens):
            raise FilterError("the filter ends too early")
        self._position += 1
        return self._tokens[self._position - 1]

    def expect_end(self) -> None:
        if self._position < len(self._tokens):
            raise FilterError(f"did not expect {self._tokens[self._position]}")

    def alternatives(self) -> Node:
        return self._chain("or", self._conjunction)

    def _conjunction(self) -> Node:
        return self._chain("and", self._term)

    def _chain(self, word: str, part: Callable[[], Node]) -> Node:
        parts = [part()]
        while self._peek() == word:
            self._next()
            parts.append(part())
        return parts[0] if len(parts) == 1 else Logical(word, tuple(parts))

    def _term(self) -> Node:
        if self._peek() == "not":
            self._next()
            return Logical("not", (self._group(),))
        return self._group() if self._peek() == "(" else self._comparison()

    def _group(self) -> Node:
        self._depth += 1
        if self._depth > DEPTH_LIMIT:
            raise FilterError("the filter is nested too deeply")
        if self._next() != "(":
            raise FilterError("expected an opening parenthesis")
        node = self.alternatives()
        if self._next() != ")":
            raise FilterError("expected a closing parenthesis")
        self._depth -= 1
        return node

    def _comparison(self) -> Comparison:
        name, word, text = self._next(), self._next().lower(), self._next()
        attribute = self._attributes.get(name.lower())
        if attribute is None:
            raise FilterError(f"unknown attribute {name}")
        if word not in attribute.operators:
            raise FilterError(f"{attribute.name} cannot be compared with {word}")
        value = _value(text)
        try:
            attribute.normalize(value)
        except ValueError as error:
            raise FilterError(str(error)) from None
        return Comparison(attribute, word, value)


def _value(text: str) -> str:
    if not text.startswith('"'):
        raise FilterError(f"expected a value in double quotes, not {text}")
    try:
        return str(json.loads(text))
    except ValueError:
        raise FilterError(f"bad escape in {text}") from None
