# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Reads plugin options: blank environment variables, templates, and errors that quote no file.

Private to this collection, for the controller only. ansible shows the lines of a file around an error that knows its
place, and one of them may hold a secret; so errors are raised anew here, without their place and cause.
"""

from __future__ import annotations

import contextlib
import os
import re
import typing as t

from ansible.errors import AnsibleError, AnsibleUndefinedVariable
from ansible.parsing.vault import AnsibleVaultError

from ansible_collections.qlikops.cloud.plugins.module_utils._connection_options import PREFIX
from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import (
    PROOFS,
    VARIABLE,
    VAULT_ADVICE,
    VAULT_HEADER,
)
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import line_of

_QUOTES = re.compile(r" String: |The error appears to")


class Templar(t.Protocol):
    """The part of ansible's Templar that is used here."""

    def is_template(self, data: t.Any) -> bool:
        """Whether a value holds a template."""

    def template(self, variable: t.Any) -> t.Any:
        """The value with its templates filled in."""


@contextlib.contextmanager
def blank_variables_unset() -> t.Iterator[None]:
    """Hide empty environment variables of ours: controllers inject an empty one where nothing was filled in."""
    blank = [name for name, value in os.environ.items() if name.startswith(PREFIX) and not value.strip()]
    with environment_changed(dict.fromkeys(blank)):
        yield


@contextlib.contextmanager
def environment_changed(changes: t.Mapping[str, str | None]) -> t.Iterator[None]:
    """Set environment variables, unset those that are None, and put all back in the end."""
    before = {name: os.environ.get(name) for name in changes}
    try:
        _set(changes)
        yield
    finally:
        _set(before)


def _set(values: t.Mapping[str, str | None]) -> None:
    for name, value in values.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value


@contextlib.contextmanager
def quoting_nothing(source: str) -> t.Iterator[None]:
    """Turn errors of reading a file into one sentence that shows the line number and no line."""
    try:
        yield
    except (AnsibleError, ValueError) as error:
        line = line_of(error)
        place = f"{source}, line {line}," if line else source
        raise ConfigurationError(f"{place} cannot be read: {_cause(source, error)}.") from None


@contextlib.contextmanager
def quoting_no_value(source: str) -> t.Iterator[None]:
    """Turn errors about an option into one sentence without its place in the file."""
    try:
        yield
    except AnsibleVaultError:
        raise ConfigurationError(f"A value in {source} cannot be opened; {VAULT_ADVICE}.") from None
    except AnsibleError as error:
        raise ConfigurationError(f"{source}: {words_of(error)}.") from None


def _cause(path: str, error: Exception) -> str:
    if not os.path.exists(path):
        return "there is no such file"
    if os.path.isdir(path):
        return "it is a folder"
    if not os.access(path, os.R_OK):
        return "you may not read it"
    if _is_encrypted(path):
        return VAULT_ADVICE
    if "another document" in str(error):
        return "it holds more than one YAML document"
    return "it is neither valid YAML nor JSON"


def _is_encrypted(path: str) -> bool:
    with open(path, "rb") as file:
        return file.read(len(VAULT_HEADER)) == VAULT_HEADER.encode()


def rendered(options: t.Mapping[str, t.Any], names: t.Iterable[str], templar: Templar, source: str) -> dict[str, t.Any]:
    """The options of a file with templates in the named ones filled in. Raises ConfigurationError."""
    return {**options, **{name: _render(name, options[name], templar, source) for name in names if name in options}}


def _render(name: str, value: t.Any, templar: Templar, source: str, hidden: bool = False) -> t.Any:
    """The value filled in; what ansible says of a template that fails may hold its text, and is kept when hidden."""
    hidden = hidden or name in PROOFS
    if name in PROOFS and isinstance(value, (dict, list)):
        raise ConfigurationError(f"The option {name} in {source} must be text.")
    if not isinstance(value, (str, dict, list)):
        return value
    try:
        return templar.template(value) if templar.is_template(value) else value
    except AnsibleUndefinedVariable as error:
        reason = "a variable in it is undefined" if hidden else words_of(error)
    except Exception as error:
        reason = "the template is faulty" if hidden else words_of(error)
    raise ConfigurationError(f"The option {name} in {source} could not be filled in: {reason}.")


class _Later:
    """A template that is filled in when its text is wanted."""

    def __init__(self, render: t.Callable[[], t.Any]) -> None:
        self._render = render

    def __str__(self) -> str:
        return str(self._render())


def book_of(variables: t.Mapping[str, t.Any], templar: Templar, source: str) -> t.Any:
    """The variable qlik_credentials; of its entries only the secrets that are used are rendered or decrypted."""
    return _book_part(VARIABLE, variables.get(VARIABLE), templar, source)


def _book_part(name: str, value: t.Any, templar: Templar, source: str) -> t.Any:
    if isinstance(value, dict):
        return {key: _book_part(key, part, templar, source) for key, part in value.items()}
    if isinstance(value, list):
        return [_book_part(name, part, templar, source) for part in value]
    if not isinstance(value, str):
        return value
    if name in PROOFS and templar.is_template(value):
        return _Later(lambda: _render(name, value, templar, source))
    return _render(name, value, templar, source, hidden=True)


def words_of(error: BaseException) -> str:
    """What an error of ansible says, without the template and the lines of a file that it quotes."""
    text = str(getattr(error, "message", error)) or type(error).__name__
    return " ".join(_QUOTES.split(text)[0].split()).rstrip(".")
