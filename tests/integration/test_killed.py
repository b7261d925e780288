# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs that change secrets are killed before each thing that they do to the world, and run again.

What a run does is found by tests/killing, not told here: each request, and each file that it opens for writing, renames
or removes. Between two such points nothing changes, so before the next is after the last.
"""

from __future__ import annotations

import copy
import json
import shutil
import signal
import typing as t
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from ansible.release import __version__ as core

from simulator import Simulator
from simulator.models import Client

from .conftest import ROOT, User, unvaulted

KILLING = ROOT / "tests" / "killing"
THOROUGH = ("2.16.", "2.21.")  # the oldest and the newest, on which each point is tried
IS_THOROUGH = core.startswith(THOROUGH)
STEP = 1 if IS_THOROUGH else 5
PARTS = 2 if IS_THOROUGH else 1  # tests that share the points of a story, side by side
BOOK = "book.yml"
PASSWORDS = {"old": "an old password", "new": "a new password"}
LONG_AGO = "2026-01-01T00:00:00Z"

Task = dict[str, t.Any]


def contents(path: Path, *names: str) -> dict[str, t.Any]:
    """What a file holds, opened with the passwords of the names."""
    return unvaulted(path, {name: PASSWORDS[name] for name in names})


@dataclass
class World:
    """An organization, somebody who has a book of its credentials, and how both were when they were remembered."""

    user: User
    simulator: Simulator
    client: Client
    host: str | None = None
    kept: dict[str, t.Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, password in PASSWORDS.items():
            self.user.file(name, f"{password}\n")
        del self.user.environment["QLIK_CLIENT_SECRET"]
        places = [self.user.work, self.user.home / ".cache", self.user.home / ".local"]
        self.user.environment |= {
            "ANSIBLE_VAULT_IDENTITY_LIST": "old@old",
            "KILL_LOG": str(self.log),
            "KILL_BELOW": ":".join(map(str, places)),
        }

    @property
    def log(self) -> Path:
        return self.user.temporary / "log"

    @property
    def book(self) -> Path:
        return self.user.work / BOOK

    def do(self, tasks: list[Task], at: int = 0, **environment: str) -> tuple[int, str]:
        """Run tasks, to be killed at a point; the exit code and all output."""
        self.log.unlink(missing_ok=True)
        self.user.file("play.json", json.dumps([{"hosts": "localhost", "tasks": tasks}]))
        settings = {"PYTHONPATH": str(KILLING), "KILL_AT": str(at), **environment}
        done = self.user.run("ansible-playbook", "play.json", "-vvv", **settings)
        return done.returncode, done.stdout + done.stderr

    def points(self) -> int:
        """How many things the last run did to the world."""
        return self.log.read_bytes().count(b"\n")

    def remember(self) -> None:
        files = {path: path.read_bytes() for path in self.user.work.iterdir() if path.is_file()}
        self.kept = {"files": files, "secrets": copy.deepcopy(self.client.secrets)}

    def restore(self) -> None:
        for path in self.user.work.iterdir():
            path.unlink()
        for path, content in self.kept["files"].items():
            path.write_bytes(content)
        self.client.secrets[:] = copy.deepcopy(self.kept["secrets"])
        self.client.removed_secrets.clear()
        self.simulator.state.tokens.clear()
        shutil.rmtree(self.user.home / ".cache", ignore_errors=True)

    def entry(self) -> dict[str, t.Any]:
        document = contents(self.book, "old")
        return t.cast("dict[str, t.Any]", document["organization"] if self.host is None else document["tenants"][0])

    def hints(self) -> set[str]:
        return {secret.hint for secret in self.client.secrets}

    def task(self, **options: t.Any) -> Task:
        host = {"host": self.host.upper()} if self.host else {}
        return {"qlikops.cloud.oauth_client_secret": {"credentials_file": BOOK, **host, **options}}

    def is_usable(self) -> bool:
        """Whether the secret that everybody relies on opens the client."""
        return self.entry()["client_secret"] in [secret.value for secret in self.client.secrets]

    def leaks(self, output: str) -> list[str]:
        """Where a secret stands in plain text: output, or files that were left behind."""
        known = [*self.client.secrets, *self.client.removed_secrets, *self.kept["secrets"]]
        secrets = [secret.value.encode() for secret in known]
        places = {"output": output.encode(), **{str(path): path.read_bytes() for path in self.user.files()}}
        return [place for place, content in places.items() if any(secret in content for secret in secrets)]


@dataclass(frozen=True)
class Story:
    """What is killed: how the world begins, what is run, and what must be so after it was run again."""

    tasks: t.Callable[[World], list[Task]]
    ends_well: t.Callable[[World], None]
    holds: t.Callable[[World], None]
    begin: t.Callable[[World], None] = lambda world: None
    again: t.Mapping[str, str] = field(default_factory=dict)


def relied_on_is_good(world: World) -> None:
    assert world.is_usable()


def old_and_new(world: World) -> None:
    entry = world.entry()
    (old,) = world.kept["secrets"]
    assert (entry["previous"]["hint"], entry["previous"]["client_secret"]) == (old.hint, old.value)
    assert world.hints() == {entry["hint"], old.hint}
    assert "next" not in entry


def new_alone(world: World) -> None:
    entry = world.entry()
    assert world.hints() == {entry["hint"]}
    assert entry["hint"] not in {secret.hint for secret in world.kept["secrets"][:1]}
    assert not {"next", "previous"} & set(entry)


def rotated_long_ago(world: World) -> None:
    code, output = world.do([world.task(state="rotated")])
    assert code == 0, output
    text = world.book.read_text(encoding="utf-8")
    date = str(world.entry()["previous"]["retire_after"])
    world.book.write_text(text.replace(date, LONG_AGO), encoding="utf-8")


def two_files(world: World) -> None:
    shutil.copy(world.book, world.user.work / "other.yml")


def all_open(world: World) -> None:
    for name in (BOOK, "other.yml"):
        document = contents(world.user.work / name, "old", "new")
        assert document["organization"]["client_secret"] == world.client.secret


def all_open_with_the_new(world: World) -> None:
    for name in (BOOK, "other.yml"):
        path = world.user.work / name
        assert contents(path, "new")["organization"]["client_secret"] == world.client.secret
        assert b";AES256;new" in path.read_bytes()


def rekey(world: World) -> list[Task]:
    new = {"new_vault_password_file": "new", "new_vault_id": "new"}
    return [{"qlikops.cloud.vault_vars": {"path": name, **new}} for name in (BOOK, "other.yml")]


STORIES = {
    "rotate": Story(lambda world: [world.task(state="rotated")], old_and_new, relied_on_is_good),
    "rotate at once": Story(lambda world: [world.task(state="rotated", retire_now=True)], new_alone, relied_on_is_good),
    "retire": Story(lambda world: [world.task(state="retired")], new_alone, relied_on_is_good, rotated_long_ago),
    "rekey": Story(
        rekey, all_open_with_the_new, all_open, two_files, {"ANSIBLE_VAULT_IDENTITY_LIST": "old@old,new@new"}
    ),
}


@pytest.fixture(params=["organization", "tenant"])
def world(request: pytest.FixtureRequest, member: User, simulator: Simulator) -> World:
    """With a book of which the values are encrypted for the organization, and the whole for a tenant."""
    if request.param == "organization":
        client = simulator.state.clients[simulator.client_id]
        world, at, encrypt = World(member, simulator, client), ["organization"], "values"
    else:
        tenant = simulator.state.tenants[0]
        client = simulator.add_client("Automation of one tenant", tenant)
        world = World(member, simulator, client, tenant.hostnames[0])
        at, encrypt = ["tenants", {"hostname": world.host}], "file"
    entry = {"vars": {"client_id": client.client_id}, "secrets": {"client_secret": client.secret}}
    code, output = world.do([{"qlikops.cloud.vault_vars": {"path": BOOK, "at": at, "encrypt": encrypt, **entry}}])
    assert code == 0, output
    return world


def tried(points: int, part: int) -> range:
    """The points that are tried here; each one on the oldest and the newest core."""
    return range(1 + part * STEP, points + 1, PARTS * STEP)


def begun(world: World, story: Story) -> int:
    """The number of points of a run that is not killed, after which the world is as before it."""
    story.begin(world)
    world.remember()
    world.restore()
    code, output = world.do(story.tasks(world))
    assert code == 0, output
    points = world.points()
    story.ends_well(world)
    return points


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize(
    ("name", "world"),
    [
        ("rotate", "organization"),
        ("rotate", "tenant"),
        ("rotate at once", "organization"),
        ("retire", "organization"),
        ("rekey", "organization"),
    ],
    indirect=["world"],
)
def test_a_run_may_be_killed_at_any_point(
    world: World, name: str, part: int, record_property: t.Callable[[str, int], None]
) -> None:
    story = STORIES[name]
    points = begun(world, story)
    for point in tried(points, part):
        world.restore()
        code, output = world.do(story.tasks(world), at=point)
        assert code == -signal.SIGKILL, f"point {point} of {points}: {output}"
        story.holds(world)
        assert world.leaks(output) == []
        code, output = world.do(story.tasks(world), **story.again)
        assert code == 0, f"after point {point} of {points}: {output}"
        story.ends_well(world)
        story.holds(world)
        left = {path.name for path in world.user.work.iterdir()} - {path.name for path in world.kept["files"]}
        assert left <= {f".{BOOK}.lock", ".other.yml.lock", "play.json"}, left
        assert world.leaks(output) == []
    record_property("points of killing", len(tried(points, part)))
