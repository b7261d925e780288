# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import typing as t
from email import message_from_bytes
from email.message import Message
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.module_utils._contents import (
    BINARY,
    file_content,
    form_content,
    text_content,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import CHUNK, Content

PATTERN = bytes(range(256))


def opened(content: Content) -> bytes:
    with content() as data:
        return data if isinstance(data, bytes) else b"".join(data)


def parts_of(fields: dict[str, t.Any]) -> list[Message]:
    """The parts of a form as another reader understands them, in their order."""
    content, kind = form_content(fields)
    message = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + opened(content))
    return [part for part in message.walk() if not part.is_multipart()]


def name_of(part: Message) -> t.Any:
    return part.get_param("name", header="Content-Disposition")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A file of three chunks and a bit."""
    path = tmp_path / "rates.csv"
    path.write_bytes(PATTERN * (3 * CHUNK // 256) + b"end")
    return path


@given(st.text(st.characters(codec="utf-8")))
def test_a_text_is_sent_as_utf_8_each_time(text: str) -> None:
    content = text_content(text)
    assert [opened(content) for _try in range(2)] == [text.encode()] * 2


def test_a_file_is_opened_anew_for_each_try(file: Path) -> None:
    content = file_content(str(file))
    for _try in range(2):
        with content() as data:
            assert data.read(5) == PATTERN[:5]
        assert data.closed


def test_a_file_is_read_when_it_is_sent_and_not_before(tmp_path: Path) -> None:
    path = tmp_path / "late.csv"
    content = file_content(str(path))
    path.write_bytes(b"late")
    assert opened(content) == b"late"


def test_an_empty_file_is_sent_with_its_length(tmp_path: Path) -> None:
    """Of an empty file, requests would announce no length."""
    (tmp_path / "empty").touch()
    with file_content(str(tmp_path / "empty"))() as data:
        assert data == b""


@pytest.mark.parametrize(
    ("name", "reason"), [("missing", "No such file or directory"), (".", "Is a directory")], ids=["missing", "folder"]
)
def test_a_file_that_cannot_be_read_is_told(tmp_path: Path, name: str, reason: str) -> None:
    path = tmp_path / name
    with pytest.raises(ConfigurationError) as caught:
        opened(file_content(str(path)))
    assert str(caught.value) == f"The file {path} cannot be read: {reason}."


def test_a_file_that_vanishes_before_it_is_opened_is_told(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    content, _kind = form_content({"File": {"path": str(file)}})
    with content() as form:
        assert len(form) > file.stat().st_size
        file.unlink()
        with pytest.raises(ConfigurationError, match=r"rates\.csv cannot be read: No such file"):
            b"".join(form)


def test_a_form_has_its_fields_in_order(file: Path) -> None:
    text, upload = parts_of({"Json": '{"name": "Größe"}', "File": {"path": str(file)}})
    assert (name_of(text), text.get_payload(decode=True)) == ("Json", '{"name": "Größe"}'.encode())
    assert (name_of(upload), upload.get_payload(decode=True)) == ("File", file.read_bytes())
    assert (upload.get_filename(), upload.get_content_type()) == ("rates.csv", "text/csv")
    assert text.get_filename() is None
    assert "Content-Type" not in text


@pytest.mark.parametrize(
    ("more", "filename", "kind"),
    [
        pytest.param({"filename": "App.qvf"}, "App.qvf", BINARY, id="a name of an unknown kind"),
        pytest.param({"filename": "app.json"}, "app.json", "application/json", id="a name of a known kind"),
        pytest.param({"content_type": "text/x-rates"}, "rates.csv", "text/x-rates", id="a kind"),
        pytest.param({"filename": "a.json", "content_type": "text/x"}, "a.json", "text/x", id="both"),
        pytest.param({"filename": "", "content_type": None}, "rates.csv", "text/csv", id="empty ones"),
        pytest.param({"filename": 'a "quoted" name'}, 'a "quoted" name', BINARY, id="quotation marks"),
    ],
)
def test_a_file_in_a_form_may_be_named_otherwise(file: Path, more: dict[str, t.Any], filename: str, kind: str) -> None:
    (part,) = parts_of({"File": {"path": str(file), **more}})
    told = part.get_filename()
    assert (told and told.replace("%22", '"'), part.get_content_type()) == (filename, kind)


def test_a_name_cannot_bring_headers_of_its_own(file: Path) -> None:
    (part,) = parts_of({"File": {"path": str(file), "filename": "a\r\nX-Evil: 1\r\n\r\nbody"}})
    assert part.keys() == ["Content-Disposition", "Content-Type"]
    assert part.get_payload(decode=True) == file.read_bytes()


@pytest.mark.parametrize(
    ("value", "sent"),
    [("", b""), (42, b"42"), (1.5, b"1.5"), (True, b"true"), (False, b"false")],
    ids=["empty", "number", "fraction", "true", "false"],
)
def test_a_field_may_be_a_number_or_a_boolean(value: t.Any, sent: bytes) -> None:
    (part,) = parts_of({"count": value})
    assert part.get_payload(decode=True) == sent


def test_a_field_may_be_named_by_a_number() -> None:
    fields: t.Any = {1: "x"}
    (part,) = parts_of(fields)
    assert name_of(part) == "1"


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({}, id="an empty mapping"),
        pytest.param({"path": ""}, id="an empty path"),
        pytest.param({"path": None, "filename": "a"}, id="no path"),
        pytest.param({"filename": "a.csv"}, id="a name without path"),
        pytest.param({"path": "a.csv", "name": "a.csv"}, id="an unknown key"),
        pytest.param({"path": 1}, id="a number as path"),
        pytest.param({"path": "a.csv", "filename": 1}, id="a number as name"),
        pytest.param({"path": "a.csv", "content_type": ["text/csv"]}, id="a list as kind"),
        pytest.param(["a", "b"], id="a list"),
        pytest.param(None, id="nothing"),
    ],
)
def test_a_field_of_another_shape_is_refused(value: t.Any) -> None:
    with pytest.raises(ConfigurationError) as caught:
        form_content({"File": value})
    assert str(caught.value) == "The field File of the form must be text, or have path, filename, content_type."


def test_a_missing_file_in_a_form_is_told_before_anything_is_sent(tmp_path: Path) -> None:
    content, _kind = form_content({"File": {"path": str(tmp_path / "missing")}})
    with content() as form, pytest.raises(ConfigurationError, match="missing cannot be read: No such file"):
        len(form)


@given(st.lists(st.text(st.characters(codec="ascii")), max_size=5), st.binary(max_size=300))
def test_the_length_of_a_form_is_known_before_it_is_read(
    tmp_path_factory: pytest.TempPathFactory, texts: list[str], content: bytes
) -> None:
    path = tmp_path_factory.getbasetemp() / "form"
    path.write_bytes(content)
    fields = {**{f"field {number}": text for number, text in enumerate(texts)}, "file": {"path": str(path)}}
    form_of, _kind = form_content(fields)
    with form_of() as form:
        assert len(form) == len(b"".join(form)) == len(b"".join(form))


def test_a_form_is_read_in_pieces(file: Path) -> None:
    content, _kind = form_content({"File": {"path": str(file)}})
    with content() as form:
        assert max(map(len, form)) == CHUNK


def test_no_two_forms_share_a_boundary() -> None:
    assert form_content({})[1] != form_content({})[1]
