# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Keeps an answer in a file, put in its place in one step. Private to this collection."""

from __future__ import annotations

import contextlib
import hashlib
import os
import tempfile
import typing as t
from dataclasses import dataclass, replace

from ansible_collections.qlikops.cloud.plugins.module_utils._client import ApiClient
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._messages import CHUNK, SUCCESSES, Request
from ansible_collections.qlikops.cloud.plugins.module_utils._private_files import UNFINISHED
from ansible_collections.qlikops.cloud.plugins.module_utils._rest import demand_no_page


@dataclass(frozen=True)
class Download:
    """A file to hold what a call brings; with discard it is compared and left as it is. takes_pages as of send."""

    path: str
    discard: bool
    takes_pages: bool = False

    def fetch(self, client: ApiClient, request: Request, expected: t.Container[int]) -> dict[str, t.Any]:
        """What a task returns of it. Raises ConfigurationError besides what a client raises."""
        with _unfinished(os.path.abspath(self.path)) as (name, file):
            operation = f"{request.method} {request.path}"
            answer = client.call(operation, replace(request, sink=file), expected)
            known = {"host": answer.host, "status": answer.status}
            if answer.status not in SUCCESSES:
                return {"changed": False, **known}
            if not self.takes_pages:
                demand_no_page(answer)
            file.flush()
            size, checksum = file.tell(), _checksum(name)
            changed = not os.path.isfile(self.path) or _checksum(self.path) != checksum
            if changed and not self.discard:
                os.replace(name, self.path)
        return {"changed": changed, **known, "file": os.path.abspath(self.path), "size": size, "checksum": checksum}


@contextlib.contextmanager
def _unfinished(path: str) -> t.Iterator[tuple[str, t.IO[bytes]]]:
    """A new file beside the path, mode 0600, gone in the end unless it was put in place."""
    if os.path.isdir(path):
        raise ConfigurationError(f"The file {path} cannot be written: it is a folder.")
    try:
        handle, name = tempfile.mkstemp(dir=os.path.dirname(path), prefix=UNFINISHED)
    except OSError as error:
        raise _unwritable(path, error) from None
    try:
        with os.fdopen(handle, "w+b") as file:
            yield name, file
    except OSError as error:
        raise _unwritable(path, error) from None
    finally:
        with contextlib.suppress(OSError):
            os.unlink(name)


def _unwritable(path: str, error: OSError) -> ConfigurationError:
    return ConfigurationError(f"The file {path} cannot be written: {error.strerror}.")


def _checksum(path: str) -> str:
    """SHA-256, in hexadecimal digits."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
