# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files that go to a tenant and come back."""

from __future__ import annotations

import hashlib
import json
import os

import pytest

APPS, DATA_FILES = "/api/v1/apps", "/api/v1/data-files"
CONTENT = bytes(range(256)) * 8 + b"\r\n\r\n--\r\n"
BINARY = {"Content-Type": "application/octet-stream"}


def described(content):
    return len(content), hashlib.sha256(content).hexdigest()


def test_an_app_there_and_back(home):
    answer = home("POST", f"{APPS}/import", params={"name": "Sales"}, data=CONTENT, headers=BINARY)
    app = answer.json()
    assert (answer.status_code, app["name"]) == (201, "Sales")
    assert (app["size"], app["sha256"]) == described(CONTENT)
    assert home("GET", f"{APPS}/{app['id']}").json() == app
    export = home("POST", f"{APPS}/{app['id']}/export")
    assert (export.status_code, export.content) == (201, b"")
    assert export.headers["Location"].startswith("/api/v1/temp-contents/")
    back = home("GET", export.headers["Location"])
    assert (back.headers["Content-Type"], back.content) == ("application/octet-stream", CONTENT)


def test_what_is_not_there(home):
    assert home("POST", f"{APPS}/nobody/export").status_code == 404
    assert home("GET", "/api/v1/temp-contents/nobody").status_code == 404


@pytest.mark.parametrize(("body", "headers"), [(b"", BINARY), (b"x", {"Content-Type": "application/json"})])
def test_a_bad_import(home, body, headers):
    assert home("POST", f"{APPS}/import", data=body, headers=headers).status_code == 400


def test_a_data_file(home):
    answer = home("POST", DATA_FILES, files={"File": ("d\u00e9part.csv", CONTENT, "text/csv")})
    row = answer.json()
    assert answer.status_code == 201
    assert set(row) == {"id", "name", "size", "sha256"}
    assert (row["name"], row["size"], row["sha256"]) == ("d\u00e9part.csv", *described(CONTENT))


def test_a_data_file_with_another_name(home):
    files = {"File": ("a.csv", CONTENT), "Json": (None, json.dumps({"name": "b.csv"}), "application/json")}
    assert home("POST", DATA_FILES, files=files).json()["name"] == "b.csv"


@pytest.mark.parametrize(
    "files",
    [
        {"Data": ("a.csv", b"x")},
        {"File": ("a.csv", b"x"), "Other": ("b.csv", b"x")},
        {"File": ("a.csv", b"x"), "Json": (None, "{")},
        {"File": ("a.csv", b"x"), "Json": (None, "[]")},
        {"File": (None, b"x")},
        [("File", ("a.csv", b"x")), ("File", ("b.csv", b"x"))],
    ],
)
def test_bad_parts(home, files):
    assert home("POST", DATA_FILES, files=files).status_code == 400


GOOD = b'--b\r\nContent-Disposition: form-data; name="File"; filename="f"\r\n\r\nx\r\n--b--\r\n'


@pytest.mark.parametrize(
    ("body", "content_type", "status"),
    [
        (GOOD, "multipart/form-data; boundary=b", 201),
        (GOOD[:-2], 'multipart/form-data; boundary="b"', 201),
        (GOOD, "multipart/form-data", 400),
        (GOOD, "multipart/mixed; boundary=b", 400),
        (GOOD, "multipart/form-data; boundary=c", 400),
        (b"before\r\n" + GOOD, "multipart/form-data; boundary=b", 400),
        (GOOD + b"behind", "multipart/form-data; boundary=b", 400),
        (GOOD[:-4], "multipart/form-data; boundary=b", 400),
        (GOOD.replace(b"\r\n\r\n", b"\r\n"), "multipart/form-data; boundary=b", 400),
        (GOOD.replace(b"form-data", b"attachment"), "multipart/form-data; boundary=b", 400),
        (GOOD.replace(b"\r\n", b"\n"), "multipart/form-data; boundary=b", 400),
        (b"--b--\r\n", "multipart/form-data; boundary=b", 400),
        (b"", "multipart/form-data; boundary=b", 400),
    ],
)
def test_boundaries(home, body, content_type, status):
    assert home("POST", DATA_FILES, data=body, headers={"Content-Type": content_type}).status_code == status


def test_large_bodies_are_not_recorded(home):
    content = os.urandom(100_001)
    home("POST", f"{APPS}/import", data=content, headers=BINARY)
    assert home.sim.record[-1].body == "<100001 bytes>"
    home("POST", "/api/v1/spaces", json={"name": "x", "description": "y" * 100_001})
    assert len(home.sim.record[-1].body["description"]) == 100_001
