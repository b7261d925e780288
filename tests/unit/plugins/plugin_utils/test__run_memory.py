# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import importlib.util
import os
import sys
import threading
import time
import types
import typing as t
from pathlib import Path

import pytest
from ansible import constants as C

from ansible_collections.qlikops.cloud.plugins.plugin_utils import _run_memory
from ansible_collections.qlikops.cloud.plugins.plugin_utils._run_memory import remembered

CONTENT = b"a-plain-s3cret of client-0123456789"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The run's own folder; this process counts as a worker, and files need no time to settle."""
    folder = tmp_path / "run"
    folder.mkdir(mode=0o700)
    monkeypatch.setattr(C, "DEFAULT_LOCAL_TMP", str(folder))
    monkeypatch.setattr(_run_memory, "_KEY_MADE_IN", 0)
    monkeypatch.setattr(_run_memory, "SETTLED", -1.0)
    return folder


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "book.yml"
    path.write_bytes(b"one")
    return path


def must_not_find_out() -> bytes:
    raise AssertionError("it was found out anew")


def known(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.known"))


def ask(file: Path, content: bytes = CONTENT, what: str = "book") -> bytes:
    return remembered(str(file), what, lambda: content)


def is_known(file: Path) -> bool:
    return ask(file) == CONTENT and ask(file, b"found out anew") == CONTENT


def of_fork(act: t.Callable[[], bytes]) -> bytes:
    """What act returns in a fork of this process."""
    source, sink = os.pipe()
    if not os.fork():
        try:
            os.write(sink, act())
        finally:
            os._exit(0)
    os.close(sink)
    with os.fdopen(source, "rb") as pipe:
        answer = pipe.read()
    os.wait()
    return answer


def another_copy(name: str = "_another_run_memory") -> types.ModuleType:
    """The room as a process would load it that has not inherited it."""
    spec = importlib.util.spec_from_file_location(name, str(_run_memory.__file__))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_is_found_out_once(file: Path) -> None:
    assert ask(file) == CONTENT
    assert remembered(str(file), "book", must_not_find_out) == CONTENT


def test_a_fork_knows_what_another_found_out(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_run_memory, "_KEY_MADE_IN", os.getpid())
    assert of_fork(lambda: ask(file)) == CONTENT
    assert of_fork(lambda: remembered(str(file), "book", must_not_find_out)) == CONTENT


def test_where_the_key_was_made_nothing_is_kept(file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A worker that loads this room by itself would leave what nobody can open."""
    monkeypatch.setattr(_run_memory, "_KEY_MADE_IN", os.getpid())
    assert not is_known(file)
    assert list(folder.iterdir()) == []


def test_another_key_opens_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ask(file)
    other = another_copy()
    other_key = t.cast("bytes", vars(other)["_KEY"])
    assert other_key != _run_memory._KEY
    monkeypatch.setattr(_run_memory, "_KEY", other_key)
    assert ask(file, b"anew") == b"anew"


def test_content_cannot_be_read_off(file: Path, folder: Path) -> None:
    ask(file)
    everything = b"".join(path.read_bytes() for path in folder.iterdir())
    assert b"s3cret" not in everything
    assert b"client-0123456789" not in everything
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def _rewritten(file: Path) -> None:
    file.write_bytes(b"two and more")


def _replaced(file: Path) -> None:
    other = file.with_name("other")
    other.write_bytes(file.read_bytes())
    os.replace(other, file)


def _of_another_time(file: Path) -> None:
    os.utime(file, ns=(1, 1))


@pytest.mark.parametrize("change", [_rewritten, _replaced, _of_another_time])
def test_a_changed_file_is_looked_at_anew(file: Path, change: t.Callable[[Path], None]) -> None:
    assert is_known(file)
    change(file)
    assert ask(file, b"anew") == b"anew"


def test_other_files_and_other_ends_are_told_apart(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.yml"
    os.link(file, link)
    ask(file)
    assert ask(link, b"of the link") == b"of the link"
    assert ask(file, b"of another kind", what="another") == b"of another kind"
    assert is_known(file)


def test_a_file_that_may_still_be_written_to_is_not_kept(
    file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_run_memory, "SETTLED", 60.0)
    assert not is_known(file)
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("name", ["missing.yml", "nul\0.yml", "."], ids=["missing", "no name", "folder"])
def test_what_is_no_file_is_not_kept(tmp_path: Path, folder: Path, name: str) -> None:
    assert remembered(f"{tmp_path}/{name}", "book", lambda: CONTENT) == CONTENT
    assert list(folder.iterdir()) == []


def test_a_name_that_is_no_text_is_known_too(tmp_path: Path) -> None:
    path = tmp_path / "b\udcffook.yml"
    path.write_bytes(b"one")
    assert is_known(path)


def test_an_error_passes_and_nothing_is_kept(file: Path, folder: Path) -> None:
    def fail() -> bytes:
        raise LookupError("as it is")

    with pytest.raises(LookupError, match="as it is"):
        remembered(str(file), "book", fail)
    assert known(folder) == []
    assert is_known(file)


@pytest.mark.parametrize(
    "spoil",
    [
        pytest.param(lambda path: path.write_bytes(b""), id="empty"),
        pytest.param(lambda path: path.write_bytes(b"foreign"), id="foreign"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes()[:-1]), id="cut"),
        pytest.param(lambda path: path.write_bytes(path.read_bytes() + b"x"), id="longer"),
        pytest.param(lambda path: (path.unlink(), path.mkdir()), id="folder"),
    ],
)
def test_a_spoilt_memory_is_passed_over(file: Path, folder: Path, spoil: t.Callable[[Path], t.Any]) -> None:
    ask(file)
    spoil(*known(folder))
    assert ask(file, b"anew") == b"anew"


def test_one_memory_does_not_pass_for_another(file: Path, folder: Path) -> None:
    ask(file)
    (one,) = known(folder)
    ask(file, b"another", what="another")
    (other,) = set(known(folder)) - {one}
    os.replace(other, one)
    assert ask(file, b"anew") == b"anew"


@pytest.mark.parametrize("place", ["missing", "file"])
def test_without_a_folder_it_is_found_out_each_time(
    file: Path, tmp_path: Path, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(C, "DEFAULT_LOCAL_TMP", str(tmp_path / place))
    assert not is_known(file)


def test_a_full_disk_is_no_failure(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*arguments: t.Any) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(_run_memory, "write_private", fail)
    assert not is_known(file)


def test_without_cryptography_it_is_found_out_each_time(
    file: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in sys.modules if name.split(".")[0] == "cryptography"]:
        monkeypatch.setitem(sys.modules, name, None)
    room = another_copy()
    monkeypatch.setattr(room, "_KEY_MADE_IN", 0)
    room.warm_up()
    assert room.remembered(str(file), "book", lambda: CONTENT) == CONTENT
    assert list(folder.iterdir()) == []


def test_of_many_at_once_one_finds_out_and_the_others_wait(file: Path) -> None:
    turns: list[int] = []
    answers: list[bytes] = []

    def find_out() -> bytes:
        turns.append(1)
        time.sleep(0.1)
        return CONTENT

    workers = [
        threading.Thread(target=lambda: answers.append(remembered(str(file), "book", find_out))) for worker in range(4)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert answers == [CONTENT] * len(workers)
    assert len(turns) == 1


def test_nobody_waits_for_ever(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_run_memory, "WAIT", 0.05)
    assert remembered(str(file), "book", lambda: ask(file, b"of one who did not wait")) == b"of one who did not wait"
