# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a file imports something of ansible, itself or through the collection."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from tools.environment import ROOT

_COLLECTION = "ansible_collections.qlikops.cloud."
_IMPORT = re.compile(
    r"^\s*(?:from (?P<origin>[\w.]+) import (?P<names>\([^)]*\)|.*)|import (?P<modules>.*))", re.MULTILINE
)
_NAME = re.compile(r"[\w.]+")


def _imported(text: str) -> Iterator[str]:
    """The modules that a text may import; of `from a import b` both a and a.b."""
    for found in _IMPORT.finditer(text):
        origin = found["origin"]
        if origin:
            yield origin
            yield from (f"{origin}.{name}" for name in _NAME.findall(found["names"]))
        else:
            yield from _NAME.findall(found["modules"])


@cache
def _imports(path: Path) -> frozenset[str]:
    return frozenset(_imported(path.read_text(encoding="utf-8")))


def _own(module: str) -> Path | None:
    """The file of a module of this collection."""
    path = ROOT / (module.removeprefix(_COLLECTION).replace(".", "/") + ".py")
    return path if module.startswith(_COLLECTION) and path.is_file() else None


@cache
def reaches_ansible(path: Path) -> bool:
    """Whether a file imports ansible, or a file of the collection that does, and so on."""
    seen: set[Path] = set()
    ahead = [path]
    while ahead:
        current = ahead.pop()
        seen.add(current)
        imports = _imports(current)
        if any(name.split(".")[0] == "ansible" for name in imports):
            return True
        ahead += [own for own in map(_own, imports) if own and own not in seen]
    return False
