# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import json
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import NotFoundError
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Operation, Result
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import trusted, untrusted
from ansible_collections.qlikops.cloud.plugins.plugin_utils._in_process import InProcess

SECRET = "cl1ent-s3cret-0123456789"
MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"
COLLECTION = "an.example"
ARGUMENTS: dict[str, dict[str, t.Any]] = {
    "text": {
        "type": "str",
        "default": "a text",
        "aliases": ["words", "old", "older"],
        "deprecated_aliases": [
            {"name": "old", "version": "9.0.0", "collection_name": COLLECTION},
            {"name": "older", "date": "2040-01-31", "collection_name": COLLECTION},
        ],
    },
    "number": {"type": "int"},
    "kind": {"type": "str", "choices": ["this", "that"]},
    "part": {"type": "dict", "options": {"name": {"required": True}, "password": {"no_log": True}}},
    "secret": {"type": "str", "no_log": True},
    "former": {"type": "str", "removed_in_version": "9.0.0", "removed_from_collection": COLLECTION},
    "dated": {"type": "str", "removed_at_date": "2040-01-31", "removed_from_collection": COLLECTION},
}
LEFT_OUT = {name: argument.get("default") for name, argument in ARGUMENTS.items()}
Work = t.Callable[[Invocation], Result]


def use(work: Work, **arguments: t.Any) -> InProcess:
    operation = Operation("an.example.name", ARGUMENTS, work, rules={"mutually_exclusive": [("number", "kind")]})
    return InProcess(operation, arguments)


def run(work: Work, arguments: dict[str, t.Any], show_invocation: bool = False) -> Result:
    return use(work, **arguments).run(False, False, None, show_invocation)


def returning(result: Result) -> Work:
    return lambda invocation: result


def must_not(invocation: Invocation) -> Result:
    raise AssertionError("the work was begun")


def test_options_are_read_as_the_operation_declares_them() -> None:
    assert use(must_not).options == LEFT_OUT
    assert use(must_not, number="7").options["number"] == 7
    assert use(must_not, words="b").options["text"] == "b"


@pytest.mark.parametrize(
    ("check_mode", "diff", "run_dir"), [(True, False, "/run/mine"), (False, True, None), (True, True, None)]
)
def test_the_work_gets_the_options_and_the_modes(check_mode: bool, diff: bool, run_dir: str | None) -> None:
    seen: list[Invocation] = []

    def work(invocation: Invocation) -> Result:
        seen.append(invocation)
        return {}

    task = use(work, text="b")
    assert task.run(check_mode, diff, run_dir, False) == {"changed": False}
    (found,) = seen
    assert found.options == task.options == {**LEFT_OUT, "text": "b"}
    assert (found.check_mode, found.diff, found.run_dir) == (check_mode, diff, run_dir)


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        pytest.param(
            {"txt": "a"},
            "Unsupported parameters for (an.example.name) module: txt. "
            "Supported parameters include: dated, former, kind, number, part, secret, text (old, older, words).",
            id="an unknown one",
        ),
        pytest.param(
            {"kind": "those"}, "value of kind must be one of: this, that, got: those", id="a choice there is not"
        ),
        pytest.param({"part": {}}, "missing required arguments: name found in part", id="a missing one"),
        pytest.param({"number": 1, "kind": "this"}, "parameters are mutually exclusive: number|kind", id="two at once"),
    ],
)
def test_faulty_arguments_are_told_in_the_words_of_an_ordinary_module_and_nothing_is_done(
    arguments: dict[str, t.Any], fault: str
) -> None:
    assert use(must_not, **arguments).fault == fault
    assert run(must_not, arguments) == {"failed": True, "msg": fault}


def test_faultless_arguments_have_no_fault() -> None:
    assert use(must_not, text="a", secret=SECRET).fault is None


def test_a_fault_does_not_show_secrets() -> None:
    result = run(must_not, {"kind": SECRET, "secret": SECRET})
    assert result == {"failed": True, "msg": "value of kind must be one of: this, that, got: ********"}


def test_an_error_of_the_work_is_a_failed_result() -> None:
    def fail(invocation: Invocation) -> Result:
        raise NotFoundError(f"No {SECRET} there.", host="h1", status=404, trace_id=SECRET)

    error = {"kind": "not_found", "host": "h1", "status": 404, "code": "", "trace_id": MASK}
    assert run(fail, {"secret": SECRET}) == {"failed": True, "msg": "No ******** there.", "error": error}


@pytest.mark.parametrize(
    ("given_back", "shown"),
    [
        pytest.param(SECRET, MASK, id="whole"),
        pytest.param(f"It is {SECRET}.", "It is ********.", id="in a text"),
        pytest.param([SECRET, {"a": [SECRET]}], [MASK, {"a": [MASK]}], id="inside"),
        pytest.param("no secret", "no secret", id="nowhere"),
    ],
)
@pytest.mark.parametrize(
    "arguments",
    [{"secret": SECRET}, {"part": {"name": "n", "password": SECRET}}],
    ids=["of an argument", "of a part of one"],
)
def test_secrets_are_masked(arguments: dict[str, t.Any], given_back: t.Any, shown: t.Any) -> None:
    assert run(returning({"value": given_back}), arguments) == {"changed": False, "value": shown}


def test_a_number_that_equals_a_secret_is_masked() -> None:
    assert run(returning({"value": 12345678}), {"secret": "12345678"}) == {"changed": False, "value": MASK}


@pytest.mark.parametrize(("secret", "value"), [("False", False), ("True", True), ("None", None)])
def test_a_value_that_equals_a_secret_by_chance_stays(secret: str, value: t.Any) -> None:
    assert run(returning({"changed": value, "value": value}), {"secret": secret}) == {"changed": value, "value": value}


def test_an_empty_secret_masks_nothing() -> None:
    assert run(returning({"value": "a text"}), {"secret": ""}) == {"changed": False, "value": "a text"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet="abc \n'\"{}é"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(alphabet="xyz"), inner, max_size=3),
    max_leaves=8,
)
SECRETS = st.text(alphabet="0123456789-", min_size=8, max_size=12).filter(lambda text: "-" in text)


def with_secret(value: t.Any, secret: str) -> t.Any:
    """The same with a secret in the middle of each text."""
    if isinstance(value, str):
        return value[:1] + secret + value[1:]
    if isinstance(value, dict):
        return {name: with_secret(item, secret) for name, item in value.items()}
    return [with_secret(item, secret) for item in value] if isinstance(value, list) else value


@given(JSON, SECRETS)
def test_no_secret_is_left_in_any_result(value: t.Any, secret: str) -> None:
    shown = run(returning({"value": with_secret(value, secret)}), {"secret": secret}, show_invocation=True)
    assert secret not in json.dumps(shown)


@given(JSON)
def test_a_result_without_secrets_stays_as_it_is(value: t.Any) -> None:
    assert run(returning({"value": value}), {"secret": SECRET}) == {"changed": False, "value": value}


def test_warnings_of_the_work_are_told_without_secrets() -> None:
    def warn(invocation: Invocation) -> Result:
        invocation.warn(f"The secret is {invocation.options['secret']}.")
        invocation.warn("Take care.")
        return {}

    warnings = ["The secret is ********.", "Take care."]
    assert run(warn, {"secret": SECRET}) == {"changed": False, "warnings": warnings}


def test_an_option_given_twice_is_warned_of() -> None:
    result = run(returning({}), {"text": "a", "words": "b"})
    assert result == {"changed": False, "warnings": ["Both option text and its alias words are set."]}


@pytest.mark.parametrize(
    ("option", "what", "end"),
    [
        pytest.param("former", "Param", {"version": "9.0.0"}, id="an option, by version"),
        pytest.param("dated", "Param", {"date": "2040-01-31"}, id="an option, by date"),
        pytest.param("old", "Alias", {"version": "9.0.0"}, id="an alias, by version"),
        pytest.param("older", "Alias", {"date": "2040-01-31"}, id="an alias, by date"),
    ],
)
def test_what_will_go_is_told_with_its_end(option: str, what: str, end: dict[str, str]) -> None:
    message = f"{what} '{option}' is deprecated. See the module docs for more information"
    (told,) = run(returning({}), {option: "1"})["deprecations"]
    assert told == {"msg": message, "collection_name": COLLECTION, **end}


def test_faulty_arguments_hide_no_warning() -> None:
    result = run(must_not, {"text": "a", "words": "b", "kind": "those"})
    assert result["warnings"] == ["Both option text and its alias words are set."]


def test_a_result_is_plain_json_whatever_marks_its_texts_carry() -> None:
    marked = {"list": (trusted("a"), untrusted("{{ b }}")), "text": trusted("c")}
    result = run(lambda invocation: {**marked, "echo": invocation.options["text"]}, {"text": untrusted("d")})
    assert result == {"changed": False, "list": ["a", "{{ b }}"], "text": "c", "echo": "d"}
    assert {text.__class__ for text in (*result["list"], result["text"], result["echo"])} == {str}


def test_the_invocation_is_shown_on_request_without_secrets() -> None:
    shown = run(returning({}), {"number": "7", "secret": SECRET}, show_invocation=True)
    assert shown == {"changed": False, "invocation": {"module_args": {**LEFT_OUT, "number": 7, "secret": MASK}}}


def test_the_invocation_of_faulty_arguments_is_shown_as_well() -> None:
    shown = run(must_not, {"kind": "those"}, show_invocation=True)
    assert shown["invocation"]["module_args"]["kind"] == "those"
