# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where tokens are kept: in a private folder, encrypted, or in memory. Private to this collection."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import time
import typing as t
from pathlib import Path

from ansible_collections.qlikops.cloud.plugins.module_utils import _sealing
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AuthenticationError
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import DEFAULTS
from ansible_collections.qlikops.cloud.plugins.module_utils._private_files import (
    UNFINISHED,
    locked,
    private_folder,
    write_private,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._tokens import Token, TokenKey, TokenStore

KEPT_NOWHERE = "none"
KINDS = ("user", "run", KEPT_NOWHERE)
LOCK_WAIT = DEFAULTS.longest()
SWEEP_EVERY = 3600.0  # seconds
REFUSAL_HOLDS = 10.0  # seconds
_TOKEN, _LOCK, _REFUSAL = ".token", ".lock", ".refusal"

Accept = t.Callable[[Token], bool]
Fetch = t.Callable[[], Token]


class MemoryStore:
    """Keeps tokens as long as it lives itself."""

    def __init__(self) -> None:
        self._kept: dict[TokenKey, tuple[str, Token]] = {}

    def obtain(self, key: TokenKey, secret: str, accept: Accept, fetch: Fetch) -> Token:
        known, token = self._kept.get(key, ("", None))
        if token is None or known != secret or not accept(token):
            token = fetch()
            self._kept[key] = (secret, token)
        return token


class FolderStore:
    """Keeps each token in a file of its own, encrypted with its client's secret; the file's time is the expiry."""

    def __init__(self, folder: Path, lock_wait: float = LOCK_WAIT) -> None:
        self._folder = folder
        self._lock_wait = lock_wait

    def obtain(self, key: TokenKey, secret: str, accept: Accept, fetch: Fetch) -> Token:
        path = self._folder / (_name(key) + _TOKEN)
        token = _read(path, secret)
        if token and accept(token):
            return token
        with locked(path.with_suffix(_LOCK), self._lock_wait):
            token = _read(path, secret)
            if token and accept(token):
                return token
            token = _fetched(path.with_suffix(_REFUSAL), secret, fetch)
            _keep(path, token.as_mapping(), secret, token.expires_at)
        self._sweep()
        return token

    def _sweep(self) -> None:
        # locks stay: removing one that somebody waits for would let two in
        marker, now = self._folder / ".swept", time.time()
        with contextlib.suppress(OSError):
            if marker.exists() and now - marker.stat().st_mtime < SWEEP_EVERY:
                return
            write_private(marker, b"")
            for pattern, life in ((f"*{_TOKEN}", 0), (f"*{_REFUSAL}", REFUSAL_HOLDS), (f"{UNFINISHED}*", SWEEP_EVERY)):
                for path in self._folder.glob(pattern):
                    _remove_older(path, now - life)


def open_store(kind: str, cache_dir: str | None, run_dir: str | None, lock_wait: float = LOCK_WAIT) -> TokenStore:
    """The store of a kind: user (cache_dir or the user's cache), run (run_dir, gone with the run), none (memory).

    lock_wait is how many seconds a token request may take at the longest; so long does one process wait for another.
    A folder that cannot be made ours alone falls back to run_dir, and that to memory.
    """
    wanted = {"user": [cache_dir or user_cache_dir(), run_dir], "run": [run_dir]}.get(kind, [])
    if _sealing.HAS_CRYPTOGRAPHY:
        for place in wanted:
            with contextlib.suppress(OSError):
                if place:
                    return FolderStore(private_folder(place), lock_wait)
    return MemoryStore()


def user_cache_dir() -> str:
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "qlikops.cloud")


def _name(key: TokenKey) -> str:
    return hashlib.sha256(json.dumps([key.host.lower(), key.client_id, key.grant, key.scope]).encode()).hexdigest()


def _bound(path: Path, secret: str) -> str:
    # so that a file put in the place of another is no token of its host
    return f"{path.name} {secret}"


def _read(path: Path, secret: str) -> Token | None:
    try:
        content = _sealing.unseal(path.read_bytes(), _bound(path, secret))
        return Token(**json.loads(content)) if content else None
    except (OSError, ValueError, TypeError):
        return None


def _fetched(mark: Path, secret: str, fetch: Fetch) -> Token:
    """A new token. Of many processes with a secret that is refused, one asks, and the others are told what it was."""
    if refusal := _recent_refusal(mark, secret):
        raise refusal
    try:
        return fetch()
    except AuthenticationError as error:
        _keep(mark, {"sentence": str(error), **error.facts()}, secret)
        raise


def _recent_refusal(mark: Path, secret: str) -> AuthenticationError | None:
    try:
        if not 0 <= time.time() - mark.stat().st_mtime <= REFUSAL_HOLDS:
            return None
        facts = json.loads(_sealing.unseal(mark.read_bytes(), _bound(mark, secret)) or b"{}")
        return AuthenticationError(facts.pop("sentence"), **{name: facts[name] for name in facts if name != "kind"})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _keep(path: Path, document: dict[str, t.Any], secret: str, modified: float | None = None) -> None:
    # a full disk costs a token request per use, not the run
    with contextlib.suppress(OSError):
        write_private(path, _sealing.seal(json.dumps(document).encode(), _bound(path, secret)), modified)


def _remove_older(path: Path, moment: float) -> None:
    with contextlib.suppress(OSError):
        if path.stat().st_mtime < moment:
            path.unlink()
