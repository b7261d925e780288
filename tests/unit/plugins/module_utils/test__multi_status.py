# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError, PartlyRefusedError
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import Request, Response
from ansible_collections.qlikops.cloud.plugins.module_utils._multi_status import judge

HOST = "h.eu.qlikcloud.com"
ASSIGN = Request("POST", "/api/v1/licenses/assignments/actions/add", body={})
SECRET = "cl1ent-s3cret-0123456789"


def judged(document: t.Any) -> None:
    judge(ASSIGN, Response(HOST, 207, {}, b""), document, (SECRET,))


def refused(rows: t.Any) -> PartlyRefusedError:
    with pytest.raises(PartlyRefusedError) as caught:
        judged({"data": rows})
    return caught.value


@pytest.mark.parametrize("document", [{"data": [{"status": 201}, {"status": "200"}]}, [{"status": 204}], {"data": []}])
def test_rows_that_were_all_done_are_a_success(document: t.Any) -> None:
    judged(document)


@pytest.mark.parametrize(
    "document",
    [
        pytest.param({}, id="no rows"),
        pytest.param({"data": None}, id="null"),
        pytest.param({"data": {"status": 200}}, id="one row that is no list"),
        pytest.param({"data": [{"status": 200}, "x"]}, id="a text among rows"),
        pytest.param(["x"], id="a list of texts"),
        pytest.param("x", id="a text"),
        pytest.param(None, id="nothing"),
    ],
)
def test_an_answer_without_rows_tells_not_what_was_done(document: t.Any) -> None:
    with pytest.raises(AnswerError) as caught:
        judged(document)
    assert str(caught.value) == f"{HOST} answered 207 without a row for each part of the call."


@pytest.mark.parametrize("status", [None, True, "", "OK", "-1", 2.5, [200], {"code": 200}], ids=repr)
def test_a_row_without_a_number_tells_not_whether_it_was_done(status: t.Any) -> None:
    with pytest.raises(AnswerError) as caught:
        judged({"data": [{"status": 200}, {"status": status}, {"status": 400}]})
    assert str(caught.value) == f"{HOST} answered 207 with a row 2 whose status is no number."


def test_a_row_without_status_tells_not_whether_it_was_done() -> None:
    with pytest.raises(AnswerError, match="a row 1 whose status is no number"):
        judged([{"subject": "x"}])


def test_a_row_that_was_refused_is_told() -> None:
    error = refused(
        [
            {"status": 201, "subject": "a"},
            {"status": "400", "code": "LICENSES-011", "title": "No\r\nallotment"},
            {"status": 500},
        ]
    )
    assert str(error) == (
        f"POST /api/v1/licenses/assignments/actions/add on {HOST} did not do 2 of 3 rows; "
        "the first is row 2, 400 LICENSES-011 No allotment."
    )
    assert error.facts()["rows"] == [
        {"row": 2, "status": 400, "code": "LICENSES-011", "title": "No allotment"},
        {"row": 3, "status": 500, "code": "", "title": ""},
    ]
    assert (error.status, error.code, error.host, error.changed) == (207, "LICENSES-011", HOST, True)


def test_a_refused_row_without_words_is_told() -> None:
    assert str(refused([{"status": 404, "code": 7}])).endswith("1 of 1 rows; the first is row 1, 404.")


def test_a_secret_that_the_service_repeats_in_any_row_is_not_shown() -> None:
    rows = [{"status": 400, "code": SECRET, "title": f"{SECRET} is wrong"} for _row in range(2)]
    error = refused(rows)
    assert SECRET not in f"{error} {error.facts()}"
    assert "is wrong" in str(error)


@given(st.lists(st.integers(100, 599), min_size=1))
def test_each_row_that_was_not_done_is_told_and_no_other(statuses: list[int]) -> None:
    expected = [number for number, status in enumerate(statuses, 1) if status // 100 != 2]
    rows = [{"status": status} for status in statuses]
    if not expected:
        return judged(rows)
    error = refused(rows)
    assert [row["row"] for row in error.rows] == expected
    assert error.changed is (len(expected) < len(statuses))
    return None
