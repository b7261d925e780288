# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""YAML as Ansible reads it, with vault values left closed. Private to this collection, for the controller only."""

from __future__ import annotations

import re
import typing as t

import yaml

Value = t.Any
_LINES = re.compile(r"[^\s\x85\u2028\u2029](?:[^\r\x85\u2028\u2029]*[^\s\x85\u2028\u2029])?\n?")
Parent: t.Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
VAULT_TAG = "!vault"


class Cipher(str):
    """The text of a vault value."""


class _Loader(Parent):
    """Knows the tags of Ansible."""


class _Dumper(yaml.SafeDumper):
    """Indents lists, and sets no anchors."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)

    def ignore_aliases(self, data: t.Any) -> bool:
        return True


def _cipher(loader: t.Any, node: yaml.Node) -> Cipher:
    return Cipher(loader.construct_scalar(node))


def _closed(dumper: t.Any, text: Cipher) -> yaml.Node:
    return t.cast("yaml.Node", dumper.represent_scalar(VAULT_TAG, str(text), style="|"))


def _written(dumper: t.Any, text: str) -> yaml.Node:
    """Line by line or on a single one, which a comment can follow."""
    is_long = any(sign in text for sign in "\n\x85\u2028\u2029")
    style = ("|" if _LINES.fullmatch(text) else '"') if is_long else None
    return t.cast("yaml.Node", dumper.represent_scalar("tag:yaml.org,2002:str", text, style=style))


def _text(loader: t.Any, node: yaml.Node) -> t.Any:
    return loader.construct_scalar(node)


for _tag in (VAULT_TAG, "!vault-encrypted"):
    _Loader.add_constructor(_tag, _cipher)
_Loader.add_constructor("!unsafe", _text)
_Dumper.add_representer(Cipher, _closed)
_Dumper.add_representer(str, _written)


def nodes_of(text: str) -> yaml.Node | None:
    """The nodes of a document, with their places in the text. Raises yaml.YAMLError."""
    return yaml.compose(text, Loader=_Loader)


def values_of(text: str) -> Value:
    """What a document holds. Raises yaml.YAMLError, ValueError."""
    return yaml.load(text, Loader=_Loader)  # noqa: S506 - made of the safe loader


def value_of(node: yaml.Node) -> Value:
    """What a node holds. Raises yaml.YAMLError, ValueError."""
    return _Loader("").construct_object(node, deep=True)


def text_of(value: Value, indent: int = 2) -> str:
    """A value as YAML in block style, with a line break at the end."""
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10**6, indent=indent)
