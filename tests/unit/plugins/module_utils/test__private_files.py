# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import fcntl
import os
import stat
import threading
import time
import typing as t
from pathlib import Path

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._private_files import (
    durable_folder,
    locked,
    private_folder,
    write_private,
)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


@pytest.fixture
def open_umask() -> t.Iterator[None]:
    """A umask that takes nothing away."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_umask")
def test_folder_is_made_for_its_owner_alone_with_those_above_it(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "home" / "cache" / "qlikops.cloud")
    assert folder == tmp_path / "home" / "cache" / "qlikops.cloud"
    assert mode(folder) == 0o700


def test_folder_may_be_there_already(tmp_path: Path) -> None:
    folder = private_folder(tmp_path / "tokens")
    (folder / "kept").touch()
    assert private_folder(str(folder)) == folder
    assert (folder / "kept").exists()


@pytest.mark.parametrize(
    ("bits", "is_accepted"),
    [
        pytest.param(0o700, True, id="owner alone"),
        pytest.param(0o755, True, id="readable by others"),
        pytest.param(0o770, False, id="writable by the group"),
        pytest.param(0o702, False, id="writable by others"),
        pytest.param(0o777 | stat.S_ISVTX, False, id="like /tmp"),
    ],
)
def test_folder_that_others_can_write_to_is_refused(tmp_path: Path, bits: int, is_accepted: bool) -> None:
    folder = tmp_path / "tokens"
    folder.mkdir()
    folder.chmod(bits)
    if is_accepted:
        assert private_folder(folder) == folder
    else:
        with pytest.raises(PermissionError):
            private_folder(folder)


def test_folder_of_somebody_else_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    somebody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    with pytest.raises(PermissionError):
        private_folder(tmp_path / "tokens")


def test_link_to_a_private_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(private_folder(tmp_path / "tokens"))
    with pytest.raises(PermissionError):
        private_folder(tmp_path / "link")


def test_file_in_place_of_the_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "tokens").touch()
    with pytest.raises(OSError, match="tokens"):
        private_folder(tmp_path / "tokens")


def test_folder_that_cannot_be_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    # root may write anywhere, so a mode of 0500 would prove nothing
    monkeypatch.setattr(os, "access", lambda path, wanted: not wanted & os.W_OK)
    with pytest.raises(PermissionError):
        private_folder(tmp_path / "tokens")


@pytest.mark.usefixtures("open_umask")
def test_file_is_for_its_owner_alone_and_nothing_else_is_left(tmp_path: Path) -> None:
    write_private(tmp_path / "secret", b"content")
    assert (tmp_path / "secret").read_bytes() == b"content"
    assert mode(tmp_path / "secret") == 0o600
    assert os.listdir(tmp_path) == ["secret"]


@pytest.mark.usefixtures("open_umask")
def test_file_that_others_can_read_becomes_private_when_replaced(tmp_path: Path) -> None:
    (tmp_path / "secret").write_bytes(b"old")
    write_private(tmp_path / "secret", b"new")
    assert (tmp_path / "secret").read_bytes() == b"new"
    assert mode(tmp_path / "secret") == 0o600


def test_link_in_place_of_the_file_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret").symlink_to(tmp_path / "elsewhere")
    write_private(tmp_path / "secret", b"content")
    assert not (tmp_path / "elsewhere").exists()
    assert not (tmp_path / "secret").is_symlink()


@pytest.mark.parametrize("moment", [0.0, 1.0, 4_000_000_000.5], ids=str)
def test_time_of_the_file_is_of_choice(tmp_path: Path, moment: float) -> None:
    write_private(tmp_path / "secret", b"", moment)
    assert (tmp_path / "secret").stat().st_mtime == moment


def test_time_of_the_file_is_now_by_default(tmp_path: Path) -> None:
    write_private(tmp_path / "secret", b"")
    assert (tmp_path / "secret").stat().st_mtime == pytest.approx(time.time(), abs=5)


@pytest.mark.parametrize("step", ["fdopen", "utime", "replace"])
def test_failure_leaves_the_old_file_and_no_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str) -> None:
    def fail(*_arguments: t.Any) -> t.NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    write_private(tmp_path / "secret", b"old")
    monkeypatch.setattr(os, step, fail)
    with pytest.raises(OSError, match="No space"):
        write_private(tmp_path / "secret", b"new", 1.0)
    assert (tmp_path / "secret").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["secret"]


def test_failure_is_told_even_when_nothing_can_be_cleaned_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: t.Any) -> t.NoReturn:
        raise OSError(errno.EROFS, "Read-only file system")

    monkeypatch.setattr(os, "replace", fail)
    monkeypatch.setattr(os, "unlink", fail)
    with pytest.raises(OSError, match="Read-only"):
        write_private(tmp_path / "secret", b"content")


@pytest.mark.usefixtures("open_umask")
def test_lock_is_got_when_free_and_its_file_is_private(tmp_path: Path) -> None:
    with locked(tmp_path / "lock", 0) as held:
        assert held is True
    assert mode(tmp_path / "lock") == 0o600


def test_lock_is_exclusive_and_waiting_for_it_is_bounded(tmp_path: Path) -> None:
    started = time.monotonic()
    with locked(tmp_path / "lock", 0) as first, locked(tmp_path / "lock", 0.1) as second:
        assert (first, second) == (True, False)
    assert 0.1 <= time.monotonic() - started < 2
    with locked(tmp_path / "lock", 0) as third:
        assert third is True


def test_lock_is_got_as_soon_as_it_is_given_back(tmp_path: Path) -> None:
    taken, leave = threading.Event(), threading.Event()

    def hold() -> None:
        with locked(tmp_path / "lock", 0):
            taken.set()
            leave.wait(5)

    holder = threading.Thread(target=hold)
    holder.start()
    assert taken.wait(5)
    threading.Timer(0.1, leave.set).start()
    started = time.monotonic()
    with locked(tmp_path / "lock", 30) as held:
        assert held is True
    assert time.monotonic() - started < 5
    holder.join()


def test_lock_is_given_back_after_an_error(tmp_path: Path) -> None:
    def fail() -> None:
        with locked(tmp_path / "lock", 0):
            raise RuntimeError("the work failed")

    with pytest.raises(RuntimeError, match="the work failed"):
        fail()
    with locked(tmp_path / "lock", 0) as held:
        assert held is True


def test_work_goes_on_where_no_lock_file_can_be_made(tmp_path: Path) -> None:
    with locked(tmp_path / "no such folder" / "lock", 30) as held:
        assert held is False


def test_lock_file_that_is_a_link_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "lock").symlink_to(tmp_path / "elsewhere")
    with locked(tmp_path / "lock", 30) as held:
        assert held is False
    assert not (tmp_path / "elsewhere").exists()


def test_work_goes_on_at_once_on_a_file_system_without_locks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def unable(_handle: int, _operation: int) -> t.NoReturn:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", unable)
    monkeypatch.setattr(time, "sleep", pytest.fail)
    with locked(tmp_path / "lock", 30) as held:
        assert held is False


def synced(monkeypatch: pytest.MonkeyPatch, path: Path) -> list[tuple[str, bool]]:
    """Each fsync: of what, and whether the file stood at its place then."""
    seen: list[tuple[str, bool]] = []

    def watch(handle: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        assert kind == "folder" or os.fstat(handle).st_size == len(b"content")
        seen.append((kind, path.exists()))

    monkeypatch.setattr(os, "fsync", watch)
    return seen


def test_durable_file_is_synced_before_it_is_in_place_and_its_folder_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen = synced(monkeypatch, tmp_path / "secret")
    write_private(tmp_path / "secret", b"content", durable=True)
    assert seen == [("file", False), ("folder", True)]
    assert (tmp_path / "secret").read_bytes() == b"content"


def test_nothing_is_synced_unless_asked_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = synced(monkeypatch, tmp_path / "secret")
    write_private(tmp_path / "secret", b"content")
    assert seen == []


@pytest.mark.parametrize("failing", ["file", "folder"])
def test_durable_file_that_cannot_be_synced_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    def fail(handle: int) -> None:
        if stat.S_ISDIR(os.fstat(handle).st_mode) is (failing == "folder"):
            raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        write_private(tmp_path / "secret", b"content", durable=True)
    assert [path.name for path in tmp_path.iterdir()] == (["secret"] if failing == "folder" else [])


def test_folder_that_was_synced_is_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    handles: list[int] = []
    monkeypatch.setattr(os, "fsync", handles.append)
    write_private(tmp_path / "secret", b"content", durable=True)
    for handle in handles:
        with pytest.raises(OSError, match="Bad file descriptor"):
            os.fstat(handle)
    assert len(handles) == 2


def folders_synced(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The number of each folder of which there was an fsync."""
    seen: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: seen.append(os.fstat(handle).st_ino))
    return seen


def test_durable_folder_is_private_and_synced_with_all_above_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen, folder = folders_synced(monkeypatch), tmp_path / "state" / "mine" / "journal"
    durable_folder(folder)
    assert seen == [parent.stat().st_ino for parent in folder.parents]
    assert mode(folder) == 0o700


def test_durable_folder_that_is_there_is_synced_no_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    durable_folder(tmp_path / "journal")
    seen = folders_synced(monkeypatch)
    durable_folder(tmp_path / "journal")
    assert seen == []


def test_durable_folder_lies_in_folders_that_we_may_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen, right, folder = folders_synced(monkeypatch), os.open, tmp_path / "hidden" / "state" / "journal"

    def opened(path: t.Any, *arguments: t.Any, **more: t.Any) -> int:
        if str(path) == str(tmp_path / "hidden"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return right(path, *arguments, **more)

    monkeypatch.setattr(os, "open", opened)
    durable_folder(folder)
    assert seen == [parent.stat().st_ino for parent in folder.parents if parent.name != "hidden"]


def test_durable_folder_that_cannot_be_synced_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_handle: int) -> t.NoReturn:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(OSError, match="Input/output"):
        durable_folder(tmp_path / "journal")


def test_durable_folder_that_others_can_write_to_is_refused(tmp_path: Path) -> None:
    (tmp_path / "journal").mkdir()
    (tmp_path / "journal").chmod(0o770)
    with pytest.raises(PermissionError):
        durable_folder(tmp_path / "journal")
