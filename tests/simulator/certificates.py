# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate authority of our own, for every host name of the service."""

from __future__ import annotations

import os
from pathlib import Path

import trustme

from .regions import CONSOLE_HOST, DOMAIN, REGIONS


def write_certificates(folder: Path) -> tuple[Path, Path]:
    """The files of the authority and of the server (key and chain)."""
    authority = trustme.CA()
    names = [CONSOLE_HOST, f"*.{DOMAIN}", *(f"*.{region}.{DOMAIN}" for region in REGIONS)]
    server = authority.issue_cert(*names)
    ca_path, server_path = folder / "ca.pem", folder / "server.pem"
    _write(ca_path, authority.cert_pem.bytes())
    _write(server_path, server.private_key_and_cert_chain_pem.bytes())
    return ca_path, server_path


def _write(path: Path, content: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
