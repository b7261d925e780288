# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No secret and no token in any output, file, process list, variable or log, whatever happens."""

from __future__ import annotations

import subprocess
import tempfile
import time
import typing as t
from pathlib import Path

import pytest

from simulator import Fault, Simulator

from .conftest import User, told

WRONG = "this-is-not-the-secret-0123456789"
PLAY = """
- hosts: qlik
  gather_facts: false
  tasks:
    - ansible.builtin.debug: {var: "hostvars[inventory_hostname]"}
    - ansible.builtin.debug: {var: vars}
    - ansible.builtin.set_fact: {kept: "{{ hostvars[inventory_hostname] | to_json }}"}
"""
COMMANDS: dict[str, tuple[str, ...]] = {
    "list": ("ansible-inventory", "--list", "-vvvvv"),
    "graph with variables": ("ansible-inventory", "--graph", "--vars", "-vvvvv"),
    "export": ("ansible-inventory", "--list", "--export", "--output", "out.json", "-vvvvv"),
    "play": ("ansible-playbook", "play.yml", "-vvvvv"),
}
FAULTS = {
    "none": None,
    "the secret is echoed": "POST /oauth/token echo_secret",
    "the token is echoed": "GET /api/core/tenants echo_secret status=400",
    "no token": "POST /oauth/token malformed",
    "refused": "GET /api/core/tenants status=403",
    "cut": "GET /api/core/tenants cut",
    "html": "GET /api/core/tenants html",
    "redirected": "GET /api/core/tenants redirect=other",
}


def secrets(simulator: Simulator, *more: str) -> set[str]:
    return {simulator.client_secret, WRONG, *simulator.state.tokens, *more}


def assert_absent(secret_texts: set[str], user: User, *outputs: str) -> None:
    places = {"the output": "".join(outputs), **{str(path): _text(path) for path in user.files()}}
    for place, text in places.items():
        for secret in secret_texts:
            assert secret not in text, f"a secret stands in {place}"


def _text(path: Path) -> str:
    return path.name + path.read_bytes().decode("latin-1")


def run_watched(user: User, *command: str, **environment: str) -> tuple[str, str]:
    """Output of a command, and the arguments of all processes while it ran."""
    arguments: set[str] = set()
    with tempfile.TemporaryFile("w+") as output:
        process = user.start(*command, output=output, **environment)
        while process.poll() is None:
            arguments |= {_arguments(path) for path in Path("/proc").glob("[0-9]*/cmdline")}
            time.sleep(0.1)
        output.seek(0)
        return output.read(), "\n".join(arguments)


def _arguments(path: Path) -> str:
    try:
        return path.read_text(errors="replace")
    except OSError:
        return ""


@pytest.mark.parametrize("right", [True, False], ids=["right secret", "wrong secret"])
@pytest.mark.parametrize("command", COMMANDS.values(), ids=COMMANDS)
def test_every_command_at_full_verbosity(
    command: tuple[str, ...], right: bool, member: User, simulator: Simulator
) -> None:
    member.file("play.yml", PLAY)
    settings = {
        "ANSIBLE_LOG_PATH": str(member.work / "log"),
        "ANSIBLE_DEBUG": "1" if command[0] == "ansible-inventory" else "0",
    }
    if not right:
        settings["QLIK_CLIENT_SECRET"] = WRONG
    output, arguments = run_watched(member, *command, "-i", str(member.source), **settings)
    assert ("qlik_id" in output + "".join(map(_text, member.files()))) is right
    assert_absent(secrets(simulator), member, output, arguments)
    assert bool(simulator.state.tokens) is right


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
def test_every_failure_at_full_verbosity(fault: str | None, member: User, simulator: Simulator) -> None:
    simulator.faults.extend([Fault.parse(fault)] if fault else [])
    done = member.run("ansible-inventory", "-i", member.source, "--list", "-vvvvv")
    assert (done.returncode == 0) is (fault is None)
    assert_absent(secrets(simulator), member, done.stdout, done.stderr)


WRITTEN: dict[str, t.Callable[[str], str]] = {
    "plain": lambda secret: f"plugin: qlikops.cloud.tenants\nclient_secret: {secret}\n",
    "before the plugin": lambda secret: f"client_secret: {secret}\nplugin: qlikops.cloud.tenants\n",
    "in a template": lambda secret: (
        f"plugin: qlikops.cloud.tenants\nclient_secret: \"{{{{ '{secret}' | nofilter }}}}\"\n"
    ),
    "in an undefined template": lambda secret: (
        f"plugin: qlikops.cloud.tenants\nclient_secret: \"{{{{ '{secret}' ~ missing }}}}\"\n"
    ),
    "in broken YAML": lambda secret: f'plugin: qlikops.cloud.tenants\nclient_secret: "{secret}\nregions: [us\n',
    "beside a bad option": lambda secret: f"plugin: qlikops.cloud.tenants\nclient_secret: {secret}\ntimeout: soon\n",
    "as a mapping": lambda secret: f"plugin: qlikops.cloud.tenants\nclient_secret: {{a: {secret}}}\n",
    "as another option": lambda secret: (
        f"plugin: qlikops.cloud.tenants\nclient_secret: x\nprivate_key: {secret}\nkey_id: k\n"
    ),
}


def list_all(user: User, texts: t.Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """What a list from all these sources shows, whichever of them fail; in the end they are gone."""
    sources = [user.file(source_of(name), text) for name, text in texts.items()]
    settings = {"ANSIBLE_INVENTORY_ANY_UNPARSED_IS_FAILED": "false", "ANSIBLE_INVENTORY_UNPARSED_FAILED": "true"}
    named = [word for source in sources for word in ("-i", source)]
    done = user.run("ansible-inventory", *named, "--list", "-vvvvv", **settings)
    for source in sources:
        source.unlink()
    return done


def source_of(name: str) -> str:
    return f"{name}.qlik.yml"


def test_a_secret_in_a_file_that_fails(member: User, simulator: Simulator) -> None:
    done = list_all(member, {name: text(WRONG) for name, text in WRITTEN.items()})
    assert done.returncode != 0
    assert [name for name in WRITTEN if f"{source_of(name)} as an inventory source" in told(done)] == list(WRITTEN)
    assert_absent(secrets(simulator), member, done.stdout, done.stderr)


BESIDE = {
    "an undefined parent group": "strict: true\nkeyed_groups: [{key: qlik_region, parent_group: '{{ nope }}'}]",
    "a faulty parent group": "strict: true\nkeyed_groups: [{key: qlik_region, parent_group: '{{ nope | nofilter }}'}]",
    "a faulty expression": "strict: true\ncompose: {a: qlik_name | nofilter}",
    "a variable with a bad name": "compose: {'a b': qlik_name}",
    "a faulty condition": "filters: [{include: qlik_name ==}]",
    "a faulty name": "strict: true\nhostnames: [missing]",
    "a faulty group": "strict: true\ngroups: {mine: qlik_name is nosuchtest}",
    "an odd label": "organization: 'A {{ 1 }} label'",
    "an unknown option": "nosuchoption: 1",
}


def test_a_secret_beside_something_that_ansible_complains_about(member: User, simulator: Simulator) -> None:
    start = f"plugin: qlikops.cloud.tenants\nclient_secret: {simulator.client_secret}\n"
    done = list_all(member, {name: f"{start}{line}\n" for name, line in BESIDE.items()})
    output = done.stdout + told(done)
    assert [name for name in BESIDE if source_of(name) in output] == list(BESIDE)
    assert_absent(secrets(simulator), member, done.stdout, done.stderr)


def test_a_tenant_called_like_the_folder_above_takes_nothing_from_it(user: User, organization: t.Any) -> None:
    simulator = organization(tenants=0)
    for name in ("..", "."):
        simulator.add_tenant(name=name)
    user.knows(simulator)
    for folder in ("host_vars", "group_vars"):
        (user.work / folder).mkdir()
    user.file("book.yml", f"organization: {{client_id: x, client_secret: {WRONG}}}")
    source = user.file("org.qlik.yml", EVERYTHING_BY_NAME)
    done = user.run("ansible-inventory", "-i", source, "--list")
    assert done.returncode == 0, done.stderr
    assert WRONG not in done.stdout + done.stderr


EVERYTHING_BY_NAME = """
plugin: qlikops.cloud.tenants
hostnames: [qlik_name]
leading_separator: false
keyed_groups: [{key: qlik_name, prefix: '', separator: ''}]
"""


def encrypted(user: User, secret: str) -> str:
    user.file("password", "open sesame\n")
    done = user.run("ansible-vault", "encrypt_string", secret, "--vault-password-file", "password")
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_secret_under_vault_in_the_source(member: User, simulator: Simulator) -> None:
    source = member.file(
        "org.qlik.yml", f"plugin: qlikops.cloud.tenants\nclient_secret: {encrypted(member, simulator.client_secret)}"
    )
    command = ("ansible-inventory", "-i", source, "--list", "-vvvvv")
    done = member.run(*command, "--vault-password-file", "password", QLIK_CLIENT_SECRET="")
    assert done.returncode == 0, done.stderr
    assert_absent(secrets(simulator), member, done.stdout, done.stderr)
    member.file("password", "open barley\n")
    for arguments in ((), ("--vault-password-file", "password")):
        refused = member.run(*command, *arguments, QLIK_CLIENT_SECRET="")
        assert refused.returncode != 0
        assert "cannot be opened; it is encrypted with Ansible Vault: give the right vault secret" in told(refused)
        assert_absent(secrets(simulator), member, refused.stdout, refused.stderr)


@pytest.mark.parametrize("whole", [True, False], ids=["the whole file", "the value"])
def test_a_credentials_file_under_vault(whole: bool, member: User, simulator: Simulator) -> None:
    member.file("org.qlik.yml", "plugin: qlikops.cloud.tenants\ncredentials_file: book.yml\n")
    value = simulator.client_secret if whole else encrypted(member, simulator.client_secret).replace("\n", "\n    ")
    member.file("password", "open sesame\n")
    member.file("book.yml", f"organization:\n  client_id: {simulator.client_id}\n  client_secret: {value}\n")
    if whole:
        assert member.run("ansible-vault", "encrypt", "book.yml", "--vault-password-file", "password").returncode == 0
    command = ("ansible-inventory", "-i", member.source, "--list", "-vvvvv")
    done = member.run(*command, "--vault-password-file", "password", QLIK_CLIENT_ID="", QLIK_CLIENT_SECRET="")
    assert done.returncode == 0, done.stderr
    assert_absent(secrets(simulator), member, done.stdout, done.stderr)
    refused = member.run(*command, QLIK_CLIENT_ID="", QLIK_CLIENT_SECRET="")
    assert refused.returncode != 0
    assert "book.yml" in told(refused)
    assert "it is encrypted with Ansible Vault: give the right vault secret" in told(refused)


def test_an_encrypted_id_beside_a_plain_secret(member: User, simulator: Simulator) -> None:
    value = encrypted(member, simulator.client_id).replace("\n", "\n    ")
    member.file("book.yml", f"organization:\n  client_secret: {WRONG}\n  client_id: {value}\n")
    member.file("org.qlik.yml", "plugin: qlikops.cloud.tenants\ncredentials_file: book.yml\n")
    done = member.run("ansible-inventory", "-i", member.source, "--list", "-vvvvv")
    assert done.returncode != 0
    assert "The client_id in organization in book.yml cannot be opened" in told(done)
    assert WRONG not in done.stdout + done.stderr


def test_a_book_as_an_extra_variable(member: User, simulator: Simulator) -> None:
    value = encrypted(member, simulator.client_secret).replace("\n", "\n      ")
    entry = f"    client_id: {simulator.client_id}\n    client_secret: {value}"
    member.file("extra.yml", f"qlik_credentials:\n  organization:\n{entry}\n")
    command = (
        "ansible-inventory",
        "-i",
        member.source,
        "--list",
        "-e",
        "@extra.yml",
        "--vault-password-file",
        "password",
    )
    done = member.run(*command, "-vvvvv", QLIK_CLIENT_ID="", QLIK_CLIENT_SECRET="")
    assert done.returncode == 0, done.stderr
    assert_absent(secrets(simulator), member, done.stdout, done.stderr)
