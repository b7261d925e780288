# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._scim import (
    OPERATORS,
    all_of,
    any_of,
    compare,
    equal,
    negation,
)


@given(st.text(), st.sampled_from(OPERATORS))
def test_any_value_is_one_json_string_and_nothing_escapes_it(value: str, operator: str) -> None:
    attribute, found, quoted = compare("name", operator, value).split(" ", 2)
    assert (attribute, found) == ("name", operator)
    # raw_decode stops at the end of the string: an injected clause would be left over
    assert json.JSONDecoder(strict=True).raw_decode(quoted) == (value, len(quoted))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("1000000000000001", 'subscriptionId eq "1000000000000001"', id="plain"),
        pytest.param('x" or id ne "', r'subscriptionId eq "x\" or id ne \""', id="quotes"),
        pytest.param("back\\slash", r'subscriptionId eq "back\\slash"', id="backslash"),
        pytest.param("Größe\n", r'subscriptionId eq "Größe\n"', id="letters and line break"),
    ],
)
def test_equal_quotes_its_value(value: str, expected: str) -> None:
    assert equal("subscriptionId", value) == expected


@pytest.mark.parametrize(
    ("attribute", "operator"),
    [
        pytest.param("name", "sw", id="operator the service does not know"),
        pytest.param("name", "eq ", id="operator with a space"),
        pytest.param('name eq "x" or id', "eq", id="clause as attribute"),
        pytest.param("", "eq", id="no attribute"),
        pytest.param(".", "eq", id="dot alone"),
    ],
)
def test_what_is_no_comparison_is_refused(attribute: str, operator: str) -> None:
    with pytest.raises(ValueError, match="no comparison"):
        compare(attribute, operator, "x")


def test_attribute_may_be_a_path() -> None:
    assert compare("meta.created", "ge", "2030-01-01") == 'meta.created ge "2030-01-01"'


def test_joined_filters_stand_in_parentheses() -> None:
    either = any_of('a eq "1"', 'a eq "2"')
    assert either == '(a eq "1") or (a eq "2")'
    assert all_of(either, 'b eq "3"') == '((a eq "1") or (a eq "2")) and (b eq "3")'
    assert negation(either) == 'not ((a eq "1") or (a eq "2"))'


@pytest.mark.parametrize("join", [any_of, all_of])
def test_one_filter_stands_alone(join: t.Callable[..., str]) -> None:
    assert join('a eq "1"') == 'a eq "1"'


@pytest.mark.parametrize("join", [any_of, all_of])
def test_no_filter_at_all_is_refused_since_it_would_select_everything(join: t.Callable[..., str]) -> None:
    with pytest.raises(ValueError, match="no filters"):
        join()
