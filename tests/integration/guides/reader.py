# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody who goes through a page and does what its examples show, one after the other."""

from __future__ import annotations

import json
import os
import re
import shutil
import typing as t
from configparser import ConfigParser
from pathlib import Path

import yaml

from tools.packaged import packaged_collections

from ..conftest import ROOT, User
from ..terminal import at_terminal
from .pages import FAILS, LIVE, PART, SHELL, YAML, Example
from .world import BEGINNINGS, HOSTS, OTHER_BOOKS, PASSWORD, PLAIN_BOOK, Beginning, World, parsed, written

SOURCE = "org.qlik.yml"
PLUGIN = "qlikops.cloud.tenants"
TERMINAL = {"ANSIBLE_FORCE_COLOR": "0", "PAGER": "cat", "TERM": "dumb"}
COLLECTION = Path(".ansible", "collections", "ansible_collections", "qlikops", "cloud")
_DOTS = re.compile(r"\.\.\.|…")


class Reader:
    """Has a folder with ansible.cfg, org.qlik.yml, book.yml and the examples, and what the page adds to it."""

    def __init__(self, user: User, world: World, page: str) -> None:
        self.user, self.world = user, world
        self.output: str | None = None  # of the example before in the same section, when it was run
        self.password, self.edited = (user.home / name for name in (".vault/prod", "edited"))
        self._settle()
        self._lay_out()
        self._begin(BEGINNINGS.get(page, Beginning()))

    def _settle(self) -> None:
        """A terminal, an editor, the simulators and the collections; no credential yet."""
        environment = self.user.environment
        environment |= {**self.world.simulator.environment, **TERMINAL, "EDITOR": f"cp {self.edited}"}
        environment["ANSIBLE_COLLECTIONS_PATH"] += f"{os.pathsep}{packaged_collections()}"
        for name in ("ANSIBLE_CONFIG", "QLIK_CLIENT_ID", "QLIK_CLIENT_SECRET"):
            del environment[name]

    def _lay_out(self) -> None:
        examples = shutil.copytree(ROOT / "examples", self.user.work / "examples")
        for name in ("ansible.cfg", "book.yml"):
            shutil.copy(examples / name, self.user.work)
        for name in OTHER_BOOKS:
            self._save(name, self.world.book())
        self._save(PLAIN_BOOK, self.world.plain_book())
        contexts = self.user.home / ".qlik" / "contexts.yml"
        contexts.parent.mkdir()
        contexts.write_text(self.world.contexts(), encoding="utf-8")
        self.password.parent.mkdir()
        self.password.write_text(PASSWORD, encoding="utf-8")
        installed = self.user.home / COLLECTION
        installed.parent.mkdir(parents=True)
        installed.symlink_to(ROOT, target_is_directory=True)

    def _begin(self, beginning: Beginning) -> None:
        if beginning.book:
            self._save(beginning.book, self.world.book())
        if beginning.named:
            book = self.user.work / beginning.book
            named = {"QLIK_CREDENTIALS_FILE": str(book), "ANSIBLE_VAULT_PASSWORD_FILE": str(self.password)}
            self.user.environment |= named
        if beginning.client:
            self.user.environment |= self.world.client

    def follow(self, examples: t.Sequence[Example]) -> int:
        """Do what each example shows; the number of those that need a live service."""
        for number, example in enumerate(examples):
            if number and examples[number - 1].section != example.section:
                self.output = None
            later = "".join(other.text for other in examples[number + 1 :] if _is_run(other))
            try:
                self.output = self._do(example, later)
                assert not any(secret in (self.output or "") for secret in self.world.secrets()), "a secret is printed"
            except Exception as error:
                raise AssertionError(f"line {example.line}: {error}") from error
        return sum(LIVE in example.markers for example in examples)

    def _do(self, example: Example, later: str) -> str | None:
        """What came of it, None when it is nothing that is run."""
        if LIVE in example.markers:
            self._glance(example)
        elif example.language in SHELL:
            return self._shell(example)
        elif example.language in YAML:
            return self._yaml(example, later)
        else:
            self._take(example)
        return None

    # what is shown

    def _glance(self, example: Example) -> None:
        """Look at the syntax alone."""
        if example.language in SHELL:
            self._run("bash", "-n", "-c", example.commands)
        elif example.language in YAML and _is_plays(parsed(example.text)):
            self._run("ansible-playbook", "--syntax-check", self._kept("play.yml", example.text))

    def _take(self, example: Example) -> None:
        """A file, the output of the example before, or something to look at."""
        if PART in example.markers:
            self._add(example.markers[PART], example.text)
        elif example.file:
            self._save(example.file, example.text)
        elif example.language == "json":
            json.loads(example.text)
        elif example.language not in ("none", "text"):
            raise ValueError(f"nobody knows how to run {example.language}: name a file on the first line")
        elif example.language == "text" and self.output is not None:
            self._compare(example.text, self.output)

    def _shell(self, example: Example) -> str:
        session = self.user.temporary / "session"
        session.unlink(missing_ok=True)
        self.edited.write_text(self.world.edited(example.text), encoding="utf-8")
        code, output = self._bash(f"{self.world.shell(example.commands)}\n{{ pwd; env -0; }} > {session}\n")
        assert bool(code) == (FAILS in example.markers), f"exit code {code}\n{output}"
        if session.exists():
            folder, _unused, variables = session.read_text(encoding="utf-8").partition("\n")
            self.user.work = Path(folder)
            self.user.environment = dict(entry.split("=", 1) for entry in variables.rstrip("\0").split("\0"))
        self._compare(example.shown, output)
        return output

    def _bash(self, script: str) -> tuple[int, str]:
        command = ("bash", "-e", "-u", "-o", "pipefail", "-c", script)
        return at_terminal(command, self.user.work, self.user.environment, self.world.typed)

    def _yaml(self, example: Example, later: str) -> str | None:
        content = parsed(example.text)
        if isinstance(content, dict):
            _check_variables(content)
        if PART in example.markers:
            return self._part(example.markers[PART], content)
        name, text = example.file, self.world.filled(example.text, self.user.home)
        if name:
            self._save(name, text)
        if name and name in later:
            return None
        if _is_source(content):
            return self._list(name or self._kept("example.qlik.yml", text))
        if _is_plays(content):
            return self._play(name or self._kept("play.yml", text))
        if isinstance(content, list):
            return self._play(self._kept("play.yml", written([_on_a_tenant(content)])))
        assert name, "nothing says what this is: name a file on its first line, or say what it continues"
        return None

    def _part(self, whole: str, content: t.Any) -> str | None:
        """A part of a source of the inventory is tried as such; of any other file it is parsed only."""
        path = self.user.work / whole
        if not path.name.endswith("qlik.yml") or not isinstance(content, dict):
            return None
        known = parsed(path.read_text(encoding="utf-8"))
        return self._list(self._kept("part.qlik.yml", written({**known, **content})))

    def _add(self, name: str, text: str) -> None:
        """Add settings to a file of settings."""
        settings = ConfigParser()
        settings.read(self.user.work / name)
        settings.read_string(text)
        with (self.user.work / name).open("w", encoding="utf-8") as file:
            settings.write(file)

    def _compare(self, expected: str, output: str) -> None:
        """Each line stands in what was printed; spaces and line breaks do not count."""
        printed = " ".join(output.replace("\\n", " ").replace('\\"', '"').split())
        for line in filter(None, map(str.strip, expected.splitlines())):
            pieces = (re.escape(" ".join(piece.split())) for piece in _DOTS.split(line))
            assert re.search(".*".join(pieces), printed), f"not printed: {line}\n{output}"

    # how it is done

    def _list(self, name: str) -> str:
        return self._run("ansible-inventory", "-i", name, "--graph", "--vars")

    def _play(self, name: str) -> str:
        return self._run("ansible-playbook", "-i", SOURCE, name)

    def _run(self, program: str, *arguments: str) -> str:
        done = self.user.run(program, *arguments)
        assert done.returncode == 0, f"{program} ended with {done.returncode}\n{done.stdout}{done.stderr}"
        return done.stdout + done.stderr

    def _save(self, name: str, text: str) -> None:
        path = self.user.work / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")

    def _kept(self, name: str, text: str) -> str:
        self._save(name, text)
        return name


def _check_variables(content: t.Mapping[str, t.Any]) -> None:
    """Variables of our roles are known to them."""
    for role in (ROOT / "roles").iterdir():
        specs = yaml.safe_load((role / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
        known = {name for spec in specs.values() for name in spec["options"]}
        unknown = {name for name in content if name.startswith(f"{role.name}_")} - known
        assert not unknown, f"the role {role.name} has no {', '.join(sorted(unknown))}"


def _is_run(example: Example) -> bool:
    return example.language in SHELL and LIVE not in example.markers


def _is_source(content: t.Any) -> bool:
    return isinstance(content, dict) and content.get("plugin") == PLUGIN


def _is_plays(content: t.Any) -> bool:
    return isinstance(content, list) and any("hosts" in item or "import_playbook" in item for item in content)


def _on_a_tenant(tasks: list[t.Any]) -> dict[str, t.Any]:
    return {"name": "Tasks of the example", "hosts": HOSTS["eu"][0], "gather_facts": False, "tasks": tasks}
