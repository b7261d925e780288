# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Operations as ordinary modules, inside this process."""

from __future__ import annotations

import json
import typing as t

import pytest
from ansible.module_utils import basic

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import CONNECTION_ARGUMENTS
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import NotFoundError
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Operation, Result
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.tenant_info import TENANT_INFO
from ansible_collections.qlikops.cloud.plugins.module_utils._ordinary_module import run_module
from simulator import Simulator

SECRET = "cl1ent-s3cret-0123456789"
MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


class Run(t.NamedTuple):
    """What a module left behind: its exit code, its result, all that it printed, and its warnings."""

    code: object
    result: dict[str, t.Any]
    printed: str
    warnings: list[str]


Start = t.Callable[..., Run]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Start:
    """`run(operation, arguments, check_mode=...)`: the operation as an ordinary module; nothing goes to any log."""

    def start(operation: Operation, arguments: dict[str, t.Any], **modes: bool) -> Run:
        warnings: list[str] = []
        sent = {**arguments, **{f"_ansible_{name}": value for name, value in modes.items()}}
        monkeypatch.setattr(basic, "_ANSIBLE_ARGS", json.dumps({"ANSIBLE_MODULE_ARGS": sent}).encode())
        monkeypatch.setattr(basic, "_ANSIBLE_PROFILE", "legacy", raising=False)
        monkeypatch.setattr(basic.AnsibleModule, "log", lambda self, msg, log_args=None: None)
        monkeypatch.setattr(basic.AnsibleModule, "warn", lambda self, warning: warnings.append(warning))
        with pytest.raises(SystemExit) as left:
            run_module(operation)
        printed = capsys.readouterr().out
        return Run(left.value.code, json.loads(printed), printed, warnings)

    return start


def specimen(work: t.Callable[[Invocation], Result]) -> Operation:
    arguments: dict[str, dict[str, t.Any]] = {
        "text": {"type": "str", "default": "a text"},
        "number": {"type": "int"},
        "secret": {"type": "str", "no_log": True},
    }
    return Operation("an.example.name", arguments, work, rules={"mutually_exclusive": [("text", "number")]})


def echo(invocation: Invocation) -> Result:
    modes = {"check_mode": invocation.check_mode, "diff_mode": invocation.diff, "run_dir": invocation.run_dir}
    return {"options": dict(invocation.options), **modes}


@pytest.mark.parametrize("check_mode", [True, False])
@pytest.mark.parametrize("diff", [True, False])
def test_the_work_gets_the_arguments_and_the_modes(run: Start, check_mode: bool, diff: bool) -> None:
    code, result, *_rest = run(specimen(echo), {"text": "b"}, check_mode=check_mode, diff=diff)
    assert code == 0
    assert result["options"] == {"text": "b", "number": None, "secret": None}
    assert (result["check_mode"], result["diff_mode"], result["run_dir"]) == (check_mode, diff, None)
    assert result["changed"] is False


def test_arguments_are_read_as_the_operation_declares_them(run: Start) -> None:
    operation = Operation("an.example.name", specimen(echo).arguments, echo)
    assert run(operation, {"number": "7"}).result["options"] == {"text": "a text", "number": 7, "secret": None}


def test_the_rules_of_the_operation_hold(run: Start) -> None:
    code, result, *_rest = run(specimen(echo), {"text": "b", "number": 7})
    assert code == 1
    assert result["failed"] is True
    assert result["msg"] == "parameters are mutually exclusive: text|number"


def test_an_argument_that_is_no_option_is_refused(run: Start) -> None:
    code, result, *_rest = run(specimen(echo), {"txt": "b"})
    assert code == 1
    assert result["msg"].startswith("Unsupported parameters for (")
    assert result["msg"].endswith(" module: txt. Supported parameters include: number, secret, text.")


def test_a_failed_outcome_fails_the_module(run: Start) -> None:
    def fail(invocation: Invocation) -> Result:
        raise NotFoundError("It is gone.", host="h1.us.qlikcloud.com", status=404)

    code, result, *_rest = run(specimen(fail), {})
    assert code == 1
    assert (result["failed"], result["msg"]) == (True, "It is gone.")
    assert result["error"] == {
        "kind": "not_found",
        "host": "h1.us.qlikcloud.com",
        "status": 404,
        "code": "",
        "trace_id": "",
    }


@pytest.mark.parametrize("changed", [True, False])
def test_a_module_tells_whether_it_changed_something(run: Start, changed: bool) -> None:
    code, result, *_rest = run(specimen(lambda invocation: {"changed": changed}), {})
    assert code == 0
    assert result["changed"] is changed
    assert not result.get("failed")


def test_secrets_show_neither_in_the_result_nor_in_a_warning(run: Start) -> None:
    def betray(invocation: Invocation) -> Result:
        invocation.warn(f"The warning is {invocation.options['secret']}.")
        return {"whole": invocation.options["secret"], "part": f"It is {invocation.options['secret']}."}

    done = run(specimen(betray), {"secret": SECRET})
    assert done.code == 0
    assert SECRET not in done.printed
    assert (done.result["whole"], done.result["part"]) == (MASK, "It is ********.")
    assert done.warnings == ["The warning is ********."]


def test_secrets_do_not_show_in_a_failure(run: Start) -> None:
    def fail(invocation: Invocation) -> Result:
        raise NotFoundError(f"No {SECRET} there.", host="h1", status=404, trace_id=SECRET)

    code, result, printed, _warnings = run(specimen(fail), {"secret": SECRET})
    assert code == 1
    assert SECRET not in printed
    assert (result["msg"], result["error"]["trace_id"]) == ("No ******** there.", MASK)


def test_a_module_works_against_the_service(run: Start, organization: t.Callable[..., Simulator]) -> None:
    simulator = organization()
    credential = {"client_id": simulator.client_id, "client_secret": simulator.client_secret}
    code, result, printed, _warnings = run(TENANT_INFO, {**credential, "token_cache": "none"})
    assert code == 0
    assert [row["id"] for row in result["tenants"]] == sorted(tenant.id for tenant in simulator.state.tenants)
    assert simulator.client_secret not in printed


def test_a_module_on_another_machine_reads_no_credential_there(
    run: Start, organization: t.Callable[..., Simulator]
) -> None:
    simulator = organization()  # whose credential is in the environment now
    code, result, *_rest = run(TENANT_INFO, {})
    assert code == 1
    assert result["msg"] == "There is no client_id in the task."
    assert len(simulator.record) == 0


def test_no_connection_option_passes_for_a_secret_that_was_not_declared(run: Start) -> None:
    """ansible warns of arguments whose names sound like one."""
    operation = Operation("an.example.name", CONNECTION_ARGUMENTS, lambda invocation: {})
    arguments = dict.fromkeys(CONNECTION_ARGUMENTS, "1")
    assert run(operation, {**arguments, "token_cache": "none"}).warnings == []


def test_an_option_that_passes_for_a_secret_would_be_warned_of(run: Start) -> None:
    operation = Operation("an.example.name", {"a_password": {"type": "str"}}, lambda invocation: {})
    assert run(operation, {"a_password": "1"}).warnings == ["Module did not set no_log for a_password"]
