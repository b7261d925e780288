# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
import yaml

from ansible_collections.qlikops.cloud.plugins.plugin_utils._yaml_edit import EditError, Path, YamlText, same
from ansible_collections.qlikops.cloud.plugins.plugin_utils._yaml_values import Cipher

LINES = "x\ny\n"


@pytest.mark.parametrize(
    ("text", "path", "value", "wanted"),
    [
        pytest.param("", ("a",), 1, "a: 1\n", id="nothing there"),
        pytest.param("# c", ("a",), 1, "# c\na: 1\n", id="a comment alone"),
        pytest.param("---\n", ("a",), 1, "---\na: 1\n", id="an empty document"),
        pytest.param("{} # c\n", ("a",), 1, "# c\na: 1\n", id="an empty mapping"),
        pytest.param("--- {} # c\n", ("a",), 1, "--- # c\na: 1\n", id="an empty mapping behind the start"),
        pytest.param("--- {}\n", ("a",), 1, "--- \na: 1\n", id="an empty mapping and nothing more"),
        pytest.param(
            "{}\n   # c\n", ("a",), LINES, "a: |\n    x\n    y\n   # c\n", id="the same before a deep comment"
        ),
        pytest.param("null\n", ("a",), 1, "a: 1\n", id="null"),
        pytest.param("a: 1 # c\nb: 2\n", ("a",), 3, "a: 3 # c\nb: 2\n", id="a comment behind it"),
        pytest.param("a: 'x\n\n  y'  # c\nb: 2\n", ("a",), 3, "a: 3  # c\nb: 2\n", id="a comment behind lines"),
        pytest.param("a: # c\n  x # d\nb: 2\n", ("a",), 3, "a: 3 # c\nb: 2\n", id="a comment behind the key"),
        pytest.param("a:\n  x # d\nb: 2\n", ("a",), 3, "a: 3 # d\nb: 2\n", id="a comment below the key"),
        pytest.param("a: | # c\n  x\n\nb: 2\n", ("a",), 3, "a: 3 # c\n\nb: 2\n", id="a comment behind |"),
        pytest.param("a: >-\n  x\nb: 2\n", ("a",), 3, "a: 3\nb: 2\n", id="no comment"),
        pytest.param("a: 1 # c\n", ("a",), LINES, "a: | # c\n  x\n  y\n", id="lines before a comment"),
        pytest.param("a: 'it''s #1'\n", ("a",), 2, "a: 2\n", id="no comment, though it looks like one"),
        pytest.param("a: 1\r\nb: 2\r\n", ("a",), LINES, "a: |\r\n  x\r\n  y\r\nb: 2\r\n", id="line breaks of Windows"),
        pytest.param("a: 1\r\nb: 2", ("c",), 3, "a: 1\r\nb: 2\r\nc: 3\r\n", id="the same without the last"),
        pytest.param("a: 1\nb: 2", ("a",), 3, "a: 3\nb: 2", id="no line break at the end"),
        pytest.param("a: 1\nb: 2", ("b",), 3, "a: 1\nb: 3\n", id="the last line"),
        pytest.param("a: |\n  x", ("b",), 1, "a: |-\n  x\nb: 1\n", id="lines without their last break"),
        pytest.param("a: >2+ # c\n  x", ("b",), 1, "a: >2- # c\n  x\nb: 1\n", id="the same, with more signs"),
        pytest.param("a: |+\n  x\n\n", ("b",), 1, "a: |+\n  x\n\nb: 1\n", id="behind empty lines that count"),
        pytest.param("a: |\n  x\n\n", ("b",), 1, "a: |\n  x\nb: 1\n\n", id="before empty lines that do not count"),
        pytest.param("a:\n  - x\n\n# c\n", ("b",), 1, "a:\n  - x\nb: 1\n\n# c\n", id="before a comment at the end"),
        pytest.param("a:\n  x: 1\n  # c\n", ("b",), LINES, "a:\n  x: 1\n  # c\nb: |\n  x\n  y\n", id="behind a deep"),
        pytest.param("a: 1\n   # c\n", ("a",), LINES, "a: |\n    x\n    y\n   # c\n", id="before a deep one"),
        pytest.param("a: 1\n...\n", ("b",), 1, "a: 1\nb: 1\n...\n", id="before the end of the document"),
        pytest.param("a:\n- b: 1\n", ("a", 0, "c"), 2, "a:\n- b: 1\n  c: 2\n", id="a key in a list"),
        pytest.param("a:\n- b: 1\n", ("a", 1), {"c": 2}, "a:\n- b: 1\n- c: 2\n", id="a new entry"),
        pytest.param("a:\n-   b: 1 # c\n", ("a", 0), 2, "a:\n- 2 # c\n", id="an entry that is replaced"),
        pytest.param("a:\n-\n  # c\n  b: 1\n", ("a", 0), 2, "a:\n- 2\n", id="an entry below its dash"),
        pytest.param("a: {b: 1} # c\n", ("a", "d"), LINES, "a: # c\n  b: 1\n  d: |\n    x\n    y\n", id="braces"),
        pytest.param("a:\n  - {b: 1} # c\n", ("a", 0, "d"), 2, "a:\n  - b: 1 # c\n    d: 2\n", id="braces in a list"),
        pytest.param("a: # c\nb: 1\n", ("a", "x"), 2, "a: # c\n  x: 2\nb: 1\n", id="nothing behind the key"),
        pytest.param("80: 1 # c\nb: 2\n", (80,), 3, "80: 3 # c\nb: 2\n", id="a number as key"),
        pytest.param('"a" : 1 # c\n', ("a",), 3, "a: 3 # c\n", id="a quoted key"),
        pytest.param("a: &x 1 # c\nb: 2\n", ("b",), 3, "a: &x 1 # c\nb: 3\n", id="an anchor elsewhere"),
        pytest.param("a: 'naïve ☃ \U0001f600' # c\n", ("a",), 3, "a: 3 # c\n", id="letters of several bytes"),
        pytest.param("a: !vault |\n    $X\nb: 1\n", ("a",), Cipher("$Y\n"), "a: !vault |\n  $Y\nb: 1\n", id="vault"),
    ],
)
def test_a_value_is_put_where_it_belongs(text: str, path: Path, value: t.Any, wanted: str) -> None:
    edited = YamlText(text)
    edited.put(path, value)
    assert edited.text == wanted
    assert same(edited.values, YamlText(wanted).values)


@pytest.mark.parametrize(
    ("text", "path", "wanted"),
    [
        pytest.param("a: 1 # c\nb: 2\n", ("a",), "b: 2\n", id="with the comment behind it"),
        pytest.param("# c\na: 1\n\n# d\nb: 2\n", ("a",), "# c\n\n# d\nb: 2\n", id="without those around it"),
        pytest.param("a:\n  x: 1\n  # c\nb: 2\n", ("a",), "b: 2\n", id="with those within"),
        pytest.param("a: |\n  x\n\nb: 2\n", ("a",), "\nb: 2\n", id="without empty lines that do not count"),
        pytest.param("a: 1\n", ("a",), "{}\n", id="the only key"),
        pytest.param("a: # c\n  b: 1\n", ("a", "b"), "a: {} # c\n", id="the only key of a mapping"),
        pytest.param("a:\n  - b # c\n", ("a", 0), "a: [] # c\n", id="the only entry"),
        pytest.param("a:\n  # c\n  - b\n  # d\n  - e\n", ("a", 0), "a:\n  # c\n  # d\n  - e\n", id="an entry"),
        pytest.param("a:\n  - b: 1\n    c: 2\n", ("a", 0, "b"), "a:\n  - c: 2\n", id="the key behind a dash"),
        pytest.param(
            "a:\n  - b: 1\n    # d\n    c: 2\n", ("a", 0, "b"), "a:\n  -\n    # d\n    c: 2\n", id="a comment"
        ),
        pytest.param("a:\n  - b: 1\n    c: 2\n", ("a", 0, "c"), "a:\n  - b: 1\n", id="another key of an entry"),
        pytest.param("a: {b: 1, c: 2} # d\n", ("a", "b"), "a: # d\n  c: 2\n", id="within braces"),
        pytest.param("80: 1\n90: 2\n", (80,), "90: 2\n", id="a number"),
    ],
)
def test_a_value_is_dropped_with_what_belongs_to_it(text: str, path: Path, wanted: str) -> None:
    edited = YamlText(text)
    edited.drop(path)
    assert edited.text == wanted
    assert same(edited.values, YamlText(wanted).values)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        pytest.param("a: &x 1\nb: *x\n", ("b",), id="a reference"),
        pytest.param("a: &x {c: 1}\nb: *x\n", ("a", "c"), id="what is referred to"),
        pytest.param("a: &x {c: 1}\nb:\n  <<: *x\n  d: 1\n", ("b", "c"), id="what is merged"),
        pytest.param("a: 1\na: 2\n", ("a",), id="a key twice"),
        pytest.param("? a\n: 1\n", ("a",), id="a question mark"),
        pytest.param("- - x\n  - y\n", (0, 0), id="a list within a list on one line"),
    ],
)
def test_what_is_not_understood_is_refused(text: str, path: Path) -> None:
    with pytest.raises(EditError):
        YamlText(text).put(path, 3)


def test_what_is_dropped_is_refused_as_well() -> None:
    with pytest.raises(EditError):
        YamlText("a: &x 1\nb: *x\nc: 3\n").drop(("b",))
    with pytest.raises(EditError):
        YamlText("---\n# c\n...\n").put(("a",), 1)


@pytest.mark.parametrize("text", ["a: [", "a: 2026-13-45", "a: 1\n---\nb: 2\n"])
def test_what_is_no_yaml_is_refused_at_once(text: str) -> None:
    with pytest.raises((yaml.YAMLError, ValueError)):
        YamlText(text)


@pytest.mark.parametrize(
    ("one", "other", "are_same"),
    [
        (1, 1, True),
        (1, True, False),
        (1, 1.0, False),
        (float("nan"), float("nan"), True),
        ("x", Cipher("x"), False),
        ([1, [2]], [1, [2]], True),
        ([1], [1, 2], False),
        ([0], [False], False),
        ({"a": 1, "b": 2}, {"a": 1, "b": 2}, True),
        ({"a": 1, "b": 2}, {"b": 2, "a": 1}, False),
        ({"a": 1}, {"a": True}, False),
        ({}, [], False),
        (None, {}, False),
    ],
)
def test_values_are_the_same_with_their_types_and_order(one: t.Any, other: t.Any, are_same: bool) -> None:
    assert [same(*pair) for pair in ((one, other), (other, one))] == [are_same] * 2
