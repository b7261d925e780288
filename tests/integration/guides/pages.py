# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples on a page, with the markers above them."""

from __future__ import annotations

import re
import textwrap
import typing as t
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

LIVE, PART, FAILS = "needs a live service", "continues", "fails"
MARKERS = (LIVE, PART, FAILS)
YAML = ("yaml", "yaml+jinja")
SHELL = ("shell", "console", "bash", "sh")

_DIRECTIVE = re.compile(r"^(?P<indent> *)\.\. code-block:: *(?P<language>\S+)$")
_FENCE = re.compile(r"^(?P<indent> *)```(?P<language>\S+)$")
_HEADING = re.compile(r"^(?:=|-|~){3,}$|^#+ ")
_MARKER = re.compile(rf"^ *(?:\.\.|<!--) (?P<marker>{'|'.join(MARKERS)}): (?P<reason>.+?)(?: -->)?$")
# `# org.qlik.yml`, `; ansible.cfg`, also with words after a comma
_NAMED = re.compile(r"^[#;] (?P<name>[\w./-]*\.\w+)(?:,.*)?$")


@dataclass(frozen=True)
class Example:
    """A block of code: where it stands, in which language, what it says, and what is said above it."""

    line: int
    section: int
    language: str
    text: str
    markers: t.Mapping[str, str]

    @property
    def file(self) -> str:
        """The name in a comment on its first line, empty when there is none."""
        found = _NAMED.match(self.text.partition("\n")[0])
        return found["name"] if found else ""

    @property
    def commands(self) -> str:
        """What is typed; at a console that is what stands behind a $."""
        if self.language != "console":
            return self.text
        return "".join(f"{line[2:]}\n" for line in self.text.splitlines() if line.startswith("$ "))

    @property
    def shown(self) -> str:
        """What a console shows besides."""
        if self.language != "console":
            return ""
        return "".join(f"{line}\n" for line in self.text.splitlines() if not line.startswith("$ "))


def examples(page: Path) -> list[Example]:
    """All examples of a page of reStructuredText or Markdown, in order."""
    lines = page.read_text(encoding="utf-8").splitlines()
    return list(_fenced(lines) if page.suffix == ".md" else _directives(lines))


def _directives(lines: list[str]) -> Iterator[Example]:
    for number, line in enumerate(lines):
        if found := _DIRECTIVE.match(line):
            body = _indented(lines[number + 1 :], len(found["indent"]))
            yield _example(lines[:number], found["language"], body)


def _fenced(lines: list[str]) -> Iterator[Example]:
    for number, line in enumerate(lines):
        if found := _FENCE.match(line):
            end = lines.index(found["indent"] + "```", number + 1)
            yield _example(lines[:number], found["language"], lines[number + 1 : end])


def _indented(lines: list[str], indent: int) -> Iterator[str]:
    """The lines that belong to a directive."""
    for line in lines:
        if line.strip() and len(line) - len(line.lstrip()) <= indent:
            return
        yield line


def _example(before: list[str], language: str, body: t.Iterable[str]) -> Example:
    text = textwrap.dedent("\n".join(body)).strip("\n") + "\n"
    section = sum(1 for line in before if _HEADING.match(line))
    return Example(len(before) + 1, section, language, text, _markers(before))


def _markers(before: list[str]) -> dict[str, str]:
    """The comments directly above."""
    markers = {}
    for line in reversed(before):
        found = _MARKER.match(line)
        if found:
            markers[found["marker"]] = found["reason"]
        elif line.strip():
            break
    return markers
