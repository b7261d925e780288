# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import fcntl
import json
import os
import secrets
import stat
import time
import typing as t
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from ansible_collections.qlikops.cloud.plugins.module_utils import _private_files
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._journal import Journal, user_state_dir

HOST = "register.eu.qlikcloud.com"
NORTH = "north.eu.qlikcloud.com"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "state" / "journal"


@pytest.fixture
def journal(folder: Path) -> Journal:
    made = Journal(str(folder), HOST)
    with made.alone(0):
        return made


def entries(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


def unable(number: int) -> t.Callable[..., t.NoReturn]:
    def fail(*_arguments: t.Any, **_more: t.Any) -> t.NoReturn:
        raise OSError(number, os.strerror(number))

    return fail


def test_an_attempt_is_remembered_until_it_is_finished(journal: Journal, folder: Path) -> None:
    begun = journal.begin(NORTH, "1000", ["t-1", "t-2"])
    assert (begun.alias, begun.subscription, begun.before, begun.created) == (NORTH, "1000", ("t-1", "t-2"), None)
    assert Journal(str(folder), HOST).attempts() == [begun]
    journal.finish(begun)
    assert journal.attempts() == []
    assert entries(folder) == []


def test_the_name_of_an_attempt_stays_text_when_it_is_pasted(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(secrets, "token_hex", lambda length: "01234567")
    name = journal.begin(NORTH, None, ()).name
    assert yaml.safe_load(f"confirm_not_created: [{name}]") == {"confirm_not_created": [name]}


def test_the_tenant_that_was_found_takes_the_place_of_what_was_before(journal: Journal) -> None:
    begun = journal.begin(NORTH, None, ["t-1"])
    journal.found(begun, "t-2")
    assert journal.attempts() == [replace(begun, before=(), created="t-2")]


def test_finishing_twice_does_not_matter(journal: Journal) -> None:
    begun = journal.begin(NORTH, None, ())
    journal.finish(begun)
    journal.finish(begun)
    assert journal.attempts() == []


def test_attempts_come_in_the_order_of_their_beginning(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    begun = []
    for moment in (3000.0, 1000.0, 2000.0):
        monkeypatch.setattr(time, "time", lambda moment=moment: moment)
        begun.append(journal.begin(NORTH, None, ()))
    assert journal.attempts() == [begun[1], begun[2], begun[0]]
    assert begun[1].started_at == "1970-01-01T00:16:40Z"


def test_two_attempts_of_one_alias_have_two_names(journal: Journal) -> None:
    assert len({journal.begin(NORTH, None, ()).name for _time in range(20)}) == 20


@pytest.mark.parametrize("host", ["register.us.qlikcloud.com", f"{HOST}.example", "register.*.qlikcloud.com"])
def test_every_region_has_a_journal_of_its_own(journal: Journal, folder: Path, host: str) -> None:
    mine = journal.begin(NORTH, None, ())
    other = Journal(str(folder), host)
    theirs = other.begin(NORTH, None, ())
    assert journal.attempts() == [mine]
    assert other.attempts() == [theirs]


@pytest.mark.parametrize("host", ["../../host", "a/b", "c\nd", "é\0"], ids=repr)
def test_a_host_leads_out_of_no_folder(folder: Path, host: str) -> None:
    journal = Journal(str(folder), host)
    with journal.alone(0):
        begun = journal.begin(NORTH, None, ())
    assert journal.attempts() == [begun]
    assert {path.parent for path in folder.parent.rglob("*.json")} == {folder}


def test_a_folder_that_cannot_be_made_durable_holds_no_attempt(
    journal: Journal, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_private_files, "_sync_folder", unable(errno.EINVAL))
    with pytest.raises(ConfigurationError, match="cannot be kept"):
        journal.begin(NORTH, None, ())
    assert entries(folder) == []


def test_only_the_owner_can_read_the_journal(journal: Journal, folder: Path) -> None:
    journal.begin(NORTH, None, ())
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()} == {0o600}


def test_what_is_written_outlives_a_loss_of_power(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(stat.S_ISDIR(os.fstat(handle).st_mode)))
    begun = journal.begin(NORTH, None, ())
    assert synced == [False, True]
    journal.found(begun, "t-1")
    assert synced == [False, True] * 2


def test_two_runs_are_not_alone_at_once(journal: Journal, folder: Path) -> None:
    taken = r"^Another run is creating a tenant there, or .* takes no locks: nothing was sent"
    with journal.alone(0):
        with pytest.raises(ConfigurationError, match=taken):
            Journal(str(folder), HOST).alone(0.05).__enter__()
        with Journal(str(folder), "register.us.qlikcloud.com").alone(0):
            pass
    with Journal(str(folder), HOST).alone(0):
        pass


def test_a_file_system_without_locks_is_refused(journal: Journal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fcntl, "flock", unable(errno.ENOLCK))
    with pytest.raises(ConfigurationError, match="takes no locks: nothing was sent"):
        journal.alone(30).__enter__()


@pytest.mark.parametrize("number", [errno.EACCES, errno.EIO, errno.ESTALE], ids=errno.errorcode.get)
def test_a_folder_that_cannot_be_read_is_not_an_empty_one(
    journal: Journal, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    journal.begin(NORTH, None, ())
    monkeypatch.setattr(os, "listdir", unable(number))
    monkeypatch.setattr(os, "scandir", unable(number))
    with pytest.raises(ConfigurationError, match=r"cannot be kept in .* name another folder with journal_dir"):
        journal.attempts()


def test_a_folder_that_is_not_there_holds_no_attempt_and_is_not_made(folder: Path) -> None:
    assert Journal(str(folder), HOST).attempts() == []
    assert not folder.exists()


def test_a_new_folder_outlives_a_loss_of_power(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_ino))
    with Journal(str(folder), HOST).alone(0):
        parents = [folder.parent.stat().st_ino, folder.parent.parent.stat().st_ino]
        assert synced[:2] == parents
    synced.clear()
    with Journal(str(folder), HOST).alone(0):
        assert synced == []


def test_a_new_folder_that_cannot_be_made_durable_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "fsync", unable(errno.EIO))
    with pytest.raises(ConfigurationError, match=r"cannot be kept in .* Input/output error"):
        Journal(str(folder), HOST).alone(0).__enter__()


def test_a_folder_that_others_can_write_to_is_refused(folder: Path) -> None:
    folder.mkdir(parents=True)
    folder.chmod(0o770)
    with pytest.raises(ConfigurationError, match="can be written by others; name another folder with journal_dir"):
        Journal(str(folder), HOST).alone(0).__enter__()


def test_a_folder_of_somebody_else_is_refused(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    somebody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    with pytest.raises(ConfigurationError, match="belongs to somebody else"):
        Journal(str(folder), HOST).alone(0).__enter__()


@pytest.mark.parametrize("step", ["begin", "found", "finish"])
def test_a_full_folder_is_told(journal: Journal, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    begun = journal.begin(NORTH, None, ())
    monkeypatch.setattr(os, "replace", unable(errno.ENOSPC))
    monkeypatch.setattr(Path, "unlink", unable(errno.ENOSPC))
    steps: dict[str, t.Callable[[], object]] = {
        "begin": lambda: journal.begin(NORTH, None, ()),
        "found": lambda: journal.found(begun, "t-1"),
        "finish": lambda: journal.finish(begun),
    }
    with pytest.raises(ConfigurationError, match=r"cannot be kept in .*: No space left on device;"):
        steps[step]()
    assert journal.attempts() == [begun]


ROW: dict[str, t.Any] = {
    "name": "n",
    "started_at": "2030-01-01T00:00:00Z",
    "alias": NORTH,
    "subscription": None,
    "before": [],
    "created": None,
}


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(json.dumps(ROW).encode()[:40], id="cut short"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"{}", id="nothing in it"),
        pytest.param(json.dumps({**ROW, "before": None}).encode(), id="nothing before"),
        pytest.param(json.dumps({**ROW, "more": 1}).encode(), id="of a later version"),
    ],
)
def test_a_broken_entry_is_never_taken_for_none(journal: Journal, folder: Path, content: bytes) -> None:
    journal.begin(NORTH, None, ())
    entries(folder)[0].write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"^The journal .*\.json cannot be read, so nothing is created"):
        journal.attempts()


def test_an_entry_that_cannot_be_read_is_never_taken_for_none(journal: Journal, folder: Path) -> None:
    journal.begin(NORTH, None, ())
    path = entries(folder)[0]
    path.unlink()
    path.mkdir()
    with pytest.raises(ConfigurationError, match="so nothing is created"):
        journal.attempts()


def test_an_entry_that_is_removed_meanwhile_is_none(journal: Journal, folder: Path) -> None:
    journal.begin(NORTH, None, ())
    path = entries(folder)[0]
    path.unlink()
    path.symlink_to(folder / "nowhere")
    assert journal.attempts() == []


def test_what_a_killed_run_left_unfinished_is_no_entry(journal: Journal, folder: Path) -> None:
    (folder / ".new-abc").write_bytes(b"{")
    assert journal.attempts() == []


@pytest.mark.parametrize(
    ("base", "expected"),
    [
        pytest.param(None, "/home/somebody/.local/state/qlikops.cloud", id="unset"),
        pytest.param("", "/home/somebody/.local/state/qlikops.cloud", id="empty"),
        pytest.param("/var/state/somebody", "/var/state/somebody/qlikops.cloud", id="set"),
        pytest.param("state", "/home/somebody/.local/state/qlikops.cloud", id="relative, which counts as unset"),
    ],
)
def test_state_of_the_user(monkeypatch: pytest.MonkeyPatch, base: str | None, expected: str) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    monkeypatch.setenv("XDG_STATE_HOME", base or "")
    if base is None:
        monkeypatch.delenv("XDG_STATE_HOME")
    assert user_state_dir() == expected
