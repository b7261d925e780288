# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import typing as t
from pathlib import Path

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._trust_store import verification


@pytest.fixture
def bundles(tmp_path: Path, authority_file: str) -> dict[str, str]:
    """Three usable files."""
    content = Path(authority_file).read_text()
    paths = {name: tmp_path / f"{name}.pem" for name in ("option", "requests", "curl")}
    for path in paths.values():
        path.write_text(content)
    return {name: str(path) for name, path in paths.items()}


@pytest.mark.parametrize(
    ("option", "environment", "expected"),
    [
        pytest.param(None, {}, True, id="nothing said"),
        pytest.param("", {"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": ""}, True, id="empty counts as unset"),
        pytest.param("option", {}, "option", id="option"),
        pytest.param(None, {"REQUESTS_CA_BUNDLE": "requests"}, "requests", id="REQUESTS_CA_BUNDLE"),
        pytest.param(None, {"CURL_CA_BUNDLE": "curl"}, "curl", id="CURL_CA_BUNDLE"),
        pytest.param(None, {"REQUESTS_CA_BUNDLE": "requests", "CURL_CA_BUNDLE": "curl"}, "requests", id="both"),
        pytest.param("option", {"REQUESTS_CA_BUNDLE": "requests"}, "option", id="option beats variable"),
        pytest.param("option", {"REQUESTS_CA_BUNDLE": "missing"}, "option", id="option beats a broken variable"),
    ],
)
def test_first_that_is_named_is_trusted(
    bundles: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    option: str | None,
    environment: dict[str, str],
    expected: str | bool,
) -> None:
    for variable, name in environment.items():
        monkeypatch.setenv(variable, bundles.get(name, name and f"/{name}"))
    assert verification(bundles.get(option or "", option)) == bundles.get(str(expected), expected)


def test_folder_of_authorities(tmp_path: Path) -> None:
    assert verification(str(tmp_path)) == str(tmp_path)


def missing(path: Path) -> None:
    pass


def empty(path: Path) -> None:
    path.touch()


def text(path: Path) -> None:
    path.write_text("no certificate")


def cut(path: Path) -> None:
    path.write_text("-----BEGIN CERTIFICATE-----\nMIIB\n")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        pytest.param(missing, "cannot be read: No such file or directory", id="missing"),
        pytest.param(empty, "holds no certificate in PEM form", id="empty"),
        pytest.param(text, "holds no certificate in PEM form", id="text"),
        pytest.param(cut, "holds no certificate in PEM form", id="cut"),
    ],
)
@pytest.mark.parametrize("source", ["ca_path", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_what_cannot_be_used_is_told_with_who_named_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, make: t.Callable[[Path], None], message: str, source: str
) -> None:
    path = tmp_path / "ca.pem"
    make(path)
    if source != "ca_path":
        monkeypatch.setenv(source, str(path))
    with pytest.raises(ConfigurationError) as caught:
        verification(str(path) if source == "ca_path" else None)
    assert str(caught.value) == f"The CA file {path} ({source}) {message}."


def test_folder_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_path: str) -> t.NoReturn:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "listdir", closed)
    with pytest.raises(ConfigurationError, match="cannot be read: Permission denied"):
        verification(str(tmp_path))
