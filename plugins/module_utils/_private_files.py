# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Files and folders that only their owner can read. Private to this collection."""

from __future__ import annotations

import contextlib
import fcntl
import os
import stat
import tempfile
import time
import typing as t
from pathlib import Path

POLL = 0.02  # seconds
UNFINISHED = ".new-"


def private_folder(path: str | Path) -> Path:
    """The folder, made with mode 0700 if need be. Raises OSError unless it is ours and only we can write to it."""
    folder = Path(path)
    folder.parent.mkdir(parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    status = folder.lstat()
    if not stat.S_ISDIR(status.st_mode) or status.st_uid != os.geteuid() or status.st_mode & 0o022:
        raise PermissionError(f"{folder} is a link, belongs to somebody else, or can be written by others")
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(f"{folder} cannot be written")
    return folder


def durable_folder(path: Path) -> None:
    """A private folder that outlives a loss of power, with the folders above it. Raises OSError as private_folder."""
    is_new = not path.exists()
    private_folder(path)
    for parent in path.parents if is_new else ():
        with contextlib.suppress(PermissionError):
            _sync_folder(parent)


def write_private(
    path: Path, content: bytes, modified: float | None = None, *, durable: bool = False, prefix: str = UNFINISHED
) -> None:
    """Put content in place in one step, mode 0600, with a modification time of choice; nobody sees a part of it.

    durable makes it outlive a loss of power that follows. prefix is how the unfinished file is called.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=prefix)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            if durable:
                file.flush()
                os.fsync(handle)
        if modified is not None:
            os.utime(name, (modified, modified))
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise
    if durable:
        _sync_folder(path.parent)


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextlib.contextmanager
def locked(path: Path, wait: float) -> t.Iterator[bool]:
    """Hold an exclusive lock on a file; yields whether it was got within wait seconds, and goes on either way."""
    deadline = time.monotonic() + wait
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError:
        yield False
        return
    try:
        while (held := _try_lock(handle)) is None and time.monotonic() < deadline:
            time.sleep(POLL)
        yield bool(held)
    finally:
        os.close(handle)


def _try_lock(handle: int) -> bool | None:
    """Whether the lock was got: None when somebody else holds it, False when the file system knows no locks."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return None
    except OSError:
        return False
    return True
