# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module vault_vars as playbooks use it: with each kind of vault secret, and what nobody may see of it."""

from __future__ import annotations

import os
import signal
import stat
import subprocess
import tempfile
import time
import typing as t
from pathlib import Path

import pytest
import yaml

from .conftest import User
from .test_secrets import assert_absent
from .ways import BOTH, WORKER, Task, play

SECRET, OTHER, PASSWORD = "s3cret-of-a-client-0123", "another-s3cret-4567", "pa55-of-the-vault"
BOOK = "book.yml"
ELSEWHERE_SENTENCE = (
    "qlikops.cloud.vault_vars runs where Ansible runs: add 'delegate_to: localhost' or 'connection: local', "
    "and leave async out."
)


def kept(**options: t.Any) -> Task:
    return {"qlikops.cloud.vault_vars": {"path": BOOK, **options}}


def entry(**more: t.Any) -> Task:
    return kept(at=["regions", {"region": "eu"}], **more)


@pytest.fixture
def keeper(user: User) -> User:
    """A user with two vault secrets, and two others, in files."""
    for name, password in (("prod", PASSWORD), ("dev", f"{PASSWORD}-dev"), ("new", f"{PASSWORD}-new"), ("wrong", "x")):
        user.file(name, password + "\n")
    user.file("secrets.yml", f"secret: {SECRET}\nother: {OTHER}\n")
    return user


def ids(*names: str) -> tuple[str, ...]:
    return tuple(part for name in names for part in ("--vault-id", name))


PROD = ids("prod@prod")


def run(keeper: User, tasks: t.Sequence[Task], *arguments: str, **keywords: t.Any) -> list[dict[str, t.Any]]:
    outcome = play(keeper, list(tasks), WORKER, *arguments, vars_files=["secrets.yml"], **keywords)
    return outcome.results["worker"]


def view(keeper: User, text: str, *arguments: str) -> str:
    """What `ansible-vault` opens."""
    keeper.file("closed", text)
    done = keeper.run("ansible-vault", "view", "closed", *arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def ciphers(text: str) -> dict[str, str]:
    """Vault values at the top of a file, by key."""

    class Loader(yaml.SafeLoader):
        pass

    Loader.add_constructor("!vault", lambda loader, node: loader.construct_scalar(node))
    values = yaml.load(text, Loader)  # noqa: S506 - made of the safe loader
    return {key: value for key, value in values.items() if str(value).startswith("$ANSIBLE_VAULT")}


def left(keeper: User) -> list[str]:
    return sorted(path.name for path in keeper.work.glob("*book*"))


def header(label: str) -> str:
    return f"$ANSIBLE_VAULT;1.2;AES256;{label}"


def test_a_book_is_kept_and_no_secret_is_shown(keeper: User) -> None:
    keeper.environment["ANSIBLE_LOG_PATH"] = str(keeper.work / "log")
    book = keeper.file(BOOK, "# the book\norganization: # ours\n  client_id: c\n  expires: 2030-01-31 # soon\n")
    tasks = [
        {**entry(vars={"client_id": "c"}, secrets={"client_secret": "{{ secret }}"}), "check_mode": True},
        {"ansible.builtin.find": {"paths": str(keeper.work), "patterns": "*book*", "hidden": True}},
        entry(vars={"client_id": "c"}, secrets={"client_secret": "{{ secret }}"}),
        {"ansible.builtin.stat": {"path": BOOK}},
        entry(vars={"client_id": "c"}, secrets={"client_secret": "{{ secret }}"}),
        {"ansible.builtin.stat": {"path": BOOK}},
        entry(secrets={"client_secret": "{{ other }}", "next": "{{ secret }}"}, backup=True),
        entry(vars={"client_secret": "plain"}),
        entry(secrets={"client_secret": 5}),
        kept(secrets="{{ secret }}"),
        {"ansible.builtin.include_vars": {"file": BOOK, "name": "read"}, "no_log": True},
        {
            "ansible.builtin.assert": {
                "that": ["read.regions[0].client_secret == other", "read.regions[0].next == secret"]
            }
        },
        entry(remove=["next"]),
        kept(at=["regions", {"region": "eu"}], state="absent"),
    ]
    shown = [{**task, "diff": True} for task in tasks]
    outcome = play(keeper, shown, WORKER, "-vvvv", *PROD, vars_files=["secrets.yml"])
    results = outcome.results["worker"]
    assert [result["changed"] for result in results] == [
        *(True, False, True, False, False, False, True, False, False, False, False, False, True, True)
    ], outcome.output[-3000:]
    assert [number for number, result in enumerate(results) if result["failed"]] == [7, 8, 9]
    added = ["regions[eu]", "regions[eu].client_id", "regions[eu].client_secret"]
    assert results[0]["changed_keys"] == results[2]["changed_keys"] == added
    assert [Path(row["path"]).name for row in results[1]["files"]] == [BOOK]
    assert {**results[3]["stat"], "atime": 0} == {**results[5]["stat"], "atime": 0}
    assert results[3]["stat"]["mode"] == "0600"
    assert results[0]["diff"] == results[2]["diff"] == {"prepared": "".join(f"{name}\n" for name in added)}
    assert "+regions[eu].client_secret" in outcome.output or "regions[eu].client_secret\n" in outcome.output
    assert "is encrypted in" in results[7]["msg"]
    text = book.read_text()
    assert text == ("# the book\norganization: # ours\n  client_id: c\n  expires: 2030-01-31 # soon\nregions: []\n")
    assert Path(results[6]["backup_file"]).name in left(keeper)
    assert Path(results[6]["backup_file"]).read_text().count(header("prod")) == 1
    (keeper.work / "secrets.yml").unlink()
    for name in ("prod", "dev", "new"):
        (keeper.work / name).unlink()
    assert_absent({SECRET, OTHER, PASSWORD}, keeper, outcome.output)


@pytest.mark.once
def test_each_refusal_is_a_sentence_and_changes_nothing(keeper: User) -> None:
    book = keeper.file(BOOK, f"a: {SECRET}\n")
    (keeper.work / "link.yml").symlink_to(BOOK)
    (keeper.work / "open").mkdir()
    (keeper.work / "open").chmod(0o777)
    secret = {"secrets": {"a": "{{ secret }}"}}
    tasks = [
        kept(**secret),
        kept(encrypt="file"),
        kept(**{**secret, "path": "link.yml"}),
        kept(**{**secret, "path": "open/book.yml"}),
        kept(**{**secret, "path": "nowhere/book.yml"}),
        kept(secrets={"b": "{{ secret }}"}, vault_id="nobody"),
        kept(secrets={"b": "{{ secret }}"}, vault_id=""),
        kept(new_vault_password_file=""),
        {**kept(**secret), "async": 9, "poll": 1},
    ]
    messages = [result["msg"] for result in run(keeper, tasks, *PROD)]
    here = keeper.work
    plain = "to encrypt it, say 'encrypt_plain: true', and change the secret if others could read the file."
    assert messages == [
        f"a stands in {book} in plain text; {plain}",
        f"{book} is not encrypted; {plain}",
        f"{here}/link.yml is a symbolic link; name the file that it leads to.",
        f"Everybody can put another file in place of {here}/open/book.yml, since the folder {here}/open is writable by "
        "others; take that away with 'chmod o-w'.",
        f"The folder {here}/nowhere cannot be used: No such file or directory.",
        "No vault secret with the id nobody is loaded, only prod; see --vault-id.",
        "The option vault_id is empty; leave it out to mean that of the file.",
        "The option new_vault_password_file is empty; leave it out to mean the secret that is loaded.",
        ELSEWHERE_SENTENCE,
    ]
    assert book.read_text() == f"a: {SECRET}\n"


@pytest.mark.once
def test_it_runs_where_ansible_runs_and_nowhere_else(keeper: User) -> None:
    tasks = [kept(vars={"a": 1}), {**kept(vars={"a": 1}), "delegate_to": "worker"}]
    outcome = play(keeper, tasks, BOTH)
    assert [result.get("msg") for result in outcome.results["elsewhere"]] == [ELSEWHERE_SENTENCE, None]
    assert [result["failed"] for result in outcome.results["worker"]] == [False, False]


def test_without_the_right_secret_nothing_is_opened_or_closed(keeper: User) -> None:
    run(keeper, [kept(secrets={"a": "{{ secret }}"})], *PROD)
    before = (keeper.work / BOOK).read_bytes()
    tasks = [kept(secrets={"a": "{{ secret }}"}), kept(secrets={"b": "x"}, path="new-book.yml")]
    none = [result.get("msg", "") for result in run(keeper, tasks)]
    assert none[0].startswith(
        f"a in {keeper.work / BOOK} cannot be opened, since no vault secret is loaded; it is encrypted"
    )
    assert none[1].startswith("No vault secret is loaded, so nothing can be encrypted: give one")
    (wrong,) = run(keeper, tasks[:1], *ids("prod@wrong"))
    assert "cannot be opened, since none of the loaded vault secrets opens it" in wrong["msg"]
    assert (keeper.work / BOOK).read_bytes() == before
    assert not (keeper.work / "new-book.yml").exists()


@pytest.mark.ends
def test_vault_ids_stay_and_new_secrets_follow_the_settings(keeper: User) -> None:
    client = keeper.file("keys-client", '#!/bin/sh\ntest "$2" = test && echo told-by-a-script\n')
    client.chmod(0o700)
    keeper.environment["ANSIBLE_VAULT_ENCRYPT_IDENTITY"] = "test"
    both = ids("dev@dev", "prod@prod", "test@keys-client", "prod@new")
    tasks = [
        kept(secrets={"a": "x"}, vault_id="prod"),
        kept(secrets={"b": "x"}),
        kept(secrets={"c": "x"}, vault_id="dev"),
        kept(secrets={"d": "x", "b": "y"}),
        kept(secrets={"a": "{{ secret }}"}, vault_id="dev"),
    ]
    results = run(keeper, tasks, *both)
    assert [result["failed"] for result in results] == [False] * 4 + [True]
    found = ciphers((keeper.work / BOOK).read_text())
    assert {key: text.split("\n")[0] for key, text in found.items()} == {
        "a": header("prod"),
        "b": header("prod"),
        "c": header("dev"),
        "d": header("test"),
    }
    assert view(keeper, found["d"], *ids("test@keys-client")) == "x\n"
    assert view(keeper, found["b"], *ids("prod@prod")) == "y\n"
    assert results[3]["vault_ids"] == ["dev", "prod", "test"]


@pytest.mark.ends
def test_a_second_password_under_the_same_vault_id_opens_and_closes_again(keeper: User) -> None:
    run(keeper, [kept(secrets={"a": "x"})], *ids("prod@new"))
    run(keeper, [kept(secrets={"a": "y"})], *ids("prod@prod", "prod@new"))
    assert view(keeper, ciphers((keeper.work / BOOK).read_text())["a"], *ids("prod@new")) == "y\n"


@pytest.mark.once
def test_a_whole_file_is_kept(keeper: User) -> None:
    book = keeper.file(BOOK, "# ours\na: b # c\n")
    tasks = [
        kept(encrypt="file", encrypt_plain=True, secrets={"d": "{{ secret }}"}, backup=True),
        kept(secrets={"d": "{{ secret }}"}, vars={"a": "b"}),
        kept(encrypt="values"),
        kept(secrets={"d": "{{ other }}"}),
        {"ansible.builtin.include_vars": {"file": BOOK, "name": "read"}, "no_log": True},
        {"ansible.builtin.assert": {"that": "read.d == other"}},
    ]
    results = run(keeper, tasks, *PROD)
    assert [result["changed"] for result in results] == [True, False, False, True, False, False]
    assert [result["failed"] for result in results] == [False, False, True, False, False, False]
    assert view(keeper, book.read_text(), *PROD) == f"# ours\na: b # c\nd: {OTHER}\n"
    assert view(keeper, Path(results[0]["backup_file"]).read_text(), *PROD) == "# ours\na: b # c\n"


@pytest.mark.once
def test_another_password_after_an_interruption(keeper: User) -> None:
    paths = ("book.yml", "book2.yml", "book3.yml")
    made = [kept(path=path, secrets={"a": "x", "b": "y"}) for path in paths[:2]]
    run(keeper, [*made, kept(path=paths[2], secrets={"a": "x"}, encrypt="file")], *PROD)
    renewed = [kept(path=path, new_vault_password_file="new") for path in paths]
    first = run(keeper, [renewed[0], renewed[2]], *PROD)
    assert [result["changed_keys"] for result in first] == [["a", "b"], [str(keeper.work / paths[2])]]
    second = run(keeper, renewed, *ids("prod@prod", "prod@new"))
    assert [result["changed"] for result in second] == [False, True, False]
    moved = [kept(path=path, new_vault_id="dev") for path in paths]
    third = run(keeper, [*moved, *moved], *ids("prod@new", "dev@dev"))
    assert [result["changed"] for result in third] == [True] * 3 + [False] * 3
    assert [result["vault_ids"] for result in third] == [["dev"]] * 6
    checked = run(keeper, [kept(path=path, secrets={"a": "x"}) for path in paths], *ids("dev@dev"))
    assert [(result["changed"], result["failed"]) for result in checked] == [(False, False)] * 3


def _start(keeper: User, name: str, tasks: list[Task], output: t.IO[str]) -> subprocess.Popen[str]:
    document = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}]
    keeper.file(name, yaml.safe_dump(document))
    settings = {"ANSIBLE_INVENTORY_ENABLED": "host_list", "ANSIBLE_LOCALHOST_WARNING": "false"}
    return keeper.start("ansible-playbook", "-i", "localhost,", name, *PROD, output=output, **settings)


@pytest.mark.ends
def test_two_runs_at_once_lose_no_edit(keeper: User) -> None:
    with tempfile.TemporaryFile("w+") as output:
        runs = [
            _start(
                keeper,
                f"{name}.yml",
                [kept(secrets=f"{{{{ {{'{name}' ~ item: 'x'}} }}}}") | {"loop": [*range(6)]}],
                output,
            )
            for name in ("one", "two")
        ]
        codes = [run.wait(60) for run in runs]
        output.seek(0)
        assert codes == [0, 0], output.read()
    expected = {f"{name}{number}" for name in ("one", "two") for number in range(6)}
    assert set(ciphers((keeper.work / BOOK).read_text())) == expected


@pytest.mark.ends
def test_a_run_that_is_killed_leaves_a_whole_file(keeper: User) -> None:
    """Killed while it holds the lock and the new content is on its way to the disk."""
    stalled = keeper.file("sitecustomize.py", STALL)
    with tempfile.TemporaryFile("w+") as output:
        run(keeper, [kept(secrets={"a": "x"})], *PROD)
        before = (keeper.work / BOOK).read_bytes()
        keeper.environment["PYTHONPATH"] = str(stalled.parent)
        process = _start(keeper, "killed.yml", [kept(secrets={"b": "y"})], output)
        deadline = time.monotonic() + 30
        while not (keeper.work / "stalled").exists() and time.monotonic() < deadline:
            time.sleep(0.05)
        worker = int((keeper.work / "stalled").read_text())
        os.kill(worker, signal.SIGKILL)
        process.kill()
        process.wait(30)
    del keeper.environment["PYTHONPATH"]
    assert (keeper.work / BOOK).read_bytes() == before
    assert len(list(keeper.work.glob(".book.yml.new-*"))) == 1
    (result,) = run(keeper, [kept(secrets={"b": "y"}, wait_timeout=5)], *PROD)
    assert result["changed"], result
    assert not list(keeper.work.glob(".book.yml.new-*"))
    assert stat.S_IMODE((keeper.work / BOOK).stat().st_mode) == 0o600


STALL = """
import os, pathlib, time
real = os.replace
def replace(source, target, **more):
    if str(target).endswith("book.yml"):
        pathlib.Path(target).with_name("part").write_text(str(os.getpid()))
        real(pathlib.Path(target).with_name("part"), pathlib.Path(target).with_name("stalled"))
        time.sleep(60)
    return real(source, target, **more)
os.replace = replace
"""
