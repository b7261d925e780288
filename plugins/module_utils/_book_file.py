# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A credentials file read without Ansible; only what is encrypted asks for the program ansible-vault.

Private to this collection.
"""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
import typing as t
from pathlib import Path

from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import VAULT_HEADER, CredentialBook
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError, MissingLibraryError

try:
    import yaml
except ImportError:
    HAS_YAML = False
else:
    HAS_YAML = True

PROGRAM = "ansible-vault"


class VaultValue:
    """A single value under Ansible Vault, opened when its text is wanted."""

    def __init__(self, encrypted: str) -> None:
        self._encrypted = encrypted

    def __str__(self) -> str:
        return self._text

    @functools.cached_property
    def _text(self) -> str:
        return decrypted(self._encrypted, "A value in the credentials file")


def read_book(name: str) -> CredentialBook:
    """The book in a YAML or JSON file, plain or under Ansible Vault. Raises ConfigurationError that quotes no line."""
    try:
        text = Path(name).expanduser().read_text(encoding="utf-8")
    except (OSError, ValueError) as error:
        problem = getattr(error, "strerror", None) or "it is no text"
        raise ConfigurationError(f"{name} cannot be read: {problem}.") from None
    return CredentialBook.from_mapping(
        _loaded(decrypted(text, name) if text.startswith(VAULT_HEADER) else text, name), name
    )


def decrypted(encrypted: str, what: str) -> str:
    """What ansible-vault makes of it, by the vault secrets of the environment. Raises ConfigurationError."""
    lines = "\n".join(line.strip() for line in encrypted.strip().splitlines())
    places = os.pathsep.join([os.path.dirname(sys.executable), os.environ.get("PATH", os.defpath)])
    program = shutil.which(PROGRAM, path=places)
    if program is None:
        raise ConfigurationError(f"{what} is encrypted, and there is no program {PROGRAM} to open it.")
    command = [program, "decrypt", "--output=-", "-"]
    # the command is our own, and there is no module that could run it
    done = subprocess.run(  # noqa: S603  # pylint: disable=ansible-bad-function
        command, input=lines, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise ConfigurationError(
            f"{what} cannot be opened; it is encrypted with Ansible Vault: name its secret by "
            "ANSIBLE_VAULT_PASSWORD_FILE."
        )
    return done.stdout


def _loaded(text: str, name: str) -> t.Any:
    if not HAS_YAML:
        raise MissingLibraryError("PyYAML")
    try:
        return yaml.load(text, _loader())  # noqa: S506  # it knows plain types and vault values
    except (yaml.YAMLError, ValueError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{name}, line {mark.line + 1}," if mark else name
        raise ConfigurationError(f"{place} cannot be read: it is neither valid YAML nor JSON.") from None


def _vault_value(loader: t.Any, node: t.Any) -> VaultValue:
    return VaultValue(loader.construct_scalar(node))


def _loader() -> t.Any:
    class Loader(yaml.SafeLoader):
        """Plain types, and values under Ansible Vault."""

    for tag in ("!vault", "!vault-encrypted"):
        Loader.add_constructor(tag, _vault_value)
    return Loader
