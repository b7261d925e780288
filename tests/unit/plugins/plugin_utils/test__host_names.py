# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError
from ansible_collections.qlikops.cloud.plugins.plugin_utils._host_names import LOCALHOST, PLAIN, host_names

TAKEN = {"all", "ungrouped", "qlik", "qlik_region_us"}


def a_group(identity: str, name: str) -> str | None:
    return "a group" if name in TAKEN else None


CASES = {
    "as wanted": ({"1": "north"}, {"1": "north"}, 0),
    "in lower case": ({"1": "NORTH.us"}, {"1": "north.us"}, 0),
    "the id as it is": ({"aB": "aB"}, {"aB": "aB"}, 0),
    "nothing wanted": ({"1": None, "2": ""}, {"1": "1", "2": "2"}, 0),
    "shared": ({"1": "north", "2": "North", "3": "south"}, {"1": "1", "2": "2", "3": "south"}, 2),
    "another tenant's id": ({"1": "2", "2": "two"}, {"1": "1", "2": "two"}, 1),
    "a group": ({"1": "qlik"}, {"1": "1"}, 1),
    "a group in upper case": ({"1": "ALL"}, {"1": "1"}, 1),
    "this machine": ({"1": "localhost", "2": "127.0.0.1"}, {"1": "1", "2": "2"}, 2),
    "other signs": ({"1": "a b", "2": "a:b", "3": "é", "4": "a[1:3]"}, {"1": "1", "2": "2", "3": "3", "4": "4"}, 4),
    "folders": ({"1": ".", "2": "..", "3": "...", "4": ".a"}, {"1": "1", "2": "2", "3": "3", "4": ".a"}, 3),
    "white space around": ({"1": " north "}, {"1": "north"}, 0),
}


@pytest.mark.parametrize(("wanted", "names", "complaints"), CASES.values(), ids=CASES)
def test_names(wanted: dict[str, str | None], names: dict[str, str], complaints: int) -> None:
    found = host_names(wanted, a_group)
    assert found.names == names
    assert len(found.faults) == complaints


@pytest.mark.parametrize("identity", ["all", "localhost", "a b", "{{ x }}"])
def test_an_id_that_cannot_be_a_name_ends_it(identity: str) -> None:
    with pytest.raises(AnswerError, match="no host was added"):
        host_names({identity: None}, a_group)


IDS = st.text("abAB12_-", min_size=3, max_size=5)


@given(st.dictionaries(IDS, st.one_of(st.none(), IDS, st.text(max_size=6), st.sampled_from(sorted(TAKEN | LOCALHOST)))))
def test_every_tenant_has_a_plain_name_of_its_own(wanted: dict[str, str | None]) -> None:
    names = host_names(wanted, a_group).names
    assert names.keys() == wanted.keys()
    assert len(set(names.values())) == len(wanted)
    assert all(PLAIN.fullmatch(name) for name in names.values())
    assert not set(names.values()) & (TAKEN | LOCALHOST)
