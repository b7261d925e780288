# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import os
import ssl
import typing as t
from pathlib import Path

import certifi
import pytest
import trustme

from ansible_collections.qlikops.cloud.plugins.module_utils import _trust_store
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._trust_store import trusted

NAMES = ("option", "requests", "curl")


@pytest.fixture
def bundles(tmp_path: Path) -> dict[str, str]:
    """Three usable files, each with an authority of its own."""
    paths = {name: tmp_path / f"{name}.pem" for name in NAMES}
    for name, path in paths.items():
        trustme.CA(organization_name=name).cert_pem.write_to_path(path)
    return {name: str(path) for name, path in paths.items()}


def authorities(context: ssl.SSLContext) -> set[str]:
    """The organizations of all authorities that a context trusts."""
    subjects = [dict(pair[0] for pair in row["subject"]) for row in t.cast("t.Any", context.get_ca_certs())]
    return {subject.get("organizationName", "") for subject in subjects}


@pytest.mark.parametrize(
    ("option", "environment", "expected"),
    [
        pytest.param("option", {}, "option", id="option"),
        pytest.param(None, {"REQUESTS_CA_BUNDLE": "requests"}, "requests", id="REQUESTS_CA_BUNDLE"),
        pytest.param(None, {"CURL_CA_BUNDLE": "curl"}, "curl", id="CURL_CA_BUNDLE"),
        pytest.param(None, {"REQUESTS_CA_BUNDLE": "", "CURL_CA_BUNDLE": "curl"}, "curl", id="empty counts as unset"),
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
    expected: str,
) -> None:
    for variable, name in environment.items():
        monkeypatch.setenv(variable, bundles.get(name, name and f"/{name}"))
    assert authorities(trusted(bundles.get(option or "", option))) == {expected}


@pytest.mark.parametrize("option", [None, ""])
def test_with_nothing_named_the_bundle_of_requests_is_trusted(option: str | None) -> None:
    usual = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    usual.load_verify_locations(certifi.where())
    assert authorities(trusted(option)) == authorities(usual)


def test_certificates_are_checked(bundles: dict[str, str]) -> None:
    assert trusted(bundles["option"]).verify_mode == ssl.CERT_REQUIRED


def test_a_file_is_loaded_once_until_it_changes(bundles: dict[str, str]) -> None:
    first = trusted(bundles["option"])
    assert trusted(bundles["option"]) is first
    Path(bundles["option"]).write_text(Path(bundles["curl"]).read_text() * 2)
    assert authorities(trusted(bundles["option"])) == {"curl"}


def test_folder_of_authorities(bundles: dict[str, str], tmp_path: Path) -> None:
    assert trusted(str(tmp_path)).verify_mode == ssl.CERT_REQUIRED
    assert not authorities(trusted(str(tmp_path)))  # those of a folder are loaded when they are asked for


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
        trusted(str(path) if source == "ca_path" else None)
    assert str(caught.value) == f"The CA file {path} ({source}) {message}."


def test_folder_that_cannot_be_read_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def closed(_path: str) -> t.NoReturn:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "listdir", closed)
    _trust_store._context.cache_clear()
    with pytest.raises(ConfigurationError, match="cannot be read: Permission denied"):
        trusted(str(tmp_path))
