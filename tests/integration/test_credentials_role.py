# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role credentials and the playbook rotate_secrets, as somebody runs them."""

from __future__ import annotations

import json
import re
import subprocess
import time
import typing as t
from pathlib import Path

import pytest
import yaml

from simulator import Fault, Simulator

from .conftest import User, told, unvaulted
from .terminal import at_terminal

BOOK = "credentials.yml"
PASSWORD, OTHER_PASSWORD = "the first password", "the second password"
PLAY = "play.json"
LONG_AGO = "2026-01-01T00:00:00Z"

Done = subprocess.CompletedProcess[str]


class Keeper:
    """Somebody who keeps the credentials of an organization."""

    def __init__(self, user: User, simulator: Simulator) -> None:
        self.user, self.simulator = user, simulator
        user.knows(simulator)
        for name in ("QLIK_CLIENT_ID", "QLIK_CLIENT_SECRET"):
            user.environment.pop(name)
        user.file("password", PASSWORD)
        user.file("other", OTHER_PASSWORD)
        user.environment |= {"ANSIBLE_VAULT_PASSWORD_FILE": "password", "QLIK_CREDENTIALS_FILE": BOOK}
        self.tenant = simulator.state.tenants[0]
        self.client = simulator.add_client("Automation of one tenant", self.tenant)
        self.output = ""

    @property
    def path(self) -> Path:
        return self.user.work / BOOK

    @property
    def book(self) -> dict[str, t.Any]:
        return unvaulted(self.path, {"default": PASSWORD})

    @property
    def entries(self) -> dict[str, t.Any]:
        """Variables of store for an entry of each tier."""
        known = self.simulator.credentials
        tenant = {"hostname": self.tenant.hostnames[0], **self.entry_of(self.client)}
        return {
            "credentials_organization": known["organization"],
            "credentials_regions": known["regions"][:1],
            "credentials_tenants": [tenant],
        }

    def entry_of(self, client: t.Any) -> dict[str, t.Any]:
        return {"client_id": client.client_id, "client_secret": client.secret}

    def play(self, entry_point: str, **variables: t.Any) -> list[dict[str, t.Any]]:
        role = {"name": "qlikops.cloud.credentials", "tasks_from": entry_point}
        return [{"hosts": "localhost", "tasks": [{"import_role": role, "vars": variables}]}]

    def do(self, entry_point: str, *arguments: str, **variables: t.Any) -> Done:
        """Run an entry point of the role; what was typed for it is nothing that it leaves behind."""
        path = self.user.file(PLAY, json.dumps(self.play(entry_point, **variables)))
        done = self.user.run("ansible-playbook", PLAY, *arguments)
        path.unlink()
        self.output += done.stdout + done.stderr
        return done

    def does(self, entry_point: str, *arguments: str, **variables: t.Any) -> str:
        done = self.do(entry_point, *arguments, **variables)
        assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-3000:]
        return done.stdout

    def reports(self, entry_point: str, *arguments: str, **variables: t.Any) -> list[str]:
        """What the report of an entry point says of each entry, without its name."""
        lines = reported(self.does(entry_point, *arguments, **variables))
        return [line.partition(": ")[2] for line in lines]

    def secrets(self) -> set[str]:
        clients = self.simulator.state.clients.values()
        return {secret.value for client in clients for secret in (*client.secrets, *client.removed_secrets)}

    def assert_nothing_leaked(self, *others: str) -> None:
        """Neither in output nor in any file that was left behind, of what was ever a secret."""
        hidden = [*self.secrets(), *(token.value for token in self.simulator.state.tokens.values()), *others]
        places = {"output": self.output.encode(), **{str(path): path.read_bytes() for path in self.user.files()}}
        assert not [place for place, text in places.items() if any(secret.encode() in text for secret in hidden)]


@pytest.fixture
def keeper(user: User, simulator: Simulator) -> Keeper:
    return Keeper(user, simulator)


def reported(output: str) -> list[str]:
    """The lines of the report in an output."""
    shown = output.rpartition('"credentials_report": [')[2].partition("\n    ]")[0]
    return re.findall(r'^ +"(.*)"', shown, re.MULTILINE)


def sentence(done: Done) -> str:
    """What a failed run says."""
    assert done.returncode == 2
    return " ".join((done.stdout + done.stderr).split())


def tokens_asked(simulator: Simulator) -> list[str]:
    return [entry.host for entry in simulator.record if entry.path == "/oauth/token"]


def test_entries_are_proved_and_stored(keeper: Keeper, simulator: Simulator) -> None:
    """The organization by a list of one tenant, a region at its register host, a tenant only when asked."""
    assert keeper.reports("store", "-vvvv", **keeper.entries) == ["stored"] * 3
    known = keeper.entries
    assert keeper.book["organization"].items() >= known["credentials_organization"].items()
    assert keeper.book["regions"][0].items() >= known["credentials_regions"][0].items()
    assert keeper.book["tenants"][0].items() >= known["credentials_tenants"][0].items()
    assert set(tokens_asked(simulator)) == {"console.qlikcloud.com", "register.us.qlikcloud.com"}
    listings = [entry.query["limit"] for entry in simulator.record if entry.path == "/api/core/tenants"]
    assert set(listings) == {"1"}
    before = keeper.path.read_bytes()
    assert keeper.reports("store", "-vvvv", credentials_prove_tenants=True, **known) == ["as it was"] * 3
    assert keeper.path.read_bytes() == before
    assert keeper.tenant.hostnames[0] in tokens_asked(simulator)
    keeper.assert_nothing_leaked()


@pytest.mark.once
def test_nothing_is_stored_that_was_not_proved(keeper: Keeper, simulator: Simulator) -> None:
    wrong = {**keeper.entries["credentials_organization"], "client_secret": "wrong-secret-wrong"}
    done = keeper.do("store", "-vvv", credentials_organization=wrong)
    assert done.returncode == 2
    assert "wrong or expired credentials" in done.stdout + told(done)
    assert "wrong-secret-wrong" not in done.stdout + done.stderr
    assert not keeper.path.exists()
    keeper.does("store", credentials_organization=wrong, credentials_prove=False)
    assert keeper.book["organization"]["client_secret"] == "wrong-secret-wrong"
    done = keeper.do("verify")
    assert "1 of 1 entries could not be proved" in sentence(done)


@pytest.mark.once
def test_the_organization_is_taken_from_the_environment(keeper: Keeper, simulator: Simulator) -> None:
    keeper.user.environment |= {"QLIK_CLIENT_ID": simulator.client_id, "QLIK_CLIENT_SECRET": simulator.client_secret}
    keeper.does("store")
    assert keeper.book["organization"]["client_secret"] == simulator.client_secret
    keeper.assert_nothing_leaked()


@pytest.mark.once
@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({}, "There is nothing to store"),
        ({"credentials_organization": {"client_id": "abc"}}, "There is no client_secret for organization"),
        ({"credentials_organization": {"client_id": "abc", "client_secrt": "hush-hush"}}, "client_secrt"),
        ({"credentials_regions": [{"client_id": "abc", "client_secret": "hush-hush"}]}, "missing required"),
        ({"credentials_regions": "hush-hush"}, "credentials_regions"),
        ({"credentials_file": "", "credentials_organization": {"client_id": "abc"}}, "Name the credential book"),
    ],
    ids=["nothing", "no secret", "unknown key", "no region", "no list", "no file"],
)
def test_what_cannot_be_stored_is_told_in_a_sentence(
    keeper: Keeper, variables: dict[str, t.Any], sentence: str
) -> None:
    done = keeper.do("store", "-vvv", **variables)
    output = " ".join((done.stdout + done.stderr).split())
    assert (done.returncode, sentence in output, "hush-hush" in output) == (2, True, False), output[-3000:]
    assert not keeper.path.exists()


def typed(keeper: Keeper, entry_point: str, *answers: str, **variables: t.Any) -> tuple[int, str]:
    """Run an entry point at a terminal, where answers are typed when they are asked for; exit code and all output."""
    keeper.user.file(PLAY, json.dumps(keeper.play(entry_point, **variables)))
    waiting = list(answers)

    def answer(asked: str) -> str | None:
        return f"{waiting.pop(0)}\r" if waiting and asked.rstrip().endswith("(output is hidden):") else None

    command = ("ansible-playbook", PLAY)
    code, output = at_terminal(command, keeper.user.work, keeper.user.environment, answer, echoes=True)
    (keeper.user.work / PLAY).unlink()
    keeper.output += output
    return code, output


def test_a_secret_is_typed_where_nobody_sees_it(keeper: Keeper, simulator: Simulator) -> None:
    """At the store, and for a region whose secret was regenerated."""
    region = {**keeper.entries["credentials_regions"][0]}
    del region["client_secret"]
    client = simulator.state.clients[region["client_id"]]
    code, output = typed(keeper, "store", client.secret, credentials_regions=[region])
    assert code == 0, output
    assert keeper.book["regions"][0]["client_secret"] == client.secret
    client.secrets[:] = []
    fresh = simulator.add_secret(client.client_id).value
    code, output = typed(keeper, "rotate", fresh)
    assert code == 0, output
    assert "My Qlik" in output
    assert keeper.book["regions"][0]["client_secret"] == fresh
    keeper.assert_nothing_leaked()


def test_rotation_and_retirement_of_a_whole_book(keeper: Keeper, simulator: Simulator) -> None:
    keeper.does("store", **keeper.entries)
    keeper.does("verify", credentials_prove_tenants=True)
    simulator.add_secret(keeper.entries["credentials_regions"][0]["client_id"])
    (fresh,) = [{**entry, "region": entry["region"].upper()} for entry in keeper.entries["credentials_regions"]]
    row = {name: fresh[name] for name in ("region", "subscription_id", "client_secret")}
    done = keeper.do("rotate", credentials_regenerated=[{**row, "subscription_id": "1"}])
    assert "has no entry for region us 1, for which credentials_regenerated has a secret" in sentence(done)
    rotated = keeper.reports("rotate", "-vvvv", credentials_regenerated=[row])
    assert [words.partition(";")[0] for words in rotated] == ["rotated", "stored", "rotated"]
    book = keeper.book
    assert book["regions"][0]["client_secret"] == fresh["client_secret"]
    organization = simulator.state.clients[simulator.client_id]
    for entry, client in ((book["organization"], organization), (book["tenants"][0], keeper.client)):
        assert [secret.value for secret in client.secrets] == [
            entry["previous"]["client_secret"],
            entry["client_secret"],
        ]
    since, by_hand = "left as it is, since", "left as it is; regen"
    assert [words[:20] for words in keeper.reports("rotate", "-vvvv")] == [since, by_hand, since]
    assert [words[:20] for words in keeper.reports("retire")] == [since, since]
    text = keeper.path.read_text(encoding="utf-8")
    keeper.path.write_text(text.replace(str(book["organization"]["previous"]["retire_after"]), LONG_AGO))
    assert "retired the secret" in keeper.reports("retire", "-vvvv")[0]
    assert [secret.value for secret in organization.secrets] == [book["organization"]["client_secret"]]
    keeper.does("verify", "-vvvv", credentials_prove_tenants=True)
    keeper.assert_nothing_leaked()


@pytest.mark.once
def test_a_dead_entry_fails_and_an_old_one_is_told(keeper: Keeper, simulator: Simulator) -> None:
    entries = keeper.entries
    entries["credentials_regions"][0]["created_at"] = LONG_AGO
    keeper.does("store", **entries)
    table = keeper.does("verify")
    assert "WARNING: region us of " in table
    assert "older than 90 days" in table
    assert "not asked" in table
    simulator.state.clients[simulator.client_id].secrets.clear()
    done = keeper.do("verify")
    assert done.returncode == 2
    assert "1 of 3 entries could not be proved. organization: " in " ".join((done.stdout + done.stderr).split())
    assert done.stdout.count("good") >= 1


@pytest.mark.once
def test_a_book_in_the_wrong_place_is_told(keeper: Keeper) -> None:
    folder = keeper.user.work / "group_vars" / "all"
    folder.mkdir(parents=True)
    keeper.user.environment["QLIK_CREDENTIALS_FILE"] = "group_vars/all/credentials.yml"
    done = keeper.do("store", credentials_organization=keeper.entries["credentials_organization"])
    assert done.returncode == 0
    assert "lies in group_vars" in told(done)
    assert "lies in group_vars" in told(keeper.do("verify"))


@pytest.mark.once
def test_the_rotation_of_a_book_ends_at_the_first_failure(keeper: Keeper, simulator: Simulator) -> None:
    """With a summary of what was done before; run again, it goes on."""
    keeper.does("store", **keeper.entries)
    simulator.faults.append(Fault.parse(f"POST {keeper.tenant.hostnames[0]}/oauth/token status=403 times=1"))
    playbook = ("-i", "org.qlik.yml", "qlikops.cloud.rotate_secrets")
    done = keeper.user.run("ansible-playbook", *playbook)
    assert (done.returncode, done.stdout.count("organization: rotated;")) == (2, 1), done.stdout
    again = keeper.user.run("ansible-playbook", *playbook)
    assert again.returncode == 0, again.stdout + again.stderr
    assert "organization: left as it is" in again.stdout
    assert f"tenant {keeper.tenant.hostnames[0]}: rotated;" in again.stdout
    done = keeper.user.run("ansible-playbook", "qlikops.cloud.rotate_secrets")
    assert (done.returncode, "group qlik is empty" in done.stdout + done.stderr) == (2, True)


@pytest.mark.ends
def test_two_runs_at_once_rotate_one_client_once(keeper: Keeper, simulator: Simulator) -> None:
    keeper.does("store", credentials_organization=keeper.entries["credentials_organization"])
    keeper.user.file(PLAY, json.dumps(keeper.play("rotate")))
    outputs = [(keeper.user.temporary / name).open("w+") for name in ("one", "two")]
    runs = [keeper.user.start("ansible-playbook", PLAY, output=output) for output in outputs]
    assert [run.wait(60) for run in runs] == [0, 0]
    texts = [Path(output.name).read_text(encoding="utf-8") for output in outputs]
    assert sorted("organization: rotated;" in text for text in texts) == [False, True]
    assert sorted("organization: left as it is, since" in text for text in texts) == [False, True]
    entry = keeper.book["organization"]
    secrets = simulator.state.clients[simulator.client_id].secrets
    assert [secret.value for secret in secrets] == [entry["previous"]["client_secret"], entry["client_secret"]]


@pytest.mark.ends
def test_the_book_gets_another_password(keeper: Keeper) -> None:
    keeper.does("store", **keeper.entries)
    before = keeper.book
    keeper.does("rekey", "-vvvv", credentials_new_vault_password_file="other")
    assert unvaulted(keeper.path, {"default": OTHER_PASSWORD}) == before
    assert "cannot be opened, since none of the loaded vault secrets opens it" in sentence(keeper.do("verify"))
    assert "credentials_new_vault_password_file" in sentence(keeper.do("rekey"))
    assert "Say what to do by tasks_from" in sentence(keeper.do("main"))


@pytest.mark.once
def test_no_secret_is_in_the_process_list(keeper: Keeper) -> None:
    keeper.does("store", credentials_organization=keeper.entries["credentials_organization"])
    keeper.user.file(PLAY, json.dumps(keeper.play("rotate")))
    with (keeper.user.temporary / "out").open("w") as output:
        run = keeper.user.start("ansible-playbook", PLAY, output=output)
        seen = set()
        while run.poll() is None:
            seen |= set(command_lines())
            time.sleep(0.02)
    assert any(PLAY in line for line in seen)
    assert not [line for line in seen for secret in keeper.secrets() if secret in line]


def command_lines() -> t.Iterator[str]:
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            yield path.read_text(encoding="utf-8", errors="replace")
        except OSError:
            continue


def test_the_inventory_shows_nothing_of_the_book(keeper: Keeper) -> None:
    """In the layout that the guide recommends: in a folder beside the inventory source."""
    folder = keeper.user.work / "qlik"
    folder.mkdir()
    keeper.user.environment["QLIK_CREDENTIALS_FILE"] = "qlik/credentials.yml"
    keeper.does("store", **keeper.entries)
    source = keeper.user.file("org.qlik.yml", "plugin: qlikops.cloud.tenants\ncredentials_file: qlik/credentials.yml\n")
    for arguments in (("--list", "--export"), ("--list", "--yaml"), ("--graph", "--vars"), ("--list", "-vvvv")):
        done = keeper.user.run("ansible-inventory", "-i", source, *arguments)
        assert (done.returncode, keeper.tenant.hostnames[0] in done.stdout) == (0, True), done.stderr
        keeper.output += done.stdout + done.stderr
    keeper.assert_nothing_leaked()


@pytest.mark.ends
def test_an_entry_is_found_however_it_is_written(keeper: Keeper) -> None:
    """In upper case, with numbers in place of text, and with keys that are null or empty."""
    known = keeper.entries["credentials_regions"][0]
    entry = {name: known[name] for name in ("client_id", "client_secret")}
    number = int(known["subscription_id"])
    written = [{"region": "us", **entry}, {"region": "us", "license_number": number, **entry}]
    keeper.path.write_text(yaml.safe_dump({"regions": written}), encoding="utf-8")
    rows = [
        {"region": "US", "subscription_id": None, "license_number": "", **entry},
        {"region": "US", "license_number": str(number), **entry},
    ]
    plain = {"credentials_encrypt_plain": True, "credentials_regions": rows}
    assert keeper.reports("store", **plain) == ["stored"] * 2
    before = keeper.path.read_bytes()
    assert keeper.reports("store", **plain) == ["as it was"] * 2
    assert (keeper.path.read_bytes(), len(keeper.book["regions"])) == (before, 2)


@pytest.mark.once
def test_a_book_that_could_not_be_read_is_not_written(keeper: Keeper) -> None:
    """And secrets that can be read by everybody are told."""
    known = keeper.entries["credentials_organization"]
    both = {**known, "private_key": "-----BEGIN-----", "key_id": "k"}
    assert "give one" in sentence(keeper.do("store", credentials_organization=both, credentials_prove=False))
    assert not keeper.path.exists()
    keeper.path.write_text(yaml.safe_dump({"organization": known}), encoding="utf-8")
    assert "1 secrets stand in" in told(keeper.do("verify"))
    keeper.user.environment["QLIK_CREDENTIALS_FILE"] = "mistyped.yml"
    assert "mistyped.yml is not there" in sentence(keeper.do("verify"))
    assert "mistyped.yml is not there" in sentence(keeper.do("rekey", credentials_new_vault_password_file="other"))


CONTEXTS, API_KEY = "contexts.yml", "an-api-key-of-somebody"
BEARER = {"Authorization": f"Bearer {API_KEY}"}


def context(server: str, entry: dict[str, t.Any] | None = None, **more: t.Any) -> dict[str, t.Any]:
    """A context as qlik-cli writes it, of an OAuth client when there is one."""
    client = {"oauth-client-id": entry["client_id"], "oauth-client-secret": entry["client_secret"]} if entry else {}
    return {"server": server, "server-type": "cloud", "comment": "by hand", **client, **more}


def contexts_of(keeper: Keeper, **more: t.Any) -> Path:
    """A file with the client of each tier, and with what a book has no place for."""
    known, host = keeper.entries, keeper.tenant.hostnames[0]
    contexts = {
        "all": context("https://console.qlikcloud.com", known["credentials_organization"]),
        "us": context("https://register.us.qlikcloud.com", known["credentials_regions"][0]),
        "north": context(f"https://{host}", known["credentials_tenants"][0]),
        "north again": context(f"HTTPS://{host.upper()}:443/", known["credentials_tenants"][0], headers=BEARER),
        "mine": context(f"https://{host}", headers=BEARER),
        "windows": {**context("https://sense.example.com/jwt", headers=BEARER), "server-type": "Windows"},
        **more,
    }
    return keeper.user.file(CONTEXTS, yaml.safe_dump({"contexts": contexts, "current-context": "north"}))


def test_contexts_of_qlik_cli_are_stored(keeper: Keeper) -> None:
    """What is left out is told, and that the original is in plain text; the secrets are shown nowhere."""
    path, taken = contexts_of(keeper), {"credentials_contexts_file": CONTEXTS, "credentials_prove_tenants": True}
    before = path.read_bytes()
    tried = keeper.reports("store", "-vvvv", "--check", "--diff", **taken)
    assert (tried[2:], keeper.path.exists()) == (["would be stored"] * 3, False)
    done = keeper.do("store", "-vvvv", "--diff", **taken)
    assert reported(done.stdout) == [
        r"context \"mine\": left out, since it has an API key or an Authorization header, and a credential book holds "
        "OAuth clients alone",
        r"context \"windows\": left out, since its server is not Qlik Cloud but of another type",
        "organization: stored",
        "region us: stored",
        f"tenant {keeper.tenant.hostnames[0]}: stored",
    ]
    warning = f"WARNING: {CONTEXTS} is plain text"
    names = r"\"all\", \"us\", \"north\", \"north again\"."
    assert (warning in done.stdout, names in done.stdout) == (True, True), done.stdout
    book, known = keeper.book, keeper.entries
    assert book["organization"].items() >= known["credentials_organization"].items()
    assert book["regions"][0]["client_secret"] == known["credentials_regions"][0]["client_secret"]
    assert book["tenants"][0].items() >= known["credentials_tenants"][0].items()
    again = keeper.do("store", "-vvvv", **taken).stdout
    assert ([line.endswith("as it was") for line in reported(again)[2:]], warning in again) == ([True] * 3, True)
    assert path.read_bytes() == before
    path.unlink()
    keeper.assert_nothing_leaked(API_KEY)


@pytest.mark.once
def test_variables_and_the_book_are_taken_rather_than_a_context(keeper: Keeper, simulator: Simulator) -> None:
    """Else the secret of an old context would replace one that rotation has made."""
    keeper.does("store", **{tier: keeper.entries[tier] for tier in ("credentials_organization", "credentials_regions")})
    wrong, other = {"client_id": "a-client", "client_secret": "s"}, {"client_id": "b-client", "client_secret": "t"}
    north = f"https://{keeper.tenant.hostnames[0]}"
    contexts_of(keeper, us=context("register.us.qlikcloud.com", wrong), north=context(north, wrong), all=wrong)
    both = {"credentials_contexts_file": CONTEXTS}
    assert f"different OAuth clients or secrets for tenant {keeper.tenant.hostnames[0]}" in sentence(
        keeper.do("store", **both)
    )
    before = keeper.book
    assert "tenants" not in before
    tenant = [{"hostname": keeper.tenant.hostnames[0].upper(), **other}]
    lines = reported(keeper.does("store", credentials_tenants=tenant, **both))
    assert [line for line in lines if "variables give the client of tenant" in line][1:], lines
    assert "region us: left as it is, since the book has another client or secret" in lines
    after = keeper.book
    assert (after["organization"], after["regions"]) == (before["organization"], before["regions"])
    assert after["tenants"][0]["client_id"] == "b-client"


@pytest.mark.once
def test_a_dead_client_of_a_context_keeps_no_other_one_out(keeper: Keeper) -> None:
    dead = {"client_id": "gone", "client_secret": "s3cret-of-a-dead-client"}
    contexts_of(keeper, us=context("register.us.qlikcloud.com", dead))
    done = keeper.do("store", credentials_contexts_file=CONTEXTS)
    assert done.returncode == 2
    assert reported(done.stdout)[2:] == [
        "organization: stored",
        "region us: not stored",
        f"tenant {keeper.tenant.hostnames[0]}: stored",
    ]
    assert 'Clients of contexts that were not stored: 1. context "us": Getting a token on' in sentence(done)
    assert set(keeper.book) == {"organization", "tenants"}
    (keeper.user.work / CONTEXTS).unlink()
    keeper.assert_nothing_leaked(API_KEY)


@pytest.mark.ends
def test_names_of_contexts_are_data(keeper: Keeper) -> None:
    """Both of those that are taken and of those that are left out."""
    names = [
        "{{ lookup('pipe', 'touch ran') }}",
        "#jinja2: variable_start_string: '['",
        "a\x9b31m",
    ]
    client = keeper.entries["credentials_organization"]
    more = {name: context("https://console.qlikcloud.com", client) for name in names}
    contexts_of(keeper, **more, **{f"{name} too": context("https://example.com") for name in names})
    output = keeper.does("store", credentials_contexts_file=CONTEXTS)
    assert (output.count("lookup('pipe'"), "\x9b" in output, (keeper.user.work / "ran").exists()) == (2, False, False)


@pytest.mark.once
@pytest.mark.parametrize(
    ("text", "words"),
    [
        (None, "contexts.yml cannot be read: there is no such file."),
        ("contexts: {a: [hush-hush}\n", "cannot be read: it is neither valid YAML nor JSON."),
        ("- hush-hush\n", "holds no contexts of qlik-cli: it needs a mapping named contexts."),
        ("contexts: hush-hush\n", "holds no contexts of qlik-cli: it needs a mapping named contexts."),
        ("contexts: {a: hush-hush}\n", "There is nothing to store"),
        ("contexts: {a: {server: hush-hush}}\n", "its server is none of Qlik Cloud"),
        ("contexts: {a: {api-key: hush-hush}}\n", "it has no server"),
    ],
    ids=["missing", "no YAML", "a list", "no mapping", "no context", "a foreign server", "no server"],
)
def test_contexts_that_cannot_be_read_are_told_in_a_sentence(keeper: Keeper, text: str | None, words: str) -> None:
    if text is not None:
        keeper.user.file(CONTEXTS, text)
    done = keeper.do("store", "-vvvv", credentials_contexts_file=CONTEXTS)
    assert (words in sentence(done), "hush-hush" in done.stdout + done.stderr) == (True, False), sentence(done)[-3000:]
    assert "Error while" not in sentence(done)
    assert not keeper.path.exists()
