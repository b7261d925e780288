# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the guide that compares the organization API with the collection: `python -m tools.completeness`.

What it says stands in docs/completeness.yml.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

import yaml

from tools.environment import ROOT, say

DATA = ROOT / "docs" / "completeness.yml"
PAGE = ROOT / "docs" / "docsite" / "rst" / "completeness.rst"
COVERED, PARTLY, LEFT_OUT = "yes", "in part", "no"
INVENTORY = "qlikops.cloud.tenants#inventory"

HEAD = """\
..
  Copyright (c) 2026 qlikops.cloud contributors
  SPDX-License-Identifier: GPL-3.0-or-later

  Made by `python -m tools.completeness` from docs/completeness.yml; change that.

.. _ansible_collections.qlikops.cloud.docsite.completeness:

Completeness
============

{summary}

.. contents::
   :local:
   :depth: 1
"""
SUMMARY = """\
Of the {rows} endpoints, parameters and fields that Qlik documents of the organization API, {yes} are covered,
{partly} are covered in part, and {no} are left out. This page says of each where it is covered, and of the others why
not. :ansplugin:`qlikops.cloud.rest_info#module` and :ansplugin:`qlikops.cloud.rest#module` call any path of the
console; what is within reach by them alone counts as covered in part.
"""


@dataclass(frozen=True)
class Place:
    """Where something is covered: a plugin, or an option, return value or host variable of it."""

    kind: str
    plugin: str
    name: str

    @classmethod
    def read(cls, text: str) -> Place:
        """A place as the data file writes it."""
        kind, _blank, rest = text.partition(" ")
        if kind in ("inventory", "variable"):
            return cls(kind, INVENTORY, rest)
        plugin, _dot, name = rest.partition(".")
        return cls(kind, f"qlikops.cloud.{plugin}#{'lookup' if kind == 'lookup' else 'module'}", name)

    def __str__(self) -> str:
        if self.kind == "variable":
            return f"``{self.name}``"
        role = "ansretval" if self.kind == "return" else "ansopt"
        return f":{role}:`{self.plugin}:{self.name}`"


@dataclass(frozen=True)
class Row:
    """An endpoint, parameter or field."""

    name: str
    places: tuple[Place, ...]
    itself: str
    why: str

    @classmethod
    def read(cls, name: str, values: dict[str, Any]) -> Row:
        texts = values.get("at", [])
        places = tuple(map(Place.read, [texts] if isinstance(texts, str) else texts))
        return cls(name, places, values.get("itself", ""), values.get("why", ""))

    @property
    def state(self) -> str:
        """Whether it is covered."""
        if not self.why:
            return COVERED
        return PARTLY if self.places or self.itself else LEFT_OUT

    def words(self) -> str:
        """Where it is covered, plugin by plugin, and what else there is to say."""
        parts = []
        for plugin, places in groupby(self.places, lambda place: place.plugin):
            names = ", ".join(str(place) for place in places if place.name)
            parts.append(f":ansplugin:`{plugin}`" + (f" {names}" if names else ""))
        where = "; ".join(parts)
        return " ".join(filter(None, (where and f"{where}.", self.itself, self.why)))


@dataclass(frozen=True)
class Section:
    """Rows that belong together; of is the endpoint that they belong to."""

    title: str
    source: str
    kind: str
    of: str
    rows: tuple[Row, ...]

    @classmethod
    def read(cls, values: dict[str, Any]) -> Section:
        rows = tuple(Row.read(name, row) for name, row in values["rows"].items())
        return cls(values["title"], values["source"], values["kind"], values.get("of", ""), rows)

    def lines(self) -> Iterator[str]:
        subject = f"``{self.of}``, see" if self.of else "See"
        yield from ("", self.title, "-" * len(self.title), "")
        yield from _wrapped(f"{subject} `Qlik's reference <{self.source}>`__.", "")
        yield from ("", ".. list-table::", "   :header-rows: 1", "   :widths: 30 10 60", "")
        yield from _cells(self.kind.capitalize(), "Covered", "Where, or why not")
        for row in self.rows:
            yield from _cells(f"``{row.name}``", row.state, row.words())


def _cells(*texts: str) -> Iterator[str]:
    for number, text in enumerate(texts):
        yield from _wrapped(text, "     ", "     - " if number else "   * - ")


def _wrapped(text: str, indent: str, first: str | None = None) -> list[str]:
    inner = indent if first is None else " " * len(first)
    return textwrap.wrap(
        text, 118, initial_indent=first or "", subsequent_indent=inner, break_long_words=False, break_on_hyphens=False
    )


def sections(path: Path = DATA) -> list[Section]:
    """What the data file holds."""
    return list(map(Section.read, yaml.safe_load(path.read_text(encoding="utf-8"))))


def page(parts: list[Section]) -> str:
    """The guide."""
    states = [row.state for section in parts for row in section.rows]
    counts = {"yes": states.count(COVERED), "partly": states.count(PARTLY), "no": states.count(LEFT_OUT)}
    summary = "\n".join(textwrap.wrap(SUMMARY.format(rows=len(states), **counts), 118, break_on_hyphens=False))
    lines = [line for section in parts for line in section.lines()]
    return HEAD.format(summary=summary) + "\n".join(lines) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(sections()), encoding="utf-8")
    say(f"{PAGE.relative_to(ROOT)} is made anew.")
