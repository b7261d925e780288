# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The messages that the guides quote are messages that there are."""

from __future__ import annotations

import ast
import re
import typing as t
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[3]
GUIDES = ROOT / "docs" / "docsite" / "rst"
TABLES = (
    GUIDES / "troubleshooting.rst",
    GUIDES / "rotation.rst",
    GUIDES / "events.rst",
    GUIDES / "controllers.rst",
    ROOT / "README.md",
)
SOURCES = ("plugins", "extensions")
PLAYED = ("roles", "playbooks")
HEADING = "You see"
HOLE = "\0"

_ROW = re.compile(r"^   \* - (?P<cell>.*\n(?: {7}.*\n)*)", re.MULTILINE)
_LINE_OF_A_SIMPLE_TABLE = re.compile(r"^(?P<cell>``.+?``)  ", re.MULTILINE)
_ROW_OF_MARKDOWN = re.compile(r"^\| `(?P<cell>[^`]+)` \|", re.MULTILINE)
_LITERAL = re.compile(r"``(.+?)``", re.DOTALL)
_FILLED_IN = re.compile(r"\{\{.*?\}\}", re.DOTALL)
_TEXT_IN_AN_EXPRESSION = re.compile(r"'([^']*)'")
_VARIABLE_PART = re.compile(r"…|\b\d+\b")
_NO_MESSAGES = {"ini", "yaml", "ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED=true"}
_OF_OTHERS = {  # of Ansible, ansible-rulebook, a controller and the modules for it
    "Cannot change the organization of an execution",
    "Could not find source plugin",
    "Invalid authentication credentials",
    "Playbook not found for project",
    "Request to ... returned 2 items, expected 1",
    "Source plugin failed with error message",
    "Specified inventory … leaves us with no hosts",
    "You don't have permission",
    "returned 0 items, expected 1",
    "unknown error when trying to connect to https://127.0.0.1",
}


def quoted(page: Path) -> list[str]:
    """The messages in the first columns of the tables that list messages, whichever kind of table they are."""
    text = page.read_text(encoding="utf-8")
    if page.suffix == ".md":
        table = text.partition(f"\n| {HEADING} ")[2].partition("\n\n")[0]
        return [match["cell"] for match in _ROW_OF_MARKDOWN.finditer(table)]
    simple_table = text.partition(f"\n{HEADING}  ")[2].partition("\n\n")[0]
    cells = [match["cell"] for match in _ROW.finditer(text)]
    cells += [match["cell"] for match in _LINE_OF_A_SIMPLE_TABLE.finditer(simple_table)]
    literals = (" ".join(literal.split()) for cell in cells for literal in _LITERAL.findall(cell))
    return [literal for literal in literals if literal not in _NO_MESSAGES | _OF_OTHERS]


def parts_of(message: str) -> list[str]:
    """What must be found, in this order; what differs lies between."""
    return [part for part in map(str.strip, _VARIABLE_PART.split(message)) if part.strip(" .,:;…")]


def template_of(node: ast.AST) -> str | None:
    """A text of the source, with a hole wherever something is filled in; None for anything but text."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else HOLE for part in node.values)
    return None


def written_in_python(path: Path) -> t.Iterator[str]:
    """All texts of one line, so none of the documentation."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        template = template_of(node)
        if template and "\n" not in template:
            yield template


def written_in_yaml(path: Path) -> t.Iterator[str]:
    for text in texts_in(yaml.safe_load(path.read_text(encoding="utf-8"))):
        yield _FILLED_IN.sub(lambda match: HOLE.join(["", *_TEXT_IN_AN_EXPRESSION.findall(match[0]), ""]), text)


def texts_in(document: t.Any) -> t.Iterator[str]:
    if isinstance(document, str):
        yield document
    elif isinstance(document, (dict, list)):
        for part in document.values() if isinstance(document, dict) else document:
            yield from texts_in(part)


@pytest.fixture(scope="module")
def templates() -> list[str]:
    python = [path for folder in SOURCES for path in sorted((ROOT / folder).rglob("*.py"))]
    played = [path for folder in PLAYED for path in sorted((ROOT / folder).rglob("*.yml"))]
    found = [text for path in python for text in written_in_python(path)]
    found += [text for path in played for text in written_in_yaml(path)]
    return [" ".join(text.split()) for text in found]


def stands_in(parts: t.Sequence[str], template: str) -> bool:
    place = 0
    for part in parts:
        place = template.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return True


MESSAGES = [
    pytest.param(page.stem, message, id=f"{page.stem}: {message[:60]}") for page in TABLES for message in quoted(page)
]


def test_there_are_messages_to_look_for() -> None:
    assert {page.stem for page in TABLES} == {parameter.values[0] for parameter in MESSAGES}
    assert len(MESSAGES) > 150


@pytest.mark.parametrize(("page", "message"), MESSAGES)
def test_a_quoted_message_stands_in_the_source(page: str, message: str, templates: list[str]) -> None:
    parts = parts_of(message)
    assert parts, f"{page} quotes a message of which nothing is fixed"
    assert any(stands_in(parts, template) for template in templates)


@pytest.mark.parametrize(
    ("message", "found"),
    [
        ("The tenant … is … and will be deleted…", True),
        ("The tenant … is … and shall be deleted…", False),
        ("has 5 secrets, which is the most", True),
        ("and will be deleted …; The tenant", False),
    ],
)
def test_what_is_looked_for(message: str, found: bool, templates: list[str]) -> None:
    assert any(stands_in(parts_of(message), template) for template in templates) is found
