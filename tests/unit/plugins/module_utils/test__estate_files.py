# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import csv
import io
import json
import re
import typing as t
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._estate_files import (
    allotment_text,
    as_csv,
    as_json,
    previous_report,
    printable,
)

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d")
REPORT = {"format": 1, "generated_at": "2026-11-01T00:00:00Z", "tenants": [{"id": "1", "status": None}]}


def cells(*tenants: dict[str, t.Any]) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(as_csv({"tenants": tenants}).decode("utf-8-sig"), newline="")))


@given(st.text(st.sampled_from([*DANGEROUS, ";", ",", '"', "a"])) | st.text(st.characters(exclude_categories=["Cs"])))
def test_no_cell_is_a_formula_and_none_loses_its_text(name: str) -> None:
    (row,) = cells({"id": "1", "name": name})
    assert not any(part.startswith(DANGEROUS[:4]) for part in re.split("[;\t\r\n]", row["name"]))
    assert not row["name"].startswith(DANGEROUS)
    assert row["name"].replace("'", "") == printable(name).replace("'", "")


def test_a_cell_that_begins_with_a_formula_has_an_apostrophe_in_front() -> None:
    names = ("=1+1", "a;=1+1", "a; b-c", "a\n@b", "it's")
    rows = cells(*({"id": "1", "name": name} for name in names))
    assert [row["name"] for row in rows] == ["'=1+1", "a;'=1+1", "a; b-c", "a\n'@b", "it's"]


def test_what_terminals_obey_is_no_part_of_a_cell() -> None:
    (row,) = cells({"id": "1", "name": "a\x1b[31m\x07\u00e9"})
    assert row["name"] == "a\ufffd[31m\ufffd\u00e9"


def test_nothing_is_an_empty_cell_and_lists_are_words() -> None:
    (row,) = cells({"id": "1", "name": None, "hostnames": ["a", "b"], "enabled": True})
    assert (row["name"], row["hostnames"], row["enabled"]) == ("", "a b", "True")


def test_what_a_tenant_told_is_flat() -> None:
    consumption = {"since": "2026-10-30", "records": 2, "sums": {"minutesUsed": 7.5}}
    use = {
        "status": "Ok",
        "allotments": [{"name": "professional", "used": 3, "units": None}],
        "consumption": consumption,
    }
    (row,) = cells({"id": "1", "access": {"kind": "reached", "msg": None}, "license": use})
    assert (row["access"], row["access_message"], row["license_status"]) == ("reached", "", "Ok")
    assert (row["license_use"], row["consumption_records"]) == ("professional 3/?", "2")
    assert row["consumption_sums"] == "minutesUsed 7.5"


def test_the_columns_are_there_without_a_tenant() -> None:
    assert as_csv({"tenants": []}).startswith(b"\xef\xbb\xbfid,name,hostname,")


def test_an_allotment_without_a_name_is_one() -> None:
    assert allotment_text({"name": None, "used": None, "units": 10}) == "? ?/10"


def test_json_is_read_back_as_it_was_even_half_a_sign() -> None:
    document = {"name": "\ud800 \u2028 {{ 1 }}"}
    assert json.loads(as_json(document)) == document


def test_a_report_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "estate.json"
    path.write_bytes(as_json(REPORT))
    assert previous_report(path) == REPORT


@pytest.mark.parametrize(
    "content",
    [
        *("", "[]", "{", "\xff", json.dumps({**REPORT, "format": 2}), json.dumps({**REPORT, "tenants": None})),
        *(json.dumps({**REPORT, "generated_at": 1}), json.dumps({**REPORT, "tenants": [{"name": "no id"}]})),
        json.dumps({**REPORT, "tenants": [{"id": "1", "status": {}}]}),
        json.dumps({**REPORT, "tenants": ["1"]}),
    ],
)
def test_anything_else_is_refused_with_a_sentence(tmp_path: Path, content: str) -> None:
    path = tmp_path / "estate.json"
    path.write_bytes(content.encode("latin-1"))
    with pytest.raises(ConfigurationError, match=r"is no JSON|is no report that this version can compare with"):
        previous_report(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone\.json cannot be read: No such file"):
        previous_report(tmp_path / "gone.json")
