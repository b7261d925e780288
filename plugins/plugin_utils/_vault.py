# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Opens and closes text with the vault secrets of the run. Private to this collection, for the controller only.

Source: https://docs.ansible.com/ansible/latest/vault_guide/vault_encrypting_content.html.
"""

from __future__ import annotations

import typing as t
from dataclasses import dataclass, field

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from ansible.parsing.vault import VaultLib, VaultSecret, get_file_vault_secret

from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import VAULT_ADVICE
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError

HEADER = "$ANSIBLE_VAULT"
NO_ID = "default"


def is_closed(text: str) -> bool:
    return text.startswith(HEADER)


def label_of(ciphertext: str) -> str:
    """The vault id that stands in the first line."""
    parts = ciphertext.split("\n", 1)[0].strip().split(";")
    return parts[3] if len(parts) > 3 else NO_ID


@dataclass(frozen=True)
class Key:
    """A vault secret, and the vault id under which it closes."""

    label: str
    secret: VaultSecret = field(repr=False)

    def close(self, text: str, place: str) -> str:
        """The text, encrypted. Raises ConfigurationError for one that looks encrypted already, or would not open."""
        if is_closed(text):
            raise ConfigurationError(f"{place} is encrypted already; give its plain text.")
        try:
            content = text.encode()
        except UnicodeEncodeError:
            raise ConfigurationError(f"{place} is no text that UTF-8 can hold.") from None
        ciphertext = t.cast("bytes", VaultLib().encrypt(content, self.secret, self.label)).decode()
        if label_of(ciphertext) != self.label or self.open(ciphertext, place) != text:
            raise ConfigurationError(f"Ansible cannot read a vault id like {self.label!r}; use letters and digits.")
        return ciphertext

    def open(self, ciphertext: str, place: str) -> str | None:
        """The plain text, None when this is not the key. Raises ConfigurationError for what is no text."""
        try:
            # the id is a mere name, and not taken for a reason to refuse
            content = t.cast("bytes", VaultLib([(label_of(ciphertext), self.secret)]).decrypt(ciphertext))
        except AnsibleError:
            return None
        try:
            return content.decode()
        except UnicodeDecodeError:
            raise ConfigurationError(f"{place} is no text in UTF-8.") from None


class Vault:
    """The vault secrets of a run. All methods raise ConfigurationError."""

    def __init__(self, loader: DataLoader, path_of: t.Callable[[str], str]) -> None:
        """path_of tells where a named file is."""
        self._loader, self._path_of = loader, path_of
        self._keys = [Key(label, secret) for label, secret in loader._vault.secrets or ()]

    def key(self, label: str | None) -> Key:
        """What closes new text: the first secret of the vault id, else of the configured one, else of all."""
        wanted = label or C.DEFAULT_VAULT_ENCRYPT_IDENTITY
        if not self._keys:
            raise ConfigurationError(
                "No vault secret is loaded, so nothing can be encrypted: give one, e.g. with --vault-id or "
                "ANSIBLE_VAULT_PASSWORD_FILE."
            )
        keys = [key for key in self._keys if wanted in (None, key.label)]
        if not keys:
            loaded = ", ".join(dict.fromkeys(key.label for key in self._keys))
            raise ConfigurationError(f"No vault secret with the id {wanted} is loaded, only {loaded}; see --vault-id.")
        return keys[0]

    def open(self, ciphertext: str, place: str) -> tuple[str, Key]:
        """The plain text, and the key that closes it again under the same vault id."""
        label = label_of(ciphertext)
        named = [key for key in self._keys if key.label == label]
        others = [] if C.DEFAULT_VAULT_ID_MATCH else [key for key in self._keys if key.label != label]
        for key in (*named, *others):
            text = key.open(ciphertext, place)
            if text is not None:
                return text, Key(label, key.secret)
        wrong = "none of the loaded vault secrets opens it" if self._keys else "no vault secret is loaded"
        raise ConfigurationError(f"{place} cannot be opened, since {wrong}; {VAULT_ADVICE}.")

    def add(self, password_file: str) -> None:
        """Open also with the secret in a password file."""
        self._keys.append(Key(NO_ID, self._secret_in(self._path_of(password_file), NO_ID)))

    def keys(self, vault_id: str | None, password_file: str | None) -> t.Callable[[str], Key]:
        """What closes in place of the key of a vault id: under another id, or with the secret in a password file."""
        if password_file is None:
            loaded = self.key(vault_id)
            return lambda label: loaded
        secret = self._secret_in(self._path_of(password_file), vault_id or NO_ID)
        return lambda label: Key(vault_id or label, secret)

    def _secret_in(self, path: str, label: str) -> VaultSecret:
        try:
            secret = get_file_vault_secret(filename=path, vault_id=label, loader=self._loader)
            secret.load()
        except AnsibleError:
            raise ConfigurationError(f"The vault password file {path} cannot be read, or is empty.") from None
        return t.cast("VaultSecret", secret)
