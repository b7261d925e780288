# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.plugin_utils._yaml_values import (
    Cipher,
    nodes_of,
    text_of,
    value_of,
    values_of,
)

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
INNER = st.recursive(SCALARS, lambda x: st.lists(x) | st.dictionaries(st.text(max_size=9), x), max_leaves=9)


@given(INNER)
def test_what_is_written_is_read_back(value: t.Any) -> None:
    assert repr(values_of(text_of(value))) == repr(value)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": "x"}, "a: x\n"),
        ({"a": "yes", "b": "0777", "c": "2026-01-31"}, "a: 'yes'\nb: '0777'\nc: '2026-01-31'\n"),
        ({"a": "x\ny\n"}, "a: |\n  x\n  y\n"),
        ({"a": "x\ny"}, "a: |-\n  x\n  y\n"),
        ({"a": "x\n\n"}, 'a: "x\\n\\n"\n'),
        ({"a": " x\ny"}, 'a: " x\\ny"\n'),
        ({"a": "x\u2028y"}, 'a: "x\\Ly"\n'),
        ({"a": ["x", {"b": 1}]}, "a:\n  - x\n  - b: 1\n"),
        ({"a": Cipher("$X\nY\n")}, "a: !vault |\n  $X\n  Y\n"),
        ({"a": "naïve ☃"}, "a: naïve ☃\n"),
        ({"a": "x " * 99 + "x"}, f"a: {'x ' * 99}x\n"),
    ],
)
def test_values_are_written_in_block_style(value: t.Any, text: str) -> None:
    assert text_of(value) == text


def test_the_same_value_twice_gets_no_anchor() -> None:
    part = {"b": 1}
    assert text_of({"x": part, "y": part}) == "x:\n  b: 1\ny:\n  b: 1\n"


def test_lines_are_indented_as_far_as_one_likes() -> None:
    assert text_of({"a": "x\ny\n"}, 5) == "a: |\n     x\n     y\n"


@pytest.mark.parametrize("tag", ["!vault", "!vault-encrypted"])
def test_vault_values_stay_closed(tag: str) -> None:
    value = values_of(f"a: {tag} |\n  $X\n  Y\n")["a"]
    assert isinstance(value, Cipher)
    assert value == "$X\nY\n"


def test_text_that_is_no_template_is_text() -> None:
    assert values_of("a: !unsafe '{{ x }}'") == {"a": "{{ x }}"}


@pytest.mark.parametrize("text", ["a: !nobody x", "a: [", "a: 1\n---\nb: 2\n", "!!python/object:os.system {}"])
def test_what_ansible_does_not_read_is_refused(text: str) -> None:
    with pytest.raises(yaml.YAMLError):
        values_of(text)


def test_nodes_tell_their_places_and_what_they_hold() -> None:
    node = t.cast("yaml.MappingNode", nodes_of("a: 1\n80: [x, 2026-01-31]\n"))
    (first, _value), (key, value) = node.value
    assert (first.start_mark.line, key.start_mark.line, key.start_mark.column) == (0, 1, 0)
    assert value_of(key) == 80
    assert value_of(value) == values_of("[x, 2026-01-31]")
    assert nodes_of("# nothing") is None
