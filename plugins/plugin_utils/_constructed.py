# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Evaluates the expressions of constructed features at speed. Private to this collection, for the controller only.

Core compiles each expression anew for each host. Here its own methods work on a stand-in for its Templar, in which each
text is compiled once. Where a text is so plain that Jinja alone comes to the same, Jinja alone evaluates it. Everything
else, above all what fails and what is not the same each time, is evaluated by ansible, for each host.
"""

from __future__ import annotations

import contextlib
import functools
import typing as t

import jinja2
from ansible.template import Templar
from jinja2 import TemplateError, Undefined, nodes
from jinja2.nativetypes import NativeEnvironment

from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import compiling_once, is_trusted, stays_as_it_is

MOST_TEXTS = 256
FORMS = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Name, nodes.Const),
    *(nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Keyword, nodes.Getitem, nodes.Slice),
    *(nodes.Compare, nodes.Operand, nodes.Concat, nodes.And, nodes.Or, nodes.Not, nodes.Add, nodes.Sub),
)
FILTERS = {
    "capitalize",
    "count",
    "d",
    "default",
    "first",
    "int",
    "last",
    "length",
    "lower",
    "replace",
    "title",
    "upper",
}
TESTS = {"==", "!=", "<", "<=", ">", ">=", "boolean", "defined", "even", "false", "in", "none", "odd", "string", "true"}
METHODS = {"endswith", "lower", "removeprefix", "removesuffix", "replace", "split", "startswith", "strip", "upper"}

Variables = t.Mapping[str, t.Any]
Plainly = t.Callable[[Variables], t.Any]


class NotPlain(Exception):
    """Jinja alone might come to something else than ansible."""


class _NothingUndefined(Undefined):
    """What is undefined is ansible's own affair: its tests and filters treat it in their own way."""

    def __init__(self, *arguments: t.Any, **more: t.Any) -> None:
        raise NotPlain


_JINJA = NativeEnvironment(undefined=_NothingUndefined)


class QuickTemplar:
    """Stands in for ansible's Templar where Constructable uses it."""

    def __init__(self, loader: t.Any) -> None:
        # conditions are compiled apart: ansible reads backslashes in them in another way, and allows lookups
        self._expressions, self._conditions = (compiling_once(Templar(loader=loader)) for _kind in range(2))
        self.available_variables: Variables = {}

    @property
    def environment(self) -> t.Any:
        return self._expressions.environment

    def template(self, variable: t.Any, **options: t.Any) -> t.Any:
        templar = self._expressions if options else self._conditions
        return self._evaluated(templar, "template", variable, **options)

    def evaluate_expression(self, expression: t.Any) -> t.Any:
        return self._evaluated(self._expressions, "evaluate_expression", expression)

    def evaluate_conditional(self, conditional: t.Any) -> t.Any:
        return self._evaluated(self._conditions, "evaluate_conditional", conditional)

    def _evaluated(self, templar: t.Any, method: str, text: t.Any, **options: t.Any) -> t.Any:
        plainly = plain_template(text if method == "template" else f"{{{{ {text} }}}}") if is_trusted(text) else None
        if plainly:
            with contextlib.suppress(Exception):
                value = plainly(self.available_variables)
                if isinstance(value, bool) or (method != "evaluate_conditional" and stays_as_it_is(value)):
                    return value
        templar.available_variables = self.available_variables
        return getattr(templar, method)(text, **options)


@functools.lru_cache(maxsize=MOST_TEXTS)
def plain_template(text: str) -> Plainly | None:
    """Evaluates a template by Jinja alone; None for one that is not plain enough.

    What it returns raises NotPlain, or an error of Jinja or Python, where variables are not plain enough.
    """
    names = _names_read(text)
    return functools.partial(_plainly, _JINJA.from_string(text), names) if names else None


def _names_read(text: str) -> set[str]:
    """The variables that a plain template reads; none for one that is not plain, or always comes to the same."""
    if "\\" in text or "\n" in text:
        return set()
    try:
        tree = _JINJA.parse(text)
    except TemplateError:
        return set()
    is_plain = all(map(_is_plain, tree.find_all(nodes.Node)))
    return {node.name for node in tree.find_all(nodes.Name)} if is_plain else set()


def _plainly(template: jinja2.Template, names: set[str], variables: Variables) -> t.Any:
    read = {name: variables[name] for name in names}
    if not all(map(_is_settled, read.values())):
        raise NotPlain
    (value,) = template.root_render_func(template.new_context(read))
    return value


def _is_plain(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Call):
        return isinstance(node.node, nodes.Getattr) and node.node.attr in METHODS
    if isinstance(node, nodes.Getattr):
        return node.attr in METHODS
    if isinstance(node, (nodes.Filter, nodes.Test)):
        return node.name in (FILTERS if isinstance(node, nodes.Filter) else TESTS)
    if isinstance(node, nodes.Const):
        return _is_settled(node.value)
    return isinstance(node, FORMS)


def _is_settled(value: t.Any) -> bool:
    """Whether a value is what it is, and no template that reads others."""
    if isinstance(value, str):
        return "{" not in value and not value.startswith("#")
    return value is None or isinstance(value, int)
