# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a request sends besides JSON: texts, files and forms, none of them read into memory. Private to this collection.

A content is a function that opens the bytes anew for each try.
"""

from __future__ import annotations

import contextlib
import io
import mimetypes
import os
import secrets
import typing as t

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import CHUNK, Content

with contextlib.suppress(ImportError):  # requests brings it along, and nothing is sent without requests
    from urllib3.fields import RequestField

BINARY = "application/octet-stream"


def text_content(text: str) -> Content:
    return lambda: contextlib.nullcontext(text.encode("utf-8", "replace"))


def file_content(path: str) -> Content:
    """The bytes of a file. Opening it raises ConfigurationError."""
    # requests announces no length for an empty file, which some services refuse
    return lambda: _opened(path) if _size(path) else contextlib.nullcontext(b"")


def form_content(fields: t.Mapping[str, t.Any]) -> tuple[Content, str]:
    """A form (multipart/form-data) and its content type. A field is a text, or a mapping with the path of a file.

    The mapping may also hold filename and content_type. Raises ConfigurationError.
    """
    boundary = secrets.token_hex(16)
    parts = [_part(name, value, boundary) for name, value in fields.items()]
    end = f"--{boundary}--\r\n".encode()
    form = _Form([*(piece for part in parts for piece in part), end])
    return lambda: contextlib.nullcontext(form), f"multipart/form-data; boundary={boundary}"


def _part(name: str, value: t.Any, boundary: str) -> list[str | bytes]:
    """Paths of files as text, everything else as bytes."""
    if isinstance(value, (str, int, float)):
        text = str(value).lower() if isinstance(value, bool) else str(value)
        return [_head(RequestField(str(name), b""), boundary, None), text.encode("utf-8", "replace") + b"\r\n"]
    if not _is_file(value):
        raise ConfigurationError(f"The field {name} of the form must be text, or have path, filename, content_type.")
    filename = value.get("filename") or os.path.basename(value["path"])
    kind = value.get("content_type") or mimetypes.guess_type(filename)[0] or BINARY
    return [_head(RequestField(str(name), b"", filename), boundary, kind), value["path"], b"\r\n"]


def _is_file(value: t.Any) -> bool:
    known = isinstance(value, t.Mapping) and not set(value) - {"path", "filename", "content_type"}
    return known and bool(value.get("path")) and all(isinstance(part, (str, type(None))) for part in value.values())


def _head(field: RequestField, boundary: str, content_type: str | None) -> bytes:
    field.make_multipart(content_type=content_type)
    return f"--{boundary}\r\n{field.render_headers()}".encode()


class _Form:
    """The parts of a form one after the other, with a length known before they are read."""

    def __init__(self, pieces: t.Sequence[str | bytes]) -> None:
        self._pieces = pieces

    def __len__(self) -> int:
        return sum(len(piece) if isinstance(piece, bytes) else _size(piece) for piece in self._pieces)

    def __iter__(self) -> t.Iterator[bytes]:
        for piece in self._pieces:
            with io.BytesIO(piece) if isinstance(piece, bytes) else _opened(piece) as file:
                yield from iter(lambda: file.read(CHUNK), b"")


def _opened(path: str) -> t.BinaryIO:
    try:
        return open(path, "rb")
    except OSError as error:
        raise _unreadable(path, error) from None


def _size(path: str) -> int:
    try:
        with open(path, "rb") as file:
            return os.fstat(file.fileno()).st_size
    except OSError as error:
        raise _unreadable(path, error) from None


def _unreadable(path: str, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"The file {path} cannot be read: {error.strerror}.")
