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
import re
import typing as t

import jinja2
from ansible import constants as C
from ansible.plugins.loader import filter_loader, test_loader
from ansible.template import Templar
from jinja2 import Undefined, nodes
from jinja2.nativetypes import NativeEnvironment

from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import (
    compiling_once,
    is_trusted,
    leaves_no_mark,
    stays_as_it_is,
)

MOST_TEXTS = 256
FORMS = (
    *(nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.CondExpr, nodes.Name, nodes.Const),
    *(nodes.List, nodes.Tuple, nodes.Dict, nodes.Pair, nodes.Keyword, nodes.Getitem, nodes.Slice),
    *(nodes.Compare, nodes.Operand, nodes.Concat, nodes.And, nodes.Or, nodes.Not, nodes.Add, nodes.Sub, nodes.Neg),
)
FILTERS = {"capitalize", "d", "default", "first", "int", "last", "length", "lower", "replace", "title", "upper"}
DEFAULTS = {"d", "default"}
TESTS = {"boolean", "defined", "even", "false", "in", "none", "odd", "string", "true"}
METHODS = {"endswith", "lower", "removeprefix", "removesuffix", "replace", "split", "startswith", "strip", "upper"}

_ODD = re.compile(r"[\\\r\n]|^\{\{\s*\{[{%#]")  # what ansible treats in its own way

Variables = t.Mapping[str, t.Any]
Plainly = t.Callable[[Variables], t.Any]


class NotPlain(Exception):
    """Jinja alone might come to something else than ansible."""


class QuickTemplar:
    """Stands in for ansible's Templar where Constructable uses it."""

    def __init__(self, loader: t.Any) -> None:
        # conditions are compiled apart: ansible reads backslashes in them in another way, and allows lookups
        self._expressions, self._conditions = (compiling_once(Templar(loader=loader)) for _kind in range(2))
        # what is plain hangs on the plugins that are there now
        self._plain = functools.lru_cache(maxsize=MOST_TEXTS)(plain_template)
        self.available_variables: Variables = {}

    @property
    def environment(self) -> t.Any:
        return self._expressions.environment

    def template(self, variable: t.Any, **options: t.Any) -> t.Any:
        with contextlib.suppress(Exception):
            return self._plainly(variable, variable)
        return self._evaluated(self._expressions if options else self._conditions, "template", variable, **options)

    def evaluate_expression(self, expression: t.Any) -> t.Any:
        with contextlib.suppress(Exception):
            return self._plainly(expression, f"{{{{ {expression} }}}}")
        return self._evaluated(self._expressions, "evaluate_expression", expression)

    def evaluate_conditional(self, conditional: t.Any) -> t.Any:
        with contextlib.suppress(Exception):
            if isinstance(value := self._plainly(conditional, f"{{{{ {conditional} }}}}"), bool):
                return value
        return self._evaluated(self._conditions, "evaluate_conditional", conditional)

    def _plainly(self, text: t.Any, template: str) -> t.Any:
        """What Jinja alone comes to. Raises NotPlain, or an error of Jinja or Python, where ansible must be asked."""
        evaluate = self._plain(template) if is_trusted(text) else None
        if evaluate is None or not stays_as_it_is(value := evaluate(self.available_variables)):
            raise NotPlain
        return value

    def _evaluated(self, templar: t.Any, method: str, text: t.Any, **options: t.Any) -> t.Any:
        templar.available_variables = self.available_variables
        return getattr(templar, method)(text, **options)


class _Undefined(Undefined):
    """There is none here: the tests and filters of ansible treat what is undefined in their own way."""

    def __init__(self, *arguments: t.Any, **more: t.Any) -> None:
        raise NotPlain


class _Environment(NativeEnvironment):
    """Jinja without what ansible's sandbox forbids."""

    def getitem(self, obj: t.Any, argument: t.Any) -> t.Any:
        return obj[argument]


@jinja2.pass_context
def _as_it_is(context: t.Any, value: t.Any) -> t.Any:
    """Keeps Jinja from turning constants into text while it compiles."""
    return value


_JINJA = _Environment(undefined=_Undefined, optimized=False, finalize=_as_it_is)


def plain_template(text: str) -> Plainly | None:
    """Evaluates a template by Jinja alone; None for one that is not plain enough.

    What it returns raises NotPlain, or an error of Jinja or Python, where variables are not plain enough.
    """
    try:
        names = _names_read(text)
        return functools.partial(_result, _JINJA.from_string(text), names) if names else None
    except Exception:  # whatever Jinja and Python have against it, ansible says in its own words
        return None


def _names_read(text: str) -> set[str]:
    """The variables that a plain template reads; none for one that is not plain, or always comes to the same."""
    tree = _JINJA.parse(text)
    is_odd = C.DEFAULT_JINJA2_EXTENSIONS or _ODD.search(text)
    is_plain = not is_odd and all(map(_is_plain, tree.find_all(nodes.Node)))
    return {node.name for node in tree.find_all(nodes.Name)} if is_plain else set()


def _result(template: jinja2.Template, names: set[str], variables: Variables) -> t.Any:
    read = {name: variables[name] for name in names}
    if not all(map(_is_settled, read.values())):
        raise NotPlain
    (value,) = template.root_render_func(template.new_context(read))
    return value


def _is_plain(node: nodes.Node) -> bool:
    if isinstance(node, nodes.Call):
        return isinstance(node.node, nodes.Getattr)
    if isinstance(node, nodes.Getattr):
        return node.attr in METHODS
    if isinstance(node, nodes.Filter):
        is_known = node.name in FILTERS and _is_of_jinja(filter_loader, node.name)
        return is_known and (node.name not in DEFAULTS or _says_true_or_false(node))
    if isinstance(node, nodes.Test):
        return node.name in TESTS and _is_of_jinja(test_loader, node.name)
    if isinstance(node, nodes.Const):
        return _is_settled(node.value)
    return isinstance(node, FORMS)


def _says_true_or_false(default: nodes.Filter) -> bool:
    """Whether the second argument is one that the filter of any ansible takes."""
    seconds = [*default.args[1:], *(keyword.value for keyword in default.kwargs if keyword.key != "default_value")]
    return all(isinstance(second, nodes.Const) and isinstance(second.value, bool) for second in seconds)


def _is_of_jinja(loader: t.Any, name: str) -> bool:
    """Whether a filter or a test is Jinja's own, and no plugin of the user's that bears its name."""
    if name in getattr(C, "STRING_TYPE_FILTERS", ()):
        return False
    try:
        plugin = loader.get(name)
    except Exception:
        return True
    return plugin is None or str(plugin.ansible_name).startswith("ansible.builtin.")


def _is_settled(value: t.Any) -> bool:
    """Whether a value is what it is: no template that reads others, and no text whose mark its parts must bear."""
    if isinstance(value, str):
        return "{" not in value and "#" not in value and leaves_no_mark(value)
    return value is None or isinstance(value, int)
