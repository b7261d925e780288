# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example in the guides works: each page is the session of a reader, from its first example to the last."""

from __future__ import annotations

import typing as t
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from controller import Controller
from simulator import Simulator

from .conftest import ROOT, User
from .guides.pages import examples
from .guides.reader import Reader
from .guides.world import World
from .jobs import PROJECT

PROPERTY = "examples for a live service"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs" / "docsite" / "rst").glob("*.rst"))]

Sets = Callable[[str, object], None]

pytestmark = pytest.mark.once


@pytest.fixture
def world(organization: t.Callable[..., Simulator]) -> Iterator[World]:
    with Controller(PROJECT) as controller:
        yield World(organization(subscriptions=1), controller)


@pytest.mark.long
@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_a_reader_follows_the_page(page: Path, user: User, world: World, record_property: Sets) -> None:
    record_property(PROPERTY, Reader(user, world, page.stem).follow(examples(page)))


def page_of(folder: Path, *blocks: str) -> Path:
    """A page of blocks: the language, perhaps behind a marker, and the lines below."""
    page = folder / "page.rst"
    text = ""
    for block in blocks:
        head, _unused, body = block.partition("\n")
        marker, _unused, language = head.rpartition("|")
        text += f".. {marker}\n\n" if marker else ""
        text += f".. code-block:: {language}\n\n" + "".join(f"   {line}\n" for line in body.splitlines()) + "\n"
    page.write_text(f"Title\n=====\n\n{text}", encoding="utf-8")
    return page


GOOD = (
    "yaml\n# made/vars.yml, kept\nnumber: 7",
    "shell\nexport NUMBER=7\ncat made/vars.yml; cd made",
    "text\nnumber: …",
    "shell\ntest $NUMBER = 7; cat vars.yml",
    "fails: on purpose|shell\nfalse",
    "console\n$ echo one two\none   two",
    "needs a live service: none|shell\nno-such-program",
    "shell\necho three",
    "none\na drawing",
    "text\na drawing in words",
)
BAD = {
    "a command that fails": (("shell\nfalse\ntrue",), "line 4: exit code 1"),
    "a pipe that fails": (("shell\nfalse | true",), "line 4: exit code 1"),
    "a variable that is not set": (("shell\necho $NOWHERE",), "NOWHERE: unbound variable"),
    "a success that is none": (("fails: on purpose|shell\ntrue",), "line 6: exit code 0"),
    "another output": (("shell\necho one", "text\ntwo"), "line 8: not printed: two"),
    "another output of a console": (("console\n$ echo one\ntwo",), "not printed: two"),
    "no YAML": (("yaml\na: b: c",), "line 4: mapping values are not allowed here"),
    "a file without a name": (("yaml\na: b",), "nothing says what this is"),
    "an unknown language": (("python\nprint()",), "nobody knows how to run python"),
    "an unknown variable": (("yaml\n# a.yml\ncontroller_slice: 1",), "has no controller_slice"),
    "a source that fails": (("yaml\nplugin: qlikops.cloud.tenants\nregion: [eu]",), "ansible-inventory ended with 1"),
    "a part with an unknown option": (("continues: org.qlik.yml|yaml\nfilter: []",), "ansible-inventory ended with 1"),
    "a playbook that fails": (("yaml\n- hosts: localhost\n  tasks:\n    - fail:",), "ansible-playbook ended with 2"),
    "a task that fails": (("yaml\n- qlikops.cloud.ping:\n    hosts: no",), "ansible-playbook ended with 2"),
    "a secret": (("shell\nexport QLIK_CLIENT_SECRET=...\necho $QLIK_CLIENT_SECRET",), "a secret is printed"),
    "no shell": (("needs a live service: none|shell\nif",), "syntax error"),
    "no playbook": (
        ("needs a live service: none|yaml\n- hosts: localhost\n  task: []",),
        "ansible-playbook ended with",
    ),
}


def test_what_works_is_followed_and_what_needs_a_service_counted(user: User, world: World, tmp_path: Path) -> None:
    assert Reader(user, world, "page").follow(examples(page_of(tmp_path, *GOOD))) == 1


@pytest.mark.parametrize(("blocks", "complaint"), BAD.values(), ids=BAD)
def test_a_wrong_example_fails_the_page(
    blocks: tuple[str, ...], complaint: str, user: User, world: World, tmp_path: Path
) -> None:
    with pytest.raises(AssertionError) as raised:
        Reader(user, world, "page").follow(examples(page_of(tmp_path, *blocks)))
    assert complaint in str(raised.value)
