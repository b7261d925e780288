# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.plugin_utils._options import blank_variables_unset, environment_changed

NAMES = ["QLIK_TEST_A", "QLIK_TEST_B", "QLIK_TEST_C"]
Values = dict[str, "str | None"]


def now() -> Values:
    return {name: os.environ.get(name) for name in NAMES}


@pytest.fixture(autouse=True)
def known_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("QLIK_TEST_A", "a")
    monkeypatch.setenv("QLIK_TEST_B", "b")
    monkeypatch.delenv("QLIK_TEST_C", raising=False)


BEFORE = {"QLIK_TEST_A": "a", "QLIK_TEST_B": "b", "QLIK_TEST_C": None}


@pytest.mark.parametrize(
    ("changes", "within"),
    [
        pytest.param({}, {}, id="nothing"),
        pytest.param({"QLIK_TEST_A": "x"}, {"QLIK_TEST_A": "x"}, id="another value"),
        pytest.param({"QLIK_TEST_A": ""}, {"QLIK_TEST_A": ""}, id="an empty value"),
        pytest.param({"QLIK_TEST_A": None}, {"QLIK_TEST_A": None}, id="unset"),
        pytest.param({"QLIK_TEST_C": "y"}, {"QLIK_TEST_C": "y"}, id="set anew"),
        pytest.param({"QLIK_TEST_C": None}, {}, id="unset what is not set"),
    ],
)
def test_variables_are_changed_and_put_back(changes: Values, within: Values) -> None:
    with environment_changed(changes):
        assert now() == {**BEFORE, **within}
    assert now() == BEFORE


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_an_error_puts_all_back(error: type[BaseException]) -> None:
    with pytest.raises(error), environment_changed({"QLIK_TEST_A": None, "QLIK_TEST_C": "y"}):
        raise error
    assert now() == BEFORE


def test_a_change_that_fails_halfway_is_undone() -> None:
    before = now()
    with pytest.raises(ValueError, match="null"), environment_changed({"QLIK_TEST_A": "x", "QLIK_TEST_B": "a\0b"}):
        pass
    assert now() == before


def test_what_is_changed_inside_is_put_back_when_it_was_named() -> None:
    with environment_changed({"QLIK_TEST_A": "x", "QLIK_TEST_C": "y"}):
        del os.environ["QLIK_TEST_A"]
        os.environ["QLIK_TEST_C"] = "z"
    assert now() == BEFORE


CHANGES = st.dictionaries(
    st.sampled_from(NAMES), st.none() | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
)


@given(st.lists(CHANGES, max_size=4))
def test_changes_within_changes_are_undone_in_turn(layers: list[Values]) -> None:
    def descend(depth: int, expected: Values) -> None:
        assert now() == expected
        if depth < len(layers):
            with environment_changed(layers[depth]):
                descend(depth + 1, {**expected, **layers[depth]})
            assert now() == expected

    descend(0, now())


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        pytest.param("QLIK_TEST_A", "", None, id="empty"),
        pytest.param("QLIK_TEST_A", " \t\n", None, id="white space"),
        pytest.param("QLIK_TEST_A", " x ", " x ", id="not blank"),
        pytest.param("OTHER_TEST_C", "", "", id="none of ours"),
    ],
)
def test_blank_variables_of_ours_are_hidden_for_a_while(
    name: str, value: str, expected: t.Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with blank_variables_unset():
        assert os.environ.get(name) == expected
    assert os.environ[name] == value
