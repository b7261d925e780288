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
import typing as t

from ansible.errors import AnsibleError, AnsibleUndefinedVariable

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import line_of

PREFIX = "QLIK_"
SECRETS = ("client_secret", "private_key")


class Templar(t.Protocol):
    """The part of ansible's Templar that is used here."""

    def is_template(self, data: t.Any) -> bool:
        """Whether a value holds a template."""

    def template(self, variable: t.Any) -> t.Any:
        """The value with its templates filled in."""


@contextlib.contextmanager
def blank_variables_unset() -> t.Iterator[None]:
    """Hide empty environment variables of ours: controllers inject an empty one where nothing was filled in."""
    blank = {name: value for name, value in os.environ.items() if name.startswith(PREFIX) and not value.strip()}
    for name in blank:
        del os.environ[name]
    try:
        yield
    finally:
        os.environ.update(blank)


@contextlib.contextmanager
def quoting_nothing(source: str) -> t.Iterator[None]:
    """Turn errors of reading a file into one sentence that shows the line number and no line."""
    try:
        yield
    except AnsibleError as error:
        line = line_of(error)
        place = f"{source}, line {line}," if line else source
        raise ConfigurationError(f"{place} cannot be read as YAML or JSON; {_missing(source)}.") from None


@contextlib.contextmanager
def quoting_no_value(source: str) -> t.Iterator[None]:
    """Turn errors about an option into one sentence without its place in the file."""
    try:
        yield
    except AnsibleError as error:
        raise ConfigurationError(f"{source}: {first_line(error)}.") from None


def _missing(path: str) -> str:
    if not os.path.exists(path):
        return "there is no such file"
    if not os.access(path, os.R_OK):
        return "you may not read it"
    return "check its syntax and, if it is encrypted, the vault secret"


def rendered(options: t.Mapping[str, t.Any], names: t.Iterable[str], templar: Templar, source: str) -> dict[str, t.Any]:
    """The options of a file with templates in the named ones filled in. Raises ConfigurationError."""
    return {**options, **{name: _render(name, options[name], templar, source) for name in names if name in options}}


def _render(name: str, value: t.Any, templar: Templar, source: str) -> t.Any:
    if name in SECRETS and isinstance(value, (dict, list)):
        raise ConfigurationError(f"The option {name} in {source} must be text.")
    try:
        return templar.template(value) if templar.is_template(value) else value
    except AnsibleUndefinedVariable as error:
        reason = "a variable in it is undefined" if name in SECRETS else first_line(error)
    except AnsibleError:
        reason = "the template is faulty"
    raise ConfigurationError(f"The option {name} in {source} could not be filled in: {reason}.")


def first_line(error: BaseException) -> str:
    """What an error of ansible says, without the template and the lines of a file that it quotes."""
    lines = str(getattr(error, "message", error)).splitlines() or [type(error).__name__]
    return lines[0].split(" String: ")[0].rstrip(".")
