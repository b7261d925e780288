# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._harmless import harmless

LEXER = jinja2.Environment(autoescape=True)
PIECES = ["{", "}", "%", "#", "{{", "}}", "{%", "%}", "{#", "#jinja2:variable_start_string:'<'\n", "\n", "a", " ", "{}"]


@given(st.lists(st.sampled_from(PIECES)).map("".join))
def test_no_text_opens_a_template(text):
    made = harmless(text)
    assert {kind for _line, kind, _text in LEXER.lex(made)} <= {"data"}
    assert not made.startswith("#jinja2:")
    assert not made.endswith("{")
    assert made.replace(" ", "") == text.replace(" ", "").replace("\n", "")


@given(st.text(alphabet=st.characters(exclude_characters="{#\u2028\u2029", exclude_categories=["Cc", "Cs"])))
def test_all_else_stays_as_it_is(text):
    assert harmless(text) == text


@pytest.mark.parametrize(
    ("value", "made"),
    [
        (
            {"name": "{{ a }}", "more": [{"b": "{% c"}, 1, None, True]},
            {"name": "{ { a }}", "more": [{"b": "{ % c"}, 1, None, True]},
        ),
        ("{{{", "{ { { "),
        ("a{", "a{ "),
        ("a\x1b[31mb\r\nc\u2028d", "a [31mb  c d"),
        ("#jinja2:x", " #jinja2:x"),
        ("{a: 1}", "{a: 1}"),
    ],
)
def test_texts_at_any_depth_are_made_harmless(value, made):
    assert harmless(value) == made
