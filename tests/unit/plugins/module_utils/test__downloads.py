# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import hashlib
import os
import stat
import typing as t
from pathlib import Path

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._downloads import Download
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import (
    AnswerError,
    ConfigurationError,
    NotFoundError,
    QlikError,
    TransportError,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import SUCCESSES, Request, Response

GET = Request("GET", "/api/v1/temp-contents/1", repeatable=True)
NEW = b"new content"


class Service:
    """Answers calls with one body; a failure comes after half of it."""

    host = "h.eu.qlikcloud.com"

    def __init__(
        self, body: bytes = NEW, status: int = 200, failure: QlikError | None = None, kind: str = "image/png"
    ) -> None:
        self.body, self.status, self.failure, self.kind = body, status, failure, kind
        self.asked: list[tuple[str, Request]] = []

    def call(self, operation: str, request: Request, expected: t.Container[int]) -> Response:
        self.asked.append((operation, request))
        assert self.status in expected
        if request.sink and self.status in SUCCESSES:
            request.sink.write(self.body[: len(self.body) // 2] if self.failure else self.body)
        if self.failure:
            raise self.failure
        return Response(self.host, self.status, {"Content-Type": self.kind}, b"")


def fetched(path: Path | str, service: Service, discard: bool = False, *more: int) -> dict[str, t.Any]:
    client = t.cast(ApiClient, service)
    return Download(str(path), discard).fetch(client, GET, (*SUCCESSES, *more))


def left_over(path: Path) -> list[str]:
    return [name for name in os.listdir(path.parent) if name != path.name]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir()
    return folder / "logo.png"


def test_a_new_file_is_kept_for_its_owner_alone(path: Path) -> None:
    service = Service()
    assert fetched(path, service) == {
        "changed": True,
        "host": "h.eu.qlikcloud.com",
        "status": 200,
        "file": str(path),
        "size": len(NEW),
        "checksum": hashlib.sha256(NEW).hexdigest(),
    }
    assert path.read_bytes() == NEW
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert left_over(path) == []
    assert service.asked[0][0] == "GET /api/v1/temp-contents/1"


@pytest.mark.parametrize("size", [0, 1, 200_000], ids=["empty", "one byte", "several chunks"])
def test_size_and_checksum_are_those_of_the_whole_file(path: Path, size: int) -> None:
    body = os.urandom(size)
    result = fetched(path, Service(body))
    assert (result["size"], result["checksum"]) == (size, hashlib.sha256(body).hexdigest())
    assert path.read_bytes() == body


def test_a_file_of_the_same_content_is_left_as_it_is(path: Path) -> None:
    path.write_bytes(NEW)
    path.chmod(0o644)
    before = path.stat()
    result = fetched(path, Service())
    assert (result["changed"], result["size"], result["file"]) == (False, len(NEW), str(path))
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns, after.st_mode) == (before.st_ino, before.st_mtime_ns, before.st_mode)
    assert left_over(path) == []


def test_a_file_of_other_content_is_replaced_in_one_step(path: Path) -> None:
    path.write_bytes(b"old")
    with path.open("rb") as reader:
        assert fetched(path, Service())["changed"] is True
        assert reader.read() == b"old"
    assert path.read_bytes() == NEW


@pytest.mark.parametrize(("old", "changed"), [(None, True), (b"old", True), (NEW, False)], ids=["none", "old", "same"])
def test_discarded_content_is_compared_and_nothing_more(path: Path, old: bytes | None, changed: bool) -> None:
    if old is not None:
        path.write_bytes(old)
    result = fetched(path, Service(), True)
    assert (result["changed"], result["size"]) == (changed, len(NEW))
    assert (path.read_bytes() if path.exists() else None) == old
    assert left_over(path) == []


@pytest.mark.parametrize(
    "failure",
    [TransportError("Cut.", transient=True), NotFoundError("Gone.", host="h", status=404)],
    ids=["cut", "refused"],
)
def test_a_download_that_fails_leaves_everything_as_it_was(path: Path, failure: QlikError) -> None:
    path.write_bytes(b"old")
    with pytest.raises(type(failure)):
        fetched(path, Service(failure=failure))
    assert path.read_bytes() == b"old"
    assert left_over(path) == []


@pytest.mark.parametrize("old", [None, b"old"], ids=["no file", "a file"])
def test_an_expected_refusal_is_not_kept(path: Path, old: bytes | None) -> None:
    if old is not None:
        path.write_bytes(old)
    result = fetched(path, Service(b"", 404), False, 404)
    assert result == {"changed": False, "host": "h.eu.qlikcloud.com", "status": 404}
    assert (path.read_bytes() if path.exists() else None) == old
    assert left_over(path) == []


@pytest.mark.parametrize("discard", [True, False])
@pytest.mark.parametrize("old", [None, b"old"], ids=["no file", "a file"])
def test_a_web_page_is_not_kept(path: Path, old: bytes | None, discard: bool) -> None:
    if old is not None:
        path.write_bytes(old)
    with pytest.raises(AnswerError, match=r"h\.eu\.qlikcloud\.com answered 200 with a web page"):
        fetched(path, Service(kind="text/html; charset=utf-8"), discard)
    assert (path.read_bytes() if path.exists() else None) == old
    assert left_over(path) == []


def test_a_web_page_is_kept_where_pages_are_taken(path: Path) -> None:
    client = t.cast(ApiClient, Service(kind="text/html"))
    assert Download(str(path), False, takes_pages=True).fetch(client, GET, [200])["changed"] is True
    assert path.read_bytes() == NEW


def test_a_folder_is_not_replaced(path: Path) -> None:
    path.mkdir()
    service = Service()
    with pytest.raises(ConfigurationError) as caught:
        fetched(path, service)
    assert str(caught.value) == f"The file {path} cannot be written: it is a folder."
    assert service.asked == []


def test_a_missing_folder_is_told_before_anything_is_asked(path: Path) -> None:
    service, dest = Service(), path / "deeper"
    with pytest.raises(ConfigurationError) as caught:
        fetched(dest, service)
    assert str(caught.value) == f"The file {dest} cannot be written: No such file or directory."
    assert service.asked == []


def test_a_relative_path_means_the_current_folder(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    assert fetched(path.name, Service())["file"] == str(path)
    assert path.read_bytes() == NEW
    assert fetched(path.name, Service())["changed"] is False


def test_a_full_disk_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A small answer fills no buffer, so the disk is full only when all has come."""
    path.write_bytes(b"old")
    monkeypatch.setattr("tempfile.mkstemp", lambda **_options: (os.open("/dev/full", os.O_RDWR), "none"))
    with pytest.raises(ConfigurationError) as caught:
        fetched(path, Service())
    assert str(caught.value) == f"The file {path} cannot be written: No space left on device."
    assert path.read_bytes() == b"old"


def test_a_file_that_cannot_be_put_in_place_is_told(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_source: str, _target: str) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("os.replace", refuse)
    with pytest.raises(ConfigurationError, match=r"logo\.png cannot be written: Permission denied"):
        fetched(path, Service())
    assert os.listdir(path.parent) == []
