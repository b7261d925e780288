# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Loaded by each Python that has this folder on its path: it spends less time on what no test is about.

It looks for garbage rarely, since programs that end within seconds leave little. And a text is compiled by the first
that meets it: Python keeps what it has compiled of packages alone, while Ansible's modules arrive as an archive, and
its own loader reads collections, so that else each process compiles both.
"""

from __future__ import annotations
import __future__

import builtins
import gc
import hashlib
import marshal
import os
import sys
import types
from pathlib import Path
from typing import Any

KEPT = Path(__file__).resolve().parents[2] / ".venv" / "compiled" / str(sys.implementation.cache_tag)
FUTURES = sum(getattr(__future__, name).compiler_flag for name in __future__.all_feature_names)

_compile = builtins.compile


def _compile_once(
    source: Any, filename: Any, mode: str, flags: int = 0, dont_inherit: bool = False, optimize: int = -1, **more: Any
) -> Any:
    as_importers_do = dont_inherit and mode == "exec" and not flags and optimize == -1 and not more
    if as_importers_do and isinstance(source, bytes):
        return _once(source, os.fsdecode(filename))
    inherited = 0 if dont_inherit else sys._getframe(1).f_code.co_flags & FUTURES
    return _compile(source, filename, mode, flags | inherited, True, optimize, **more)


def _once(text: bytes, filename: str) -> types.CodeType:
    path = KEPT / hashlib.sha256(text).hexdigest()
    try:
        code = marshal.loads(path.read_bytes())  # noqa: S302 - what this file has written
    except FileNotFoundError:
        code = _compile(text, filename, "exec", dont_inherit=True)
        _keep(code, path)
    return _named(code, filename)


def _named(code: types.CodeType, filename: str) -> types.CodeType:
    """The same as if it were compiled there: tracebacks name the file."""
    parts = tuple(_named(part, filename) if isinstance(part, types.CodeType) else part for part in code.co_consts)
    return code.replace(co_filename=filename, co_consts=parts)


def _keep(code: types.CodeType, path: Path) -> None:
    """Whole or not at all, since others may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    unfinished.write_bytes(marshal.dumps(code))
    unfinished.replace(path)


gc.set_threshold(100_000, 20, 20)
builtins.compile = _compile_once
