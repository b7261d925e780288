# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the workers of one run know in common of a file. Private to this collection, for the controller only.

Ansible forks a worker for each task, so what one makes of a file is lost with it. Here it is left to the others in the
run's own folder, encrypted with a key that is made when this room is loaded and that forks alone inherit.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import time
import typing as t
from pathlib import Path

from ansible import constants as C

from ansible_collections.qlikops.cloud.plugins.module_utils._private_files import locked, write_private

if t.TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

WAIT = 30.0  # seconds
SETTLED = 0.1  # seconds; a file that changes twice within one tick of its clock has the same times after both
NONCE_LENGTH = 12

_KEY = os.urandom(32)
_KEY_MADE_IN = os.getpid()


def remembered(path: str, what: str, find_out: t.Callable[[], bytes]) -> bytes:
    """What find_out makes of a file, or what it made in another worker of this run while the file was as it is now.

    what tells apart the different things that may be made of one file. Errors of find_out pass, and nothing is kept.
    """
    place = _place(path, what)
    if place is None:
        return find_out()
    content = _recalled(place)
    if content is None:
        with locked(place.with_suffix(".lock"), WAIT):
            content = _recalled(place)
            if content is None:
                content = find_out()
                _keep(place, content)
    return content


def _place(path: str, what: str) -> Path | None:
    """Where it is kept; None where it cannot be, or where nobody else has the key."""
    if os.getpid() == _KEY_MADE_IN or _cipher() is None:
        return None
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    if not stat.S_ISREG(status.st_mode) or time.time() - status.st_ctime < SETTLED:
        return None
    version = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns)
    name = hashlib.sha256(os.fsencode("\0".join(map(str, (path, what, *version))))).hexdigest()
    return Path(C.DEFAULT_LOCAL_TMP, f"{name}.known")


def _cipher() -> AESGCM | None:
    """Loaded with the first use, since an inventory shares nothing but must have the key made; None where it lacks."""
    try:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    except ImportError:
        return None
    return AESGCM(_KEY)


def warm_up() -> None:
    """Have the first use behind us, which takes milliseconds that each worker would spend anew."""
    if _cipher():
        _sealed(b"", "")


def _recalled(place: Path) -> bytes | None:
    from cryptography.exceptions import InvalidTag

    try:
        with place.open("rb", buffering=0) as file:
            nonce, sealed = file.read(NONCE_LENGTH), file.read()
        return t.cast("AESGCM", _cipher()).decrypt(nonce, sealed, place.name.encode())
    except (OSError, ValueError, InvalidTag):
        return None


def _keep(place: Path, content: bytes) -> None:
    with contextlib.suppress(OSError):
        write_private(place, _sealed(content, place.name))


def _sealed(content: bytes, name: str) -> bytes:
    nonce = os.urandom(NONCE_LENGTH)
    return nonce + t.cast("AESGCM", _cipher()).encrypt(nonce, content, name.encode())
