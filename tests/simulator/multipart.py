# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Bodies of several parts (RFC 7578), read strictly: nothing stands before the first boundary or behind the last."""

from __future__ import annotations

from dataclasses import dataclass, field
from email import message_from_string
from email.message import Message

from .errors import ApiError

LINE_END = b"\r\n"


@dataclass
class Part:
    content: bytes = field(repr=False)
    file_name: str | None = None


def read_parts(content_type: str, body: bytes) -> dict[str, Part]:
    """Parts by name, none twice."""
    parts: dict[str, Part] = {}
    for piece in split(body, boundary_of(content_type)):
        name, part = read_part(piece)
        if name in parts:
            raise malformed(f"the part {name} comes twice")
        parts[name] = part
    return parts


def boundary_of(content_type: str) -> bytes:
    header = Message()
    header["Content-Type"] = content_type
    boundary = header.get_param("boundary")
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str) or not boundary:
        raise malformed("the content type must be multipart/form-data with a boundary")
    return boundary.encode()


def split(body: bytes, boundary: bytes) -> list[bytes]:
    delimiter = LINE_END + b"--" + boundary
    before, *pieces = (LINE_END + body).split(delimiter)
    if before or not pieces or pieces.pop() not in (b"--", b"--" + LINE_END):
        raise malformed("the body must begin and end with its boundary")
    if not all(piece.startswith(LINE_END) for piece in pieces):
        raise malformed("a boundary must stand alone on its line")
    return [piece[len(LINE_END) :] for piece in pieces]


def read_part(piece: bytes) -> tuple[str, Part]:
    head, gap, content = piece.partition(LINE_END * 2)
    header = message_from_string(head.decode(errors="replace"))
    name = header.get_param("name", header="Content-Disposition")
    if not gap or header.get_content_disposition() != "form-data" or not isinstance(name, str):
        raise malformed("a part needs a head that gives its name")
    return name, Part(content, header.get_filename())


def malformed(detail: str) -> ApiError:
    return ApiError(400, "Invalid request", detail=detail)
