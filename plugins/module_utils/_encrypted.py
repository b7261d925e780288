# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What operations know of files under Ansible Vault, which are opened where Ansible runs. Private to this collection.

All methods raise ConfigurationError.
"""

from __future__ import annotations

import contextlib
import typing as t
from dataclasses import dataclass, field

VALUES, FILE, PLAIN = "values", "file", "plain"
Step: t.TypeAlias = "str | t.Mapping[str, t.Any]"


@dataclass(frozen=True)
class Edit:
    """What shall be at a place: readable values, secrets, keys that are gone; or that the place itself is gone.

    A step to the place is the key of a mapping, or a mapping of the keys and values that an entry of a list has.
    """

    at: tuple[Step, ...] = ()
    values: t.Mapping[str, t.Any] = field(default_factory=dict)
    secrets: t.Mapping[str, str] = field(default_factory=dict, repr=False)
    remove: tuple[str, ...] = ()
    is_gone: bool = False


@dataclass(frozen=True)
class Wish:
    """How a file is to be encrypted: encrypt is VALUES, FILE or, when it does not matter, None.

    With PLAIN, secrets may stand in plain text, and stay so. takes_plain allows to encrypt what stands in plain text.
    """

    encrypt: str | None = None
    vault_id: str | None = None
    takes_plain: bool = False


class Document(t.Protocol):
    """What a file holds, and how it is edited."""

    @property
    def values(self) -> dict[str, t.Any]:
        """What it holds, with vault values closed."""

    @property
    def touched(self) -> list[str]:
        """What was changed, by name."""

    @property
    def vault_ids(self) -> list[str]:
        """Those that it is encrypted under."""

    def at(self, steps: t.Iterable[Step]) -> t.Any:
        """The part of the values that steps lead to, None when there is none."""

    def demand_key(self) -> None:
        """Raise ConfigurationError unless there is a vault secret for each vault id."""

    def is_closed(self, value: t.Any) -> bool:
        """Whether a part of the values is encrypted in the file, or need not be."""

    def opened(self, value: t.Any, place: str) -> t.Any:
        """A part of the values, with all that is in it open."""

    def change(self, edit: Edit) -> None:
        """Carry out an edit; what is so already stays as it is."""


class File(t.Protocol):
    """One file."""

    @property
    def advice(self) -> str | None:
        """A warning about where it lies."""

    def alone(self) -> contextlib.AbstractContextManager[None]:
        """Keep other runs from changing it."""

    def read(self, wish: Wish) -> Document:
        """What it holds; nothing when there is no such file."""

    def also_opens_with(self, password_file: str) -> None:
        """Take what it holds also when it is closed with the secret in a password file."""

    def rekey(self, document: t.Any, vault_id: str | None, password_file: str | None) -> None:
        """Close all that is closed with the vault secret of another id, or with that of a password file."""

    def back_up(self, document: t.Any) -> str | None:
        """Keep what is there in a file beside it, encrypted as a whole; its name."""

    def write(self, document: t.Any) -> None:
        """Put the document in place in one step."""


OpenFile = t.Callable[[str, float], File]  # a path, and for how many seconds another run may keep the file to itself
