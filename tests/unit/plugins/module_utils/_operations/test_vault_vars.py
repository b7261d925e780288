# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import contextlib
import typing as t

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import Edit, Wish
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._operation import Invocation, Result
from ansible_collections.qlikops.cloud.plugins.module_utils._operations.vault_vars import VAULT_VARS


class Recorder:
    """A file and its document, which notes down what is done with them."""

    def __init__(self, touched: t.Sequence[str] = ("a",), advice: str | None = None) -> None:
        self.done: list[t.Any] = []
        self.touched, self.advice, self.vault_ids, self.values = list(touched), advice, ["prod"], {"a": 1, 80: 2}

    def __str__(self) -> str:
        return "/book.yml"

    def open(self, path: str, wait: float) -> Recorder:
        self.done.append((path, wait))
        return self

    @contextlib.contextmanager
    def alone(self) -> t.Iterator[None]:
        self.done.append("alone")
        yield
        self.done.append("not alone")

    def read(self, wish: Wish) -> Recorder:
        self.done.append(wish)
        return self

    def also_opens_with(self, password_file: str) -> None:
        self.done.append(("also", password_file))

    def demand_key(self) -> None:
        self.done.append("demand_key")

    def change(self, edit: Edit) -> None:
        self.done.append(edit)

    def rekey(self, document: t.Any, vault_id: str | None, password_file: str | None) -> None:
        self.done.append(("rekey", vault_id, password_file))

    def back_up(self, document: t.Any) -> str | None:
        self.done.append("back_up")
        return "/book.yml~"

    def write(self, document: t.Any) -> None:
        self.done.append("write")

    def is_closed(self, value: t.Any) -> bool:
        return False

    def opened(self, value: t.Any, place: str) -> t.Any:
        return value


def act(file: Recorder, check_mode: bool = False, diff: bool = False, **arguments: t.Any) -> Result:
    checked = ArgumentSpecValidator(VAULT_VARS.arguments, **VAULT_VARS.rules).validate(
        {"path": "book.yml", **arguments}
    )
    assert not checked.error_messages
    warn = file.done.append
    return VAULT_VARS.outcome(
        Invocation(checked.validated_parameters, check_mode, diff, None, warn, open_file=file.open)
    )


OPENED = ("book.yml", 60)
TOLD = {"changed_keys": ["a"], "path": "/book.yml", "vault_ids": ["prod"], "variables": ["a", "80"]}


def test_what_differs_is_written_while_nobody_else_does() -> None:
    file = Recorder()
    at = ["regions", {"region": "eu"}]
    wanted = {"at": at, "vars": {"a": 1}, "secrets": {"b": "x"}, "remove": ["c"], "encrypt": "file", "vault_id": "prod"}
    assert act(file, encrypt_plain=True, **wanted) == {"changed": True, **TOLD}
    edit = Edit(("regions", {"region": "eu"}), {"a": 1}, {"b": "x"}, ("c",))
    assert file.done == [OPENED, "alone", Wish("file", "prod", True), edit, "write", "not alone"]


def test_what_is_so_already_is_not_written() -> None:
    file = Recorder(touched=())
    assert act(file, backup=True, wait_timeout=5) == {"changed": False, **TOLD, "changed_keys": []}
    assert file.done == [("book.yml", 5), "alone", Wish(), "demand_key", Edit(), "not alone"]


def test_check_mode_only_reads() -> None:
    file = Recorder()
    assert act(file, check_mode=True, backup=True) == {"changed": True, **TOLD}
    assert file.done == [OPENED, Wish(), "demand_key", Edit()]


def test_a_diff_shows_the_names_of_keys() -> None:
    assert act(Recorder(["a", "b.c"]), diff=True)["diff"] == {"prepared": "a\nb.c\n"}
    assert act(Recorder([]), diff=True)["diff"] == {"prepared": ""}


def test_a_backup_is_made_before_the_file_is_written() -> None:
    file = Recorder()
    assert act(file, backup=True)["backup_file"] == "/book.yml~"
    assert file.done[-3:] == ["back_up", "write", "not alone"]


@pytest.mark.parametrize(("new_id", "new_file"), [("prod", None), (None, "password"), ("prod", "password")])
def test_all_is_closed_anew_when_that_is_wanted(new_id: str | None, new_file: str | None) -> None:
    file = Recorder()
    act(file, new_vault_id=new_id, new_vault_password_file=new_file)
    also = [("also", new_file)] if new_file else []
    steps = ["alone", Wish(), Edit(), ("rekey", new_id, new_file), "write", "not alone"]
    assert file.done[1:] == [*also, *steps]


def test_a_file_that_holds_nothing_cannot_be_closed_anew() -> None:
    file = Recorder()
    file.values = {}
    result = act(file, new_vault_id="prod")
    assert result["msg"] == "/book.yml is not there, or holds nothing that could be encrypted."
    assert "write" not in file.done


def test_a_credential_book_stays_one() -> None:
    """And secrets in it that can be read are told by their number."""
    file = Recorder()
    entry = {"client_id": "c", "client_secret": "s"}
    file.values = {"organization": entry, "regions": [{"region": "us", **entry}, {"region": "eu", **entry}]}
    act(file, credential_book=True)
    warnings = [step for step in file.done if isinstance(step, str) and "plain text" in step]
    assert [warning[:27] for warning in warnings] == ["3 secrets stand in /book.ym"]
    file.values["regions"].append({"region": "US", **entry})
    file.done.clear()
    assert act(file, credential_book=True)["msg"] == "/book.yml names a region twice."
    assert "write" not in file.done
    assert act(file)["changed"] is True


def test_advice_becomes_a_warning() -> None:
    file = Recorder(advice="Keep it elsewhere.")
    act(file)
    assert file.done[1] == "Keep it elsewhere."


def test_removing_a_place_needs_nothing_more() -> None:
    file = Recorder()
    act(file, at=["a"], state="absent")
    assert file.done[3] == Edit(("a",), is_gone=True)


WRONG_STEP = "A step of at must be the name of a key, or behind that of a list a mapping that an entry agrees with."
ABSENT = "With 'state: absent', at says what is removed, and nothing else is given."
WRONG: dict[str, tuple[dict[str, t.Any], str]] = {
    "no path": ({"path": " "}, "The option path is empty; name a file."),
    "a number as a secret": ({"secrets": {"a": 5}}, "a in secrets must be text that is not empty; quote it."),
    "an empty secret": ({"secrets": {"a": ""}}, "a in secrets must be text that is not empty; quote it."),
    "vars and secrets": (
        {"vars": {"a": 1}, "secrets": {"a": "x"}},
        "a is named twice among vars, secrets and remove.",
    ),
    "vars and remove": ({"vars": {"a": 1}, "remove": ["a"]}, "a is named twice among vars, secrets and remove."),
    "secrets and remove": (
        {"secrets": {"a": "x"}, "remove": ["a"]},
        "a is named twice among vars, secrets and remove.",
    ),
    "a number as a step": ({"at": ["a", 1]}, WRONG_STEP),
    "an empty step": ({"at": [""]}, WRONG_STEP),
    "an empty mapping": ({"at": ["a", {}]}, WRONG_STEP),
    "a mapping at the top": ({"at": [{"a": 1}]}, WRONG_STEP),
    "two mappings": ({"at": ["a", {"b": 1}, {"c": 1}]}, WRONG_STEP),
    "absent without a place": ({"state": "absent"}, ABSENT),
    "absent with vars": ({"state": "absent", "at": ["a"], "vars": {"b": 1}}, ABSENT),
    "absent with secrets": ({"state": "absent", "at": ["a"], "secrets": {"b": "x"}}, ABSENT),
    "absent with remove": ({"state": "absent", "at": ["a"], "remove": ["b"]}, ABSENT),
    **{
        f"{name} what finds the entry": (
            {"at": ["a", {"b": 1}], **more},
            "at finds its entry by b, so the same task cannot change that.",
        )
        for name, more in (
            ("change", {"vars": {"b": 2}}),
            ("hide", {"secrets": {"b": "1"}}),
            ("remove", {"remove": ["b"]}),
        )
    },
}


@pytest.mark.parametrize(("arguments", "sentence"), WRONG.values(), ids=WRONG)
def test_what_makes_no_sense_is_refused_before_the_file_is_opened(arguments: dict[str, t.Any], sentence: str) -> None:
    file = Recorder()
    result = act(file, **arguments)
    assert (result["failed"], result["msg"]) == (True, sentence)
    assert file.done == []


def test_what_finds_an_entry_may_be_given_again() -> None:
    assert act(Recorder(), at=["a", {"b": 1}], vars={"b": 1})["changed"]


def test_secrets_are_known_as_such() -> None:
    assert VAULT_VARS.arguments["secrets"]["no_log"] is True
    assert VAULT_VARS.runs_here({})


def test_a_failure_lets_others_go_on() -> None:
    class Broken(Recorder):
        def write(self, document: t.Any) -> None:
            raise ConfigurationError("It is full.")

    file = Broken()
    assert act(file)["msg"] == "It is full."
