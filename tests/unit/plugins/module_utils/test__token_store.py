# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import errno
import json
import multiprocessing
import os
import stat
import time
import typing as t
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils import _sealing, _token_store
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    ApiError,
    AuthenticationError,
    PermissionDeniedError,
    RateLimitError,
    TenantDisabledError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._private_files import locked
from ansible_collections.qlikops.cloud.plugins.module_utils._token_store import (
    REFUSAL_HOLDS,
    SWEEP_EVERY,
    FolderStore,
    MemoryStore,
    open_store,
    user_cache_dir,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import Token, TokenKey, TokenStore

SECRET = "a-client-secret"
KEY = TokenKey("console.qlikcloud.com", "client-1")


class Endpoint:
    """Hands out a token per call, and counts them."""

    def __init__(self, life: float = 21_600) -> None:
        self.calls = 0
        self.life = life

    def __call__(self) -> Token:
        self.calls += 1
        return Token(f"token-{self.calls}", time.time() + self.life, self.life, "a scope")


def anything(_token: Token) -> bool:
    return True


@pytest.fixture(params=["folder", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> TokenStore:
    return FolderStore(tmp_path) if request.param == "folder" else MemoryStore()


@pytest.fixture
def folder_store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path)


def tokens_in(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.token"))


def test_a_kept_token_serves_again(store: TokenStore) -> None:
    fetch = Endpoint()
    first = store.obtain(KEY, SECRET, anything, fetch)
    assert first.value == "token-1"
    assert store.obtain(KEY, SECRET, anything, fetch) == first
    assert fetch.calls == 1


def test_a_kept_token_that_is_not_accepted_is_replaced_for_all(store: TokenStore) -> None:
    fetch = Endpoint()
    store.obtain(KEY, SECRET, anything, fetch)
    assert store.obtain(KEY, SECRET, lambda token: token.value != "token-1", fetch).value == "token-2"
    assert store.obtain(KEY, SECRET, anything, fetch).value == "token-2"
    assert fetch.calls == 2


def test_a_changed_secret_drops_the_token(store: TokenStore) -> None:
    fetch = Endpoint()
    store.obtain(KEY, SECRET, anything, fetch)
    assert store.obtain(KEY, "a-rotated-secret", anything, fetch).value == "token-2"


@pytest.mark.parametrize(
    "key",
    [
        pytest.param(replace(KEY, host="register.us.qlikcloud.com"), id="host"),
        pytest.param(replace(KEY, client_id="client-2"), id="client"),
        pytest.param(replace(KEY, grant="urn:qlik:oauth:user-impersonation"), id="grant"),
        pytest.param(replace(KEY, scope="cloud-console.tenants:read"), id="scope"),
        pytest.param(TokenKey("console.qlikcloud.comclient-1", ""), id="the same letters"),
    ],
)
def test_what_serves_something_else_is_another_token(store: TokenStore, key: TokenKey) -> None:
    fetch = Endpoint()
    store.obtain(KEY, SECRET, anything, fetch)
    assert store.obtain(key, SECRET, anything, fetch).value == "token-2"
    assert store.obtain(KEY, SECRET, anything, fetch).value == "token-1"


def test_a_token_request_that_fails_keeps_nothing(store: TokenStore) -> None:
    def fail() -> t.NoReturn:
        raise RuntimeError("refused")

    with pytest.raises(RuntimeError, match="refused"):
        store.obtain(KEY, SECRET, anything, fail)
    assert store.obtain(KEY, SECRET, anything, Endpoint()).value == "token-1"


def test_another_process_finds_the_token_on_disk(tmp_path: Path) -> None:
    fetch = Endpoint()
    kept = FolderStore(tmp_path).obtain(KEY, SECRET, anything, fetch)
    assert FolderStore(tmp_path).obtain(KEY, SECRET, anything, fetch) == kept
    assert fetch.calls == 1


def test_memory_serves_one_store_alone() -> None:
    fetch = Endpoint()
    for _process in range(2):
        MemoryStore().obtain(KEY, SECRET, anything, fetch)
    assert fetch.calls == 2


def test_host_names_are_the_same_in_any_case(folder_store: FolderStore) -> None:
    fetch = Endpoint()
    folder_store.obtain(KEY, SECRET, anything, fetch)
    folder_store.obtain(replace(KEY, host="Console.QlikCloud.com"), SECRET, anything, fetch)
    assert fetch.calls == 1


def test_files_are_private_and_tell_nothing(folder_store: FolderStore, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        token = folder_store.obtain(KEY, SECRET, anything, Endpoint())
    finally:
        os.umask(before)
    files = list(tmp_path.iterdir())
    assert {file.suffix or file.name for file in files} == {".token", ".lock", ".swept"}
    for file in files:
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        for open_text in (token.value, SECRET, KEY.client_id, KEY.host):
            assert open_text not in file.name
            assert open_text.encode() not in file.read_bytes()


def test_time_of_a_file_is_the_expiry(folder_store: FolderStore, tmp_path: Path) -> None:
    token = folder_store.obtain(KEY, SECRET, anything, Endpoint())
    assert tokens_in(tmp_path)[0].stat().st_mtime == pytest.approx(token.expires_at, abs=1e-3)


class Refusing(Endpoint):
    """Refuses the credential, and counts how often it is asked."""

    def __init__(self, error: ApiError) -> None:
        super().__init__()
        self.error = error

    def __call__(self) -> Token:
        self.calls += 1
        raise self.error


REFUSAL = AuthenticationError("It is wrong.", host="h", status=401, code="invalid_client", trace_id="f00")


def refusals(store: TokenStore, fetch: Endpoint, secret: str = SECRET, times: int = 2) -> list[ApiError]:
    caught = []
    for _use in range(times):
        with pytest.raises(ApiError) as error:
            store.obtain(KEY, secret, anything, fetch)
        caught.append(error.value)
    return caught


def test_a_refused_secret_is_sent_once_in_a_while(folder_store: FolderStore, tmp_path: Path) -> None:
    fetch = Refusing(REFUSAL)
    first, second = refusals(folder_store, fetch)
    assert fetch.calls == 1
    assert (str(second), second.facts(), second.__class__) == (str(first), first.facts(), AuthenticationError)
    (mark,) = tmp_path.glob("*.refusal")
    assert stat.S_IMODE(mark.stat().st_mode) == 0o600
    assert b"wrong" not in mark.read_bytes()


def test_another_secret_is_sent_at_once(folder_store: FolderStore) -> None:
    refusals(folder_store, Refusing(REFUSAL), times=1)
    assert folder_store.obtain(KEY, "another-secret", anything, Endpoint()).value == "token-1"


@pytest.mark.parametrize("age", [REFUSAL_HOLDS + 1, -60], ids=["a while ago", "a clock that went back"])
def test_a_refusal_holds_for_a_while(folder_store: FolderStore, tmp_path: Path, age: float) -> None:
    refusals(folder_store, Refusing(REFUSAL), times=1)
    (mark,) = tmp_path.glob("*.refusal")
    os.utime(mark, (time.time() - age, time.time() - age))
    assert folder_store.obtain(KEY, SECRET, anything, Endpoint()).value == "token-1"


@pytest.mark.parametrize("content", [b"", b"foreign", b"a" * 200])
def test_a_refusal_that_is_not_ours_says_nothing(folder_store: FolderStore, tmp_path: Path, content: bytes) -> None:
    refusals(folder_store, Refusing(REFUSAL), times=1)
    (mark,) = tmp_path.glob("*.refusal")
    mark.write_bytes(content)
    assert folder_store.obtain(KEY, SECRET, anything, Endpoint()).value == "token-1"


@pytest.mark.parametrize("kind", [PermissionDeniedError, RateLimitError, TenantDisabledError])
def test_what_says_nothing_about_the_secret_is_asked_again(folder_store: FolderStore, kind: type[ApiError]) -> None:
    fetch = Refusing(kind("Not now.", host="h", status=403))
    refusals(folder_store, fetch)
    assert fetch.calls == 2


def test_old_refusals_are_swept_with_the_next_token(folder_store: FolderStore, tmp_path: Path) -> None:
    refusals(folder_store, Refusing(REFUSAL), times=1)
    (mark,) = tmp_path.glob("*.refusal")
    os.utime(mark, (time.time() - REFUSAL_HOLDS - 1, time.time() - REFUSAL_HOLDS - 1))
    folder_store.obtain(replace(KEY, client_id="client-2"), SECRET, anything, Endpoint())
    assert not mark.exists()


def other_fields(**fields: t.Any) -> bytes:
    document = {"value": "forged", "expires_at": time.time() + 9999, "life": 9999.0, "scope": "", **fields}
    return json.dumps({name: value for name, value in document.items() if value is not None}).encode()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"short", id="shorter than the salt"),
        pytest.param(b"\x00" * 500, id="zeros"),
        pytest.param(other_fields(), id="not encrypted"),
        pytest.param(_sealing.seal(other_fields(), "another-secret"), id="sealed with another secret"),
        pytest.param(_sealing.seal(other_fields(), SECRET), id="sealed with the secret alone"),
    ],
)
def test_a_file_that_is_not_ours_costs_a_token_request_and_is_replaced(
    folder_store: FolderStore, tmp_path: Path, content: bytes
) -> None:
    fetch = Endpoint()
    folder_store.obtain(KEY, SECRET, anything, fetch)
    tokens_in(tmp_path)[0].write_bytes(content)
    assert folder_store.obtain(KEY, SECRET, anything, fetch).value == "token-2"
    assert folder_store.obtain(KEY, SECRET, anything, fetch).value == "token-2"


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        pytest.param(other_fields(), "forged", id="ours"),
        pytest.param(b"", "token-2", id="nothing"),
        pytest.param(b"[1, 2]", "token-2", id="a list"),
        pytest.param(b"no JSON", "token-2", id="text"),
        pytest.param(other_fields(life=None), "token-2", id="of another version: a field is missing"),
        pytest.param(other_fields(user="u"), "token-2", id="of another version: a field was added"),
    ],
)
def test_content_that_is_no_token_costs_a_token_request(
    folder_store: FolderStore, tmp_path: Path, content: bytes, expected: str
) -> None:
    fetch = Endpoint()
    folder_store.obtain(KEY, SECRET, anything, fetch)
    (file,) = tokens_in(tmp_path)
    file.write_bytes(_sealing.seal(content, _token_store._bound(file, SECRET)))
    assert folder_store.obtain(KEY, SECRET, anything, fetch).value == expected


def test_a_tampered_file_costs_a_token_request(folder_store: FolderStore, tmp_path: Path) -> None:
    fetch = Endpoint()
    folder_store.obtain(KEY, SECRET, anything, fetch)
    file = tokens_in(tmp_path)[0]
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    assert folder_store.obtain(KEY, SECRET, anything, fetch).value == "token-2"


def test_a_token_file_of_one_host_does_not_open_another(folder_store: FolderStore, tmp_path: Path) -> None:
    """One secret may open many hosts of a region; whoever swaps two files must not redirect a token."""
    other = replace(KEY, host="register.us.qlikcloud.com")
    fetch = Endpoint()
    folder_store.obtain(KEY, SECRET, anything, fetch)
    theirs = tokens_in(tmp_path)[0]
    folder_store.obtain(other, SECRET, anything, fetch)
    ours = next(file for file in tokens_in(tmp_path) if file != theirs)
    ours.write_bytes(theirs.read_bytes())
    assert folder_store.obtain(other, SECRET, anything, fetch).value != "token-1"


@pytest.mark.parametrize("step", ["mkstemp", "replace"])
def test_a_full_disk_costs_token_requests_and_nothing_else(
    folder_store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def full(*_arguments: t.Any, **_more: t.Any) -> t.NoReturn:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("tempfile.mkstemp" if step == "mkstemp" else "os.replace", full)
    fetch = Endpoint()
    assert folder_store.obtain(KEY, SECRET, anything, fetch).value == "token-1"
    assert folder_store.obtain(KEY, SECRET, anything, fetch).value == "token-2"
    assert tokens_in(tmp_path) == []


def test_a_folder_that_went_away_costs_token_requests_and_nothing_else(tmp_path: Path) -> None:
    gone = FolderStore(tmp_path / "gone")
    fetch = Endpoint()
    assert [gone.obtain(KEY, SECRET, anything, fetch).value for _use in range(2)] == ["token-1", "token-2"]


def test_a_lock_that_never_comes_free_does_not_stop_the_run(tmp_path: Path) -> None:
    FolderStore(tmp_path).obtain(KEY, SECRET, anything, Endpoint())
    (lock,) = tmp_path.glob("*.lock")
    tokens_in(tmp_path)[0].unlink()
    with locked(lock, 0) as held:
        assert held
        assert FolderStore(tmp_path, lock_wait=0.05).obtain(KEY, SECRET, anything, Endpoint()).value == "token-1"


def test_expired_tokens_are_swept_with_the_next_request(folder_store: FolderStore, tmp_path: Path) -> None:
    (tmp_path / ".swept").touch()
    FolderStore(tmp_path).obtain(KEY, SECRET, anything, Endpoint(life=-10))
    (expired,) = tokens_in(tmp_path)
    foreign = tmp_path / "foreign.txt"
    foreign.touch()
    os.utime(foreign, (1, 1))
    os.utime(tmp_path / ".swept", (1, 1))
    folder_store.obtain(replace(KEY, client_id="client-2"), SECRET, anything, Endpoint())
    (left,) = tokens_in(tmp_path)
    assert left != expired
    assert foreign.exists()
    assert expired.with_suffix(".lock").exists()


@pytest.mark.parametrize(
    ("ago", "is_swept"),
    [
        pytest.param(SWEEP_EVERY / 2, False, id="half an hour ago"),
        pytest.param(SWEEP_EVERY * 2, True, id="two hours ago"),
        pytest.param(None, True, id="never"),
    ],
)
def test_sweeping_happens_once_an_hour(
    folder_store: FolderStore, tmp_path: Path, ago: float | None, is_swept: bool
) -> None:
    expired = tmp_path / "expired.token"
    expired.touch()
    os.utime(expired, (1, 1))
    if ago is not None:
        (tmp_path / ".swept").touch()
        os.utime(tmp_path / ".swept", (time.time() - ago,) * 2)
    folder_store.obtain(KEY, SECRET, anything, Endpoint())
    assert expired.exists() is not is_swept
    assert time.time() - (tmp_path / ".swept").stat().st_mtime < SWEEP_EVERY * 0.75


@pytest.mark.parametrize(("ago", "is_swept"), [(60, False), (SWEEP_EVERY + 60, True)], ids=["a minute", "an hour"])
def test_what_a_killed_process_left_unfinished_is_swept_in_time(
    folder_store: FolderStore, tmp_path: Path, ago: float, is_swept: bool
) -> None:
    unfinished = tmp_path / ".new-abc"
    unfinished.touch()
    os.utime(unfinished, (time.time() - ago,) * 2)
    folder_store.obtain(KEY, SECRET, anything, Endpoint())
    assert unfinished.exists() is not is_swept


def test_a_file_that_another_process_sweeps_first_does_not_matter(
    folder_store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    listed = [tmp_path / "gone.token"]
    monkeypatch.setattr(Path, "glob", lambda self, pattern: iter(listed))
    assert folder_store.obtain(KEY, SECRET, anything, Endpoint()).value == "token-1"


def _use(folder: Path, requests: Path, start: t.Any, answers: t.Any) -> None:
    def fetch() -> Token:
        with requests.open("a") as file:
            file.write("asked\n")
        time.sleep(0.1)  # as long as the service would take
        return Endpoint()()

    start.wait(30)
    answers.put(FolderStore(folder).obtain(KEY, SECRET, lambda token: token.is_fresh(time.time()), fetch).value)


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_fifty_processes_send_one_token_request(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    folder, requests = tmp_path / "tokens", tmp_path / "requests"
    folder.mkdir(mode=0o700)
    start, answers = context.Event(), context.Queue()
    workers = [context.Process(target=_use, args=(folder, requests, start, answers)) for _number in range(50)]
    for worker in workers:
        worker.start()
    start.set()
    values = [answers.get(timeout=60) for _worker in workers]
    for worker in workers:
        worker.join(30)
    assert [worker.exitcode for worker in workers] == [0] * 50
    assert values == ["token-1"] * 50
    assert requests.read_text() == "asked\n"
    assert len(tokens_in(folder)) == 1
    assert not list(folder.glob(".new-*"))


def used(store: TokenStore) -> None:
    store.obtain(KEY, SECRET, anything, Endpoint())


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """The folder that is wanted, and the one of the run."""
    return tmp_path / "wanted", tmp_path / "run"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        pytest.param("user", "wanted", id="user"),
        pytest.param("run", "run", id="run"),
        pytest.param("none", None, id="none"),
        pytest.param("other", None, id="a kind that is none"),
    ],
)
def test_kinds_of_stores(tmp_path: Path, places: tuple[Path, Path], kind: str, expected: str | None) -> None:
    used(open_store(kind, str(places[0]), str(places[1])))
    assert [place.name for place in tmp_path.iterdir()] == ([expected] if expected else [])
    for place in tmp_path.iterdir():
        assert stat.S_IMODE(place.stat().st_mode) == 0o700
        assert len(tokens_in(place)) == 1


def test_user_store_is_in_the_cache_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    used(open_store("user", None, None))
    assert len(tokens_in(tmp_path / "cache" / "qlikops.cloud")) == 1


def test_cache_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    assert user_cache_dir() == "/home/somebody/.cache/qlikops.cloud"
    monkeypatch.setenv("XDG_CACHE_HOME", "/var/cache/somebody")
    assert user_cache_dir() == "/var/cache/somebody/qlikops.cloud"


def world_writable(wanted: Path) -> None:
    wanted.mkdir()
    wanted.chmod(0o777)


def linked(wanted: Path) -> None:
    target = wanted.with_name("target")
    target.mkdir(mode=0o700)
    wanted.symlink_to(target)


def below_a_file(wanted: Path) -> None:
    wanted.touch()


@pytest.mark.parametrize("spoil", [world_writable, linked, below_a_file], ids=lambda spoil: spoil.__name__)
def test_a_folder_that_is_not_ours_alone_falls_back_to_the_run(
    places: tuple[Path, Path], spoil: t.Callable[[Path], None]
) -> None:
    wanted, run = places
    spoil(wanted)
    used(open_store("user", str(wanted), str(run)))
    assert len(tokens_in(run)) == 1
    assert not wanted.is_dir() or not os.listdir(wanted)


def test_a_folder_of_somebody_else_falls_back_to_memory(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    somebody = os.geteuid() + 1
    monkeypatch.setattr(os, "geteuid", lambda: somebody)
    assert isinstance(open_store("user", str(places[0]), str(places[1])), MemoryStore)


@pytest.mark.parametrize(
    ("writable", "expected"),
    [
        pytest.param({"wanted", "run"}, "wanted", id="both"),
        pytest.param({"run"}, "run", id="the run's"),
        pytest.param(set(), None, id="neither"),
    ],
)
def test_unwritable_folders_fall_back_to_the_run_and_then_to_memory(
    places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch, writable: set[str], expected: str | None
) -> None:
    monkeypatch.setattr(os, "access", lambda path, _mode: Path(path).name in writable)
    store = open_store("user", str(places[0]), str(places[1]))
    used(store)
    assert [place.name for place in places if place.is_dir() and tokens_in(place)] == ([expected] if expected else [])


def test_run_store_without_a_folder_of_the_run_is_memory() -> None:
    assert isinstance(open_store("run", None, None), MemoryStore)
    assert isinstance(open_store("run", None, ""), MemoryStore)


def test_without_cryptography_nothing_goes_to_disk(
    tmp_path: Path, places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_sealing, "HAS_CRYPTOGRAPHY", False)
    assert isinstance(open_store("user", str(places[0]), str(places[1])), MemoryStore)
    assert list(tmp_path.iterdir()) == []
