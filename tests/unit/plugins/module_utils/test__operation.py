# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    ConfigurationError,
    IncompleteListError,
    NotFoundError,
    QlikError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Operation, Result, failure

SECRET = "cl1ent-s3cret-0123456789"


def invocation(**options: t.Any) -> Invocation:
    return Invocation(options, check_mode=True, diff=False, run_dir="/run/mine", warn=print)


def operation(work: t.Callable[[Invocation], Result]) -> Operation:
    return Operation(name="an.example.name", arguments={}, work=work)


def test_a_result_without_a_word_on_change_has_changed_nothing() -> None:
    assert operation(lambda asked: {"count": 3}).outcome(invocation()) == {"changed": False, "count": 3}


@pytest.mark.parametrize("changed", [True, False])
def test_a_result_says_itself_whether_it_changed_something(changed: bool) -> None:
    assert operation(lambda asked: {"changed": changed}).outcome(invocation()) == {"changed": changed}


def test_the_work_gets_the_invocation_whole() -> None:
    seen: list[Invocation] = []

    def work(given: Invocation) -> Result:
        seen.append(given)
        return {}

    asked = invocation(text="a")
    operation(work).outcome(asked)
    assert seen == [asked]


REFUSAL: dict[str, t.Any] = {"host": "h1.us.qlikcloud.com", "status": 404, "code": "E-1", "trace_id": "f00"}


@pytest.mark.parametrize(
    ("error", "facts"),
    [
        pytest.param(ConfigurationError("It is so."), {"kind": "configuration"}, id="before anything was sent"),
        pytest.param(IncompleteListError("It is so."), {"kind": "incomplete_list"}, id="after an answer"),
        pytest.param(NotFoundError("It is so.", **REFUSAL), {"kind": "not_found", **REFUSAL}, id="a refusal"),
    ],
)
def test_an_error_is_a_failed_result_with_what_a_playbook_can_branch_on(
    error: QlikError, facts: dict[str, t.Any]
) -> None:
    def fail(asked: Invocation) -> Result:
        raise error

    expected = {"failed": True, "msg": "It is so.", "error": facts}
    assert operation(fail).outcome(invocation()) == failure(error) == expected


@pytest.mark.parametrize("changed", [True, False])
def test_an_error_tells_of_a_change_before_it(changed: bool) -> None:
    error = ConfigurationError("It is so.")
    error.changed = changed
    assert failure(error).get("changed", False) is changed


def test_credentials_are_found_where_ansible_runs_alone() -> None:
    with pytest.raises(ConfigurationError, match="by its action plugin; call it by its full name"):
        invocation().find("https://h1.us.qlikcloud.com", ("1000",), ("north.us.qlikcloud.com",))


def test_a_defect_is_not_dressed_up_as_a_failure_of_the_user() -> None:
    def stumble(asked: Invocation) -> Result:
        raise KeyError("a defect")

    with pytest.raises(KeyError, match="a defect"):
        operation(stumble).outcome(invocation())


def test_the_options_show_in_no_representation() -> None:
    assert SECRET not in repr(invocation(client_secret=SECRET))


def test_results_are_shown_unless_an_operation_says_otherwise() -> None:
    assert operation(lambda asked: {}).is_confidential({"return_token": True}) is False
