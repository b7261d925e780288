# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables in YAML of which the secret ones, or the whole text, are closed with Ansible Vault.

Private to this collection, for the controller only. All methods raise ConfigurationError.
"""

from __future__ import annotations

import contextlib
import typing as t

import yaml

from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import FILE, PLAIN, VALUES, Edit, Step, Wish
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.plugin_utils._vault import Key, Vault, is_closed, label_of
from ansible_collections.qlikops.cloud.plugins.plugin_utils._yaml_edit import EditError, Path, YamlText, same, value_at
from ansible_collections.qlikops.cloud.plugins.plugin_utils._yaml_values import Cipher, Value

_MISSING = object()
_ABSENT = (None, "")
_NEW = "---\n"


class VaultDocument:
    """A document that is edited; source names it in errors, touched holds what was changed, by name."""

    def __init__(self, content: bytes, vault: Vault, wish: Wish, source: str) -> None:
        self._vault, self._wish, self._source = vault, wish, source
        self._key: Key | None = None
        self.touched: list[str] = []
        text = self._opened(content)
        try:
            self._yaml = YamlText(text or _NEW)
        except (yaml.YAMLError, ValueError):
            raise ConfigurationError(f"{source} is no single document of valid YAML.") from None
        if not isinstance(self._yaml.values, (dict, type(None))):
            raise ConfigurationError(f"{source} must be a mapping of variables.")

    @property
    def values(self) -> dict[str, Value]:
        """What it holds, with vault values closed."""
        return self._yaml.values or {}

    @property
    def vault_ids(self) -> list[str]:
        """Those that it is encrypted under."""
        return [self._key.label] if self._key else sorted({label_of(text) for text in _ciphers(self.values)})

    def content(self) -> bytes:
        text = self._yaml.text
        return (self._key.close(text, self._source) if self._key else text).encode()

    def sealed(self, content: bytes) -> bytes:
        """What was there before, closed as a whole."""
        text = content.decode()
        return content if is_closed(text) else (self._key or self._new_key()).close(text, self._source).encode()

    def demand_key(self) -> None:
        """Raise ConfigurationError unless there is a vault secret for each vault id."""
        first = {label_of(cipher): (path, cipher) for path, cipher in reversed(list(_paths(self.values)))}
        for path, cipher in first.values():
            self.opened(cipher, _name(path))

    def at(self, steps: t.Iterable[Step]) -> Value:
        """The part of the values that steps lead to, None when there is none."""
        found = self._found(steps)
        return None if found is None else value_at(self.values, found)

    def is_closed(self, value: Value) -> bool:
        """Whether a part of the values is encrypted in the file, or need not be."""
        return self._key is not None or isinstance(value, Cipher) or self._wish.encrypt == PLAIN

    def opened(self, value: Value, place: str) -> Value:
        """A part of the values, with all that is in it open."""
        if isinstance(value, dict):
            return {key: self.opened(part, f"{place}.{key}") for key, part in value.items()}
        if isinstance(value, list):
            return [self.opened(part, place) for part in value]
        return self._vault.open(value, f"{place} in {self._source}")[0] if isinstance(value, Cipher) else value

    def change(self, edit: Edit) -> None:
        """Carry out an edit; what is so already stays as it is."""
        found = self._found(edit.at)
        if edit.is_gone:
            if found is not None:
                self._drop(found, _name(edit.at))
            return
        path = self._made(edit.at) if found is None and (edit.values or edit.secrets) else found
        if path is None:
            return
        for key, value in edit.values.items():
            self._ensure((*path, key), value, _name((*edit.at, key)))
        for key, text in edit.secrets.items():
            self._ensure_secret((*path, key), text, _name((*edit.at, key)))
        for key in edit.remove:
            if key in self._around(path, dict):
                self._drop((*path, key), _name((*edit.at, key)))

    def rekey(self, new: t.Callable[[str], Key]) -> None:
        """Close all that is closed with another key, told by the vault id that is there."""
        if self._key:
            self._close_again(new)
        for path, cipher in list(_paths(self.values)):
            wanted = new(label_of(cipher))
            name = _name(path)
            if wanted.label != label_of(cipher) or wanted.open(cipher, name) is None:
                self._put(path, Cipher(wanted.close(self._vault.open(cipher, name)[0], name)), name)

    def _close_again(self, new: t.Callable[[str], Key]) -> None:
        old = t.cast("Key", self._key)
        wanted = new(old.label)
        if wanted.label != old.label or wanted.secret.bytes != old.secret.bytes:
            self._key = wanted
            self._touch(self._source)

    def _opened(self, content: bytes) -> str:
        try:
            text = content.decode()
        except UnicodeDecodeError:
            raise ConfigurationError(f"{self._source} is no text in UTF-8.") from None
        if is_closed(text):
            return self._open_whole(text)
        if self._wish.encrypt == FILE:
            if text and not self._wish.takes_plain:
                raise ConfigurationError(f"{self._source} is not encrypted; {_HOW_TO_TAKE}")
            self._key = self._vault.key(self._wish.vault_id)
            if text:
                self._touch(self._source)
        return text

    def _open_whole(self, ciphertext: str) -> str:
        if self._wish.encrypt == VALUES:
            raise ConfigurationError(f"{self._source} is encrypted as a whole, not value by value; leave encrypt out.")
        text, self._key = self._vault.open(ciphertext, self._source)
        self._demand_label(self._key, self._source)
        return text

    def _demand_label(self, key: Key, place: str) -> None:
        wanted = self._wish.vault_id
        if wanted and key.label != wanted:
            raise ConfigurationError(
                f"{place} is encrypted under the vault id {key.label}, not {wanted}; change that with new_vault_id."
            )

    def _found(self, at: t.Iterable[Step]) -> Path | None:
        """The path that steps lead to; None where one leads nowhere."""
        path: Path = ()
        for step in at:
            key = self._key_of(step, path)
            if key is None:
                return None
            path = (*path, key)
        return path

    def _made(self, at: t.Sequence[Step]) -> Path:
        """The path that steps lead to, with what lacks there."""
        path: Path = ()
        for number, step in enumerate(at):
            key = self._key_of(step, path)
            if key is None:
                self._grow(path, step, at[number:][1:], _name(at))
                key = self._key_of(step, path)
            path = (*path, key)
        return path

    def _grow(self, path: Path, step: Step, more: t.Sequence[Step], name: str) -> None:
        around, inner = value_at(self.values, path), _grown(more)
        with self._editing(name):
            if isinstance(step, str):
                self._yaml.put((*path, step), inner)
            elif around:
                self._yaml.put((*path, len(around)), {**_entry(step), **inner})
            else:
                self._yaml.put(path, [{**_entry(step), **inner}])
        self._touch(name)

    def _key_of(self, step: Step, path: Path) -> t.Any:
        """The key or the number that a step means at a path, None when there is none."""
        if isinstance(step, str):
            return step if step in self._around(path, dict) else None
        around = self._around(path, list)
        rows = [number for number, row in enumerate(around) if isinstance(row, dict) and _agrees(row, step)]
        if len(rows) > 1:
            raise ConfigurationError(f"{_name((*path, step))} in {self._source} means several entries.")
        return rows[0] if rows else None

    def _around(self, path: Path, kind: type) -> Value:
        """The mapping or the list at a path, an empty one for null."""
        value = value_at(self.values, path)
        if value is not None and not isinstance(value, kind):
            wanted = "mapping" if kind is dict else "list"
            raise ConfigurationError(f"{_name(path)} in {self._source} is not a {wanted}.")
        return value or kind()

    def _ensure(self, path: Path, wanted: Value, name: str) -> None:
        current = self._around(path[:-1], dict).get(path[-1], _MISSING)
        if isinstance(current, Cipher):
            raise ConfigurationError(f"{name} is encrypted in {self._source}; give it under secrets, or remove it.")
        if isinstance(current, dict) and isinstance(wanted, dict) and current and wanted:
            for key, value in wanted.items():
                self._ensure((*path, key), value, f"{name}.{key}")
            for key in [key for key in current if key not in wanted]:
                self._drop((*path, key), f"{name}.{key}")
        elif not same(current, wanted):
            self._demand_none_closed(current, name)
            self._put(path, wanted, name)

    def _demand_none_closed(self, current: Value, name: str) -> None:
        if any(True for _cipher in _ciphers(current)):
            raise ConfigurationError(f"{name} holds encrypted values in {self._source}; remove it to replace it.")

    def _ensure_secret(self, path: Path, wanted: str, name: str) -> None:
        current = self._around(path[:-1], dict).get(path[-1], _MISSING)
        if isinstance(current, Cipher):
            text, key = self._vault.open(current, f"{name} in {self._source}")
            if text != wanted:
                self._demand_label(key, f"{name} in {self._source}")
                self._put(path, Cipher(key.close(wanted, name)), name)
        elif self.is_closed(current):
            self._ensure(path, wanted, name)
        else:
            self._demand_none_closed(current, name)
            if current not in (_MISSING, None) and not self._wish.takes_plain:
                raise ConfigurationError(f"{name} stands in {self._source} in plain text; {_HOW_TO_TAKE}")
            self._put(path, Cipher(self._new_key().close(wanted, name)), name)

    def _new_key(self) -> Key:
        """That of the other values, when they agree in their vault id, else that of the run."""
        ciphers = list(_ciphers(self.values))
        labels = {label_of(text) for text in ciphers}
        if len(labels) == 1 and self._wish.vault_id in (None, *labels):
            return self._vault.open(ciphers[0], f"What is encrypted in {self._source}")[1]
        return self._vault.key(self._wish.vault_id)

    def _put(self, path: Path, value: Value, name: str) -> None:
        with self._editing(name):
            self._yaml.put(path, value)
        self._touch(name)

    def _drop(self, path: Path, name: str) -> None:
        with self._editing(name):
            self._yaml.drop(path)
        self._touch(name)

    def _touch(self, name: str) -> None:
        if name not in self.touched:
            self.touched.append(name)

    @contextlib.contextmanager
    def _editing(self, name: str) -> t.Iterator[None]:
        try:
            yield
        except EditError:
            raise ConfigurationError(
                f"{name} cannot be changed in {self._source} without changing other parts: write what is around it in "
                "block style, without anchors."
            ) from None


_HOW_TO_TAKE = "to encrypt it, say 'encrypt_plain: true', and change the secret if others could read the file."


def _grown(steps: t.Sequence[Step]) -> Value:
    """What is at a place that steps go on from; a mapping cannot follow upon another."""
    if not steps:
        return {}
    inner = _grown(steps[1:])
    return {steps[0]: inner} if isinstance(steps[0], str) else [{**_entry(steps[0]), **inner}]


def _entry(step: t.Mapping[str, Value]) -> dict[str, Value]:
    """What a new entry has by its step; null, or nothing, says that a key is not there."""
    return {key: value for key, value in step.items() if value not in _ABSENT}


def _agrees(row: t.Mapping[str, Value], step: t.Mapping[str, Value]) -> bool:
    return all(_means(row.get(key), value) for key, value in step.items())


def _means(there: Value, wanted: Value) -> bool:
    if there in _ABSENT or wanted in _ABSENT:
        return there in _ABSENT and wanted in _ABSENT
    return str(there).casefold() == str(wanted).casefold()


def _name(path: t.Iterable[t.Any]) -> str:
    """A place in words, such as regions[eu, 9876].client_id."""
    parts = []
    for step in path:
        if isinstance(step, t.Mapping):
            parts.append(f"[{', '.join(map(str, _entry(step).values()))}]")
        else:
            parts.append(f"[{step + 1}]" if isinstance(step, int) else f".{step}")
    return "".join(parts).lstrip(".")


def _paths(value: Value, path: Path = ()) -> t.Iterator[tuple[Path, Cipher]]:
    if isinstance(value, Cipher):
        yield path, value
    rows = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in rows:
        yield from _paths(part, (*path, key))


def _ciphers(value: Value) -> t.Iterator[Cipher]:
    return (cipher for _path, cipher in _paths(value))
