# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import re
import stat
import threading
import typing as t
from pathlib import Path

import pytest
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultSecret

from ansible_collections.qlikops.cloud.plugins.module_utils import _private_files
from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import FILE, Edit, Wish
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.plugin_utils._vault import Key, Vault
from ansible_collections.qlikops.cloud.plugins.plugin_utils._vault_file import VaultFile

KEY = Key("prod", VaultSecret(b"a password"))
EDIT = Edit(values={"a": 1}, secrets={"b": "s3cret"})


def file_at(path: Path, wait: float = 0) -> VaultFile:
    loader = DataLoader()
    loader.set_vault_secrets([(KEY.label, KEY.secret)])
    return VaultFile(str(path), Vault(loader, str), wait)


def change(path: Path, edit: Edit = EDIT, wish: Wish | None = None, backup: bool = False) -> str | None:
    file = file_at(path)
    with file.alone():
        document = file.read(wish or Wish())
        document.change(edit)
        kept = file.back_up(document) if backup else None
        file.write(document)
    return kept


def refused(sentence: str) -> t.Any:
    return pytest.raises(ConfigurationError, match=re.escape(sentence))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "book.yml"


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_a_file_is_made_for_its_owner_alone_and_nothing_but_its_lock_stays_beside_it(path: Path) -> None:
    before = os.umask(0)
    try:
        change(path)
    finally:
        os.umask(before)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert names(path.parent) == [".book.yml.lock", "book.yml"]
    assert b"s3cret" not in path.read_bytes()
    assert file_at(path).read(Wish()).values["a"] == 1
    assert str(file_at(path)) == str(path)


def test_a_file_that_others_could_read_is_theirs_no_more(path: Path) -> None:
    path.write_text("a: 2\n")
    path.chmod(0o644)
    change(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_reading_leaves_nothing_behind(path: Path) -> None:
    file_at(path).read(Wish()).change(EDIT)
    assert names(path.parent) == []


def test_what_is_written_outlives_a_loss_of_power(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bool] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(stat.S_ISDIR(os.fstat(handle).st_mode)))
    change(path)
    assert synced == [False, True]


def test_the_new_file_is_written_beside_the_old_one(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    moved: list[tuple[str, Path]] = []
    real = os.replace

    def replace(source: str, target: Path) -> None:
        moved.append((source, target))
        real(source, target)

    monkeypatch.setattr(os, "replace", replace)
    change(path)
    ((source, target),) = moved
    assert target == path
    assert source.startswith(f"{path.parent}/.book.yml.new-")


@pytest.mark.parametrize("name", ["book.yml", "[b]*?.yml"])
def test_what_an_interrupted_run_left_is_removed_and_nothing_else(name: str, tmp_path: Path) -> None:
    others = [".other.yml.new-xyz", ".b.yml.new-xyz", "book.yml.new-xyz"]
    for left in (f".{name}.new-abc", f".{name}.new-", *others):
        (tmp_path / left).write_text("x")
    (tmp_path / f".{name}.new-folder").mkdir()
    change(tmp_path / name)
    assert set(names(tmp_path)) == {name, f".{name}.lock", f".{name}.new-folder", *others}


def test_two_runs_take_turns(path: Path) -> None:
    file, order = file_at(path), ["first"]

    def second() -> None:
        with file_at(path, wait=20).alone():
            order.append("second")

    with file.alone():
        with (
            refused(f"Another run is changing {path}, or its folder takes no locks; run again later."),
            file_at(path).alone(),
        ):
            pass
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.1)
        order.append("still first")
    thread.join(20)
    assert order == ["first", "still first", "second"]


def test_a_link_in_place_of_the_lock_is_not_followed(path: Path) -> None:
    (path.parent / ".book.yml.lock").symlink_to(path.parent / "elsewhere")
    with refused("takes no locks"), file_at(path).alone():
        pass
    assert not (path.parent / "elsewhere").exists()


def _link(path: Path) -> None:
    (path.parent / "target").write_text("a: 2\n")
    path.symlink_to(path.parent / "target")


BAD: dict[str, tuple[t.Callable[[Path], t.Any], str]] = {
    "a link": (_link, "is a symbolic link; name the file that it leads to."),
    "a link to nothing": (lambda path: path.symlink_to("nothing"), "is a symbolic link"),
    "a folder": (Path.mkdir, "is no file."),
    "a pipe": (os.mkfifo, "is no file."),
    "a folder for everybody": (lambda path: path.parent.chmod(0o777), "is writable by others; take that away"),
    "a folder that is not there": (lambda path: path.parent.rmdir(), "cannot be used: No such file or directory."),
}


@pytest.mark.parametrize(("spoil", "sentence"), BAD.values(), ids=BAD)
def test_what_is_not_safe_is_refused_before_anything_is_made(
    spoil: t.Callable[[Path], t.Any], sentence: str, tmp_path: Path
) -> None:
    path = tmp_path / "folder" / "book.yml"
    path.parent.mkdir()
    spoil(path)
    with refused(sentence):
        file_at(path).read(Wish())
    with refused(sentence), file_at(path).alone():
        pass
    assert not path.with_name(".book.yml.lock").exists()


def test_the_file_of_somebody_else_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text("a: 2\n")
    somebody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    with refused("belongs to another user, and would not any more; run as its owner."):
        file_at(path).read(Wish())


def test_a_folder_for_everybody_where_each_keeps_his_own_is_fine(path: Path) -> None:
    path.parent.chmod(0o777 | stat.S_ISVTX)
    change(path)
    assert path.exists()


def test_a_file_that_cannot_be_read_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(self: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", fail)
    with refused(f"{path} cannot be read: Permission denied."):
        file_at(path).read(Wish())


def test_a_file_that_cannot_be_written_stays_as_it_was(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path.write_text("a: 2\n")

    def fail(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(_private_files.os, "fsync", fail)
    with refused(f"{path} cannot be written: No space left on device."):
        change(path)
    assert path.read_text() == "a: 2\n"
    assert names(path.parent) == [".book.yml.lock", "book.yml"]


def test_there_is_no_backup_of_nothing(path: Path) -> None:
    assert change(path, backup=True) is None


def test_each_backup_is_a_file_of_its_own_even_within_a_second(path: Path) -> None:
    change(path)
    first = path.read_text()
    kept = [change(path, Edit(values={"a": number}), backup=True) for number in (2, 3, 4)]
    assert len(set(kept)) == 3
    assert KEY.open(Path(str(kept[0])).read_text(), "x") == first
    for name in kept:
        assert re.fullmatch(r"book\.yml\.\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z~", Path(str(name)).name)
        assert stat.S_IMODE(Path(str(name)).stat().st_mode) == 0o600


@pytest.mark.parametrize("encrypt", [None, FILE])
@pytest.mark.parametrize("edit", [EDIT, Edit(remove=("b",)), Edit(values={"c": 1})], ids=["taken", "removed", "left"])
def test_a_backup_of_plain_text_is_encrypted(edit: Edit, encrypt: str | None, path: Path) -> None:
    path.write_text("b: s3cret\n")
    kept = change(path, edit, Wish(encrypt, None, True), backup=True)
    content = Path(str(kept)).read_text()
    assert KEY.open(content, "x") == "b: s3cret\n"


def test_a_backup_of_what_is_closed_as_a_whole_is_the_same(path: Path) -> None:
    change(path, wish=Wish(FILE))
    first = path.read_bytes()
    assert Path(str(change(path, Edit(values={"a": 2}), backup=True))).read_bytes() == first


def test_all_is_closed_with_a_new_password(path: Path, tmp_path: Path) -> None:
    change(path)
    (tmp_path / "new").write_text("new\n")
    file = file_at(path)
    document = file.read(Wish())
    file.rekey(document, None, str(tmp_path / "new"))
    file.write(document)
    assert document.touched == ["b"]
    assert Key("prod", VaultSecret(b"new")).open(file.read(Wish()).values["b"], "x") == "s3cret"


@pytest.mark.parametrize(("folder", "is_advised"), [("group_vars", True), ("host_vars/x", True), ("qlik", False)])
def test_inventories_show_what_lies_in_their_folders(folder: str, is_advised: bool) -> None:
    assert bool(file_at(Path("/a") / folder / "book.yml").advice) is is_advised
    assert file_at(Path("/a/group_vars")).advice is None
