# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.plugin_utils import _core
from ansible_collections.qlikops.cloud.plugins.plugin_utils._host_variables import CONNECTION
from ansible_collections.qlikops.cloud.plugins.plugin_utils._trust import mark

try:
    from ansible.template import is_trusted_as_template as is_trusted
except ImportError:
    from ansible.utils.unsafe_proxy import AnsibleUnsafe

    def is_trusted(value: object) -> bool:
        return not isinstance(value, AnsibleUnsafe)


FIELDS = [
    "qlik_id",
    "qlik_name",
    "qlik_hostname",
    "qlik_url",
    "qlik_status",
    "qlik_license_number",
    "qlik_created_at",
    "qlik_created_by",
]
PLAIN = {
    "qlik_id": ["AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA1", "-_x"],
    "qlik_name": ["North", "North Sales 2", "a-b_c.d"],
    "qlik_hostname": ["h1x2y3.us.qlikcloud.com"],
    "qlik_url": ["https://h1x2y3.us.qlikcloud.com"],
    "qlik_status": ["active", "user-access-disabled"],
    "qlik_license_number": ["2000000000000002"],
    "qlik_created_at": ["2030-01-01", "2030-01-01T00:00:00.000Z", "2030-01-01T00:00:00.123456789+02:00"],
    "qlik_created_by": ["_PdeG4kX4tS2xSVM259KlqnK"],
}
HOSTILE = [
    "{{ lookup('pipe', 'touch pwned') }}",
    "{% for x in y %}",
    "#jinja2: variable_start_string:'[['",
    "[[ x ]]",
    "a\nb",
    "a\n",
    "a\x00b",
    "50%",
    "naïve",
    "\u202eevil",
    "",
    " north",
    "x" * 10_000,
]


@pytest.mark.parametrize(("field", "text"), [(field, text) for field, texts in PLAIN.items() for text in texts])
def test_ordinary_values_are_plain_and_trusted(field: str, text: str) -> None:
    assert mark(field, text) == text
    assert is_trusted(mark(field, text))


@pytest.mark.parametrize("field", FIELDS)
@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: text[:20])
def test_everything_else_is_not(field: str, text: str) -> None:
    assert mark(field, text) == text
    assert not is_trusted(mark(field, text))


@given(st.sampled_from(FIELDS), st.text())
@example("qlik_name", "{{")
@example("qlik_name", "#jinja2:")
def test_no_trusted_text_can_hold_a_template(field: str, text: str) -> None:
    if is_trusted(mark(field, text)):
        assert not set(text) & set("{}%#\n\r\t\x00[]()'\"\\")
        assert text.isascii()


def test_lists_item_by_item() -> None:
    good, bad = mark("qlik_hostnames", ["a.us.qlikcloud.com", "{{ x }}"])
    assert is_trusted(good)
    assert not is_trusted(bad)


@pytest.mark.parametrize("value", [None, True, False])
def test_other_values_stay_as_they_are(value: t.Any) -> None:
    assert mark("qlik_enabled", value) is value


def test_our_own_template_is_trusted() -> None:
    assert all(map(is_trusted, CONNECTION.values()))


def test_plain_text_has_lost_its_marks() -> None:
    assert {_core.plain(marked("xyz")).__class__ for marked in (_core.untrusted, _core.trusted)} == {str}
