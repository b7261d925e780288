# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import re
import typing as t
from pathlib import Path

import jinja2
import pytest
from ansible.errors import AnsibleError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.inventory import BaseInventoryPlugin, Constructable
from ansible.plugins.loader import filter_loader
from ansible.template import Templar
from hypothesis import example, given
from hypothesis import strategies as st

from ansible_collections.qlikops.cloud.plugins.plugin_utils import _constructed
from ansible_collections.qlikops.cloud.plugins.plugin_utils._constructed import QuickTemplar, plain_template
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import is_trusted, trusted, untrusted

Options = dict[str, t.Any]
Hosts = list[dict[str, t.Any]]

LOADER = DataLoader()
NAMES = ("a", "b", "c", "d")
EXTRA = {"d": trusted("extra"), "e": [trusted("x"), trusted("{{ a }}")]}


class Plugin(BaseInventoryPlugin, Constructable):
    """What a plugin that offers constructed features does for its hosts, on the templar given."""

    def __init__(self, templar: t.Any, options: Options) -> None:
        super().__init__()
        self.inventory, self.loader, self.templar = InventoryData(), LOADER, templar
        self._chosen, self._vars = options, EXTRA

    def get_option(self, option: str, hostvars: t.Any = None) -> t.Any:
        return self._chosen.get(option)

    def add(self, name: str, variables: dict[str, t.Any]) -> None:
        self.inventory.add_host(name)
        for variable, value in variables.items():
            self.inventory.set_variable(name, variable, value)
        strict = self.get_option("strict")
        self._set_composite_vars(self.get_option("compose"), variables, name, strict=strict)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, name, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, name, strict=strict)


def outcome(templar: t.Any, options: Options, hosts: Hosts) -> t.Any:
    """All that came of the options: variables with their types and trust, groups, and the error that ended it."""
    plugin, end = Plugin(templar, options), None
    try:
        for number, variables in enumerate(hosts):
            plugin.add(f"h{number}", variables)
    except Exception as error:
        end = (type(error), addressless(str(error)))
    inventory = plugin.inventory
    members = {
        name: ([h.name for h in g.hosts], [c.name for c in g.child_groups]) for name, g in inventory.groups.items()
    }
    return {name: told(host.vars) for name, host in inventory.hosts.items()}, members, end


def told(value: t.Any) -> t.Any:
    """A value with all that equality passes over."""
    if isinstance(value, dict):
        return {key: told(part) for key, part in value.items()}
    if isinstance(value, (list, tuple)):
        return type(value), [told(part) for part in value]
    return type(value), addressless(repr(value)), isinstance(value, str) and is_trusted(value)


def addressless(text: str) -> str:
    return re.sub(r"0x[0-9a-f]{6,}", "0x", text)


def agreed(options: Options, hosts: Hosts) -> t.Any:
    """What both come to."""
    ours = outcome(QuickTemplar(LOADER), options, hosts)
    assert ours == outcome(Templar(loader=LOADER), options, hosts)
    return ours


TEXTS = (
    "",
    "us",
    "US",
    "north-1",
    "2030-01-01",
    "True",
    "False",
    "None",
    "7",
    "[1]",
    "['a']",
    "(1)",
    " x ",
    "ü",
    "#x",
    "'q'",
)
HOSTILE = ("{{ 7 * 7 }}", "{% if", "{# x", "#jinja2: variable_start_string: '['\n[ 7 ]", "{'a': 1}", "a\\nb", "a\n")
TEMPLATES = ("{{ b }}", "{{ missing }}", "{{ a", "x{{ 1 }}")
VALUES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.just(1.5)
    | st.builds(trusted, st.sampled_from(TEXTS + TEMPLATES))
    | st.builds(untrusted, st.sampled_from(TEXTS + HOSTILE))
    | st.lists(st.builds(trusted, st.sampled_from(TEXTS)), max_size=2)
    | st.just({"k": trusted("v"), "w": ""})
)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-2, 3)
    | st.builds(trusted, st.sampled_from(TEXTS))
    | st.builds(untrusted, st.sampled_from(TEXTS))
)
# How deep a template that reads itself comes hangs on the stack, so none is put into b.
HOSTS = st.lists(
    st.fixed_dictionaries({"b": SCALARS}, optional=dict.fromkeys(("a", "c", "d"), SCALARS | VALUES)),
    min_size=1,
    max_size=3,
)
FULL_HOSTS = st.lists(st.fixed_dictionaries(dict.fromkeys(NAMES, SCALARS)), min_size=1, max_size=3)

LITERALS = (
    "'us'",
    "''",
    "'True'",
    "'[1]'",
    "7",
    "0",
    "none",
    "true",
    "[1, 'us']",
    "{'us': 'x', 'k': b}",
    "'{{ b }}'",
    "'\\d'",
    "'#'",
)
FILTERS = (
    *("lower", "upper", "title", "trim", "capitalize", "length", "count", "first", "last", "int", "string", "float"),
    *(
        "bool",
        "list",
        "sort",
        "join",
        "join('-')",
        "reverse",
        "default('x')",
        "default('x', true)",
        "d(b)",
        "default(omit)",
    ),
    *("replace('u', 'v')", "regex_replace('u', 'v')", "ternary('x', 'y')", "type_debug", "to_json", "from_json"),
    *("unique", "hash", "b64encode", "map('upper')", "missing_filter"),
)
TESTS = (
    *(
        "none",
        "defined",
        "undefined",
        "string",
        "number",
        "boolean",
        "true",
        "false",
        "truthy",
        "mapping",
        "even",
        "odd",
    ),
    *("lower", "in(['us', 7])", "eq(b)", "match('u')", "search('s')", "missing_test"),
)
METHODS = (
    "lower()",
    "upper()",
    "startswith('u')",
    "endswith('s')",
    "split('-')",
    "strip()",
    "replace('u','v')",
    "format(b)",
    "missing()",
    "__class__",
)
ATOMS = st.sampled_from((*NAMES, *LITERALS, "e", "missing", "inventory_hostname", "group_names"))


def _grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = ("~", "==", "!=", "<", ">=", "+", "-", "*", "and", "or", "in", "not in", "//", "**", ",")
    return (
        st.builds("({} {} {})".format, inner, st.sampled_from(operators), inner)
        | st.builds("({} | {})".format, inner, st.sampled_from(FILTERS))
        | st.builds("({} is {})".format, inner, st.sampled_from([*TESTS, *(f"not {test}" for test in TESTS)]))
        | st.builds("({}).{}".format, inner, st.sampled_from(METHODS))
        | st.builds("({})[{}]".format, inner, st.sampled_from((":2", "0", "'us'", "-1:", "a", "::-1")))
        | st.builds("({} if {} else {})".format, inner, inner, inner)
        | st.builds("({} if {})".format, inner, inner)
        | st.builds("(not {})".format, inner)
        | st.builds("(-{})".format, inner)
    )


PLAIN_ATOMS = st.sampled_from((*NAMES * 4, "'us'", "''", "'True'", "'-'", "7", "0", "none", "true", "false"))
PLAIN_ATOMS |= st.sampled_from(("[1, 'us']", "('us', b)", "{'us': 'x', 'k': b}", "{}", "[]", "{a: b}"))
PLAIN_FILTERS = (
    *sorted(_constructed.FILTERS - {"replace"}),
    "replace('u', 'v')",
    "replace(a, b)",
    "default('x', true)",
    "d(b)",
    "default('x', a)",
    "d('x', 1)",
    "default(default_value=b, boolean=false)",
    "default(boolean=b)",
)
PLAIN_TESTS = (*sorted(_constructed.TESTS - {"in"}), "in(['us', 7])", "in(b)")
PLAIN_METHODS = (
    "lower()",
    "upper()",
    "startswith('u')",
    "endswith(b)",
    "split('-')",
    "split()[0]",
    "strip()",
    "removeprefix('u')",
)
PLAIN_METHODS += ("removesuffix(b)", "replace(a, b)", "replace('us', '#')", "lower")
PLACES = (":2", "-2:", "1:", "::-1", "0", "-1", "'us'", "a", "b", "'lower'", "'__class__'", "c")


def _plainly_grown(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    operators = ("~", "~", "==", "!=", "<", ">=", "+", "-", "and", "or", "in", "not in")
    return (
        st.builds("({} {} {})".format, inner, st.sampled_from(operators), inner)
        | st.builds("(-{})".format, inner)
        | st.builds("({} | {})".format, inner, st.sampled_from(PLAIN_FILTERS))
        | st.builds("({} is {}{})".format, inner, st.sampled_from(("", "not ")), st.sampled_from(PLAIN_TESTS))
        | st.builds("({}).{}".format, inner, st.sampled_from(PLAIN_METHODS))
        | st.builds("({})[{}]".format, inner, st.sampled_from(PLACES))
        | st.builds("({} if {} else {})".format, inner, inner, inner)
        | st.builds("(not {})".format, inner)
    )


ODD = (
    "",
    " a ",
    "a }}{{ b",
    "{{ a }}",
    "{{ a }} ",
    "a\n",
    "a b",
    "a }}{# ",
    "lookup('ansible.builtin.env', 'NO')",
    "a | ",
    "%}",
    "a {% if b %}",
)
EXPRESSIONS = st.builds(trusted, st.recursive(ATOMS, _grown, max_leaves=5) | ATOMS | st.sampled_from(ODD)) | st.just(
    untrusted("a")
)
TEXT = st.builds(
    trusted, st.sampled_from(("", "g", "G-1", "{{ a }}", "{{ b }}_{{ a }}", "p {{ missing }}", "{{ omit }}"))
)
ENTRIES = st.fixed_dictionaries(
    {"key": EXPRESSIONS},
    optional={
        "prefix": TEXT,
        "separator": st.sampled_from(("", "_", "-")),
        "parent_group": TEXT | st.none(),
        "default_value": st.sampled_from(("", "none", "x")),
        "trailing_separator": st.booleans(),
    },
)
OPTIONS = st.fixed_dictionaries(
    {
        "compose": st.dictionaries(st.sampled_from(("x", "y", "a")), EXPRESSIONS, max_size=2),
        "groups": st.dictionaries(st.sampled_from(("g1", "g-2")), EXPRESSIONS | st.booleans(), max_size=2),
        "keyed_groups": st.lists(ENTRIES, max_size=2),
        "strict": st.booleans(),
        "use_extra_vars": st.booleans(),
        "leading_separator": st.booleans(),
    }
)


@given(OPTIONS, HOSTS)
@example({"compose": {"x": trusted("a | default('x', true)")}}, [{"a": untrusted("{{ 1 }}")}, {"a": None}])
@example(
    {"groups": {"g": trusted("a is match('\\\\d')")}, "compose": {"x": trusted("a is match('\\\\d')")}}, [{"a": 7}]
)
def test_it_comes_to_what_core_comes_to(options: Options, hosts: Hosts) -> None:
    agreed(options, hosts)


@given(EXPRESSIONS, HOSTS, st.booleans())
def test_each_kind_of_expression_for_itself(expression: str, hosts: Hosts, strict: bool) -> None:
    for option in (
        {"compose": {"x": expression}},
        {"groups": {"g": expression}},
        {"keyed_groups": [{"key": expression}]},
    ):
        agreed({**option, "strict": strict}, hosts)


PLAINLY = st.builds(trusted, st.recursive(PLAIN_ATOMS, _plainly_grown, max_leaves=4))


@given(PLAINLY, FULL_HOSTS, st.booleans())
@example("a ~ b", [{"a": untrusted("prod"), "b": trusted("us")}], False)
@example("a.removeprefix('prod').strip() ~ b", [{"a": untrusted("prod #jinja2:x:'['\n[1]"), "b": trusted("us")}], False)
@example("a[0] is none", [{"a": None}], False)
@example("7 if true else a", [{"a": None}], True)
@example("true or a", [{"a": None}], True)
@example("{} and b", [{"b": trusted("us")}], True)
@example("{'us': 1}[a] is defined", [{"a": trusted("__class__")}], True)
@example("{'us': 'x'}[a] == 'x'", [{"a": untrusted("__class__")}], True)
@example("{[1]: 2}[a]", [{"a": 1}], True)
@example("a.split(sep='x', sep='y')[0]", [{"a": trusted("us")}], True)
@example("'x' }}{{ 'y' if true else a", [{"a": 1}], True)
@example("{{'a': a}: 2} if a == 'zz' else a in {'us': {'x': 1}}", [{"a": trusted("us")}], True)
def test_what_is_plain_comes_to_the_same(expression: str, hosts: Hosts, strict: bool) -> None:
    test_each_kind_of_expression_for_itself.hypothesis.inner_test(trusted(expression), hosts, strict)


HEADER = "#jinja2: variable_start_string: '[', variable_end_string: ']'\n[ b ]"


@pytest.mark.parametrize(
    "options",
    [
        {"compose": {"x": "a"}},
        {"keyed_groups": [{"key": "b", "parent_group": HEADER}]},
        {"compose": {"x": "lookup('ansible.builtin.env', 'HOME')", "y": "c"}},
        {"groups": {"g": "lookup('ansible.builtin.env', 'HOME') != ''"}, "compose": {"y": "c"}},
    ],
)
def test_what_one_text_does_to_the_templar_does_nothing_to_the_next(options: Options) -> None:
    marked = _marked(options)
    home = trusted("{{lookup('ansible.builtin.env', 'HOME')}}")
    agreed(marked, [{"a": trusted(HEADER), "b": trusted("v"), "c": home}] * 2)


def _marked(value: t.Any) -> t.Any:
    """The same, with all texts trusted, as those of a source are."""
    if isinstance(value, dict):
        return {trusted(key): _marked(part) for key, part in value.items()}
    return trusted(value) if isinstance(value, str) else [_marked(part) for part in value]


def test_a_name_never_becomes_a_template() -> None:
    """A text of the service that lost its mark on the way could begin with a header, and run in the next template."""
    hostile = untrusted("prod #jinja2:variable_start_string:'[',variable_end_string:']'\n[ 7 * 7 ]")
    plugin = Plugin(QuickTemplar(LOADER), {"compose": {"x": trusted("a.removeprefix('prod').strip() ~ b")}})
    plugin.add("h", {"a": hostile, "b": trusted("us")})
    made = plugin.inventory.hosts["h"].vars["x"]
    assert Templar(loader=LOADER, variables={"x": made}).template(trusted("{{ x }}")) == made


@pytest.mark.parametrize(
    "expression", ["(10 ** 12) | random", "(10 ** 12 or a) | random", "((10 ** 12) if true else a) | random"]
)
def test_what_is_not_the_same_each_time_is_evaluated_for_each_host(expression: str) -> None:
    plugin = Plugin(QuickTemplar(LOADER), {"compose": {"x": trusted(expression)}})
    for number in range(5):
        plugin.add(f"h{number}", {"a": 1})
    assert len({host.vars["x"] for host in plugin.inventory.hosts.values()}) == 5


@pytest.mark.parametrize("second", ["1", "'yes'", "none", "a"])
@pytest.mark.parametrize("name", ["d", "default"])
def test_a_second_argument_of_default_that_is_no_boolean_is_left_to_core(name: str, second: str) -> None:
    agreed({"compose": {"x": trusted(f"a | {name}('none', {second})")}}, [{"a": None}, {"a": trusted("us")}])


def test_a_filter_that_came_since_the_last_source_takes_the_place_of_jinjas_too(tmp_path: Path) -> None:
    options, hosts = {"compose": {"x": trusted("a | title")}}, [{"a": trusted("us")}]
    assert agreed(options, hosts)[0]["h0"]["x"][1] == "'Us'"
    (tmp_path / "own.py").write_text("class FilterModule:\n    def filters(self):\n        return {'title': len}\n")
    filter_loader.add_directory(str(tmp_path))
    try:
        assert agreed(options, hosts)[0]["h0"]["x"][1] in ("2", "'2'")
    finally:
        filter_loader._extra_dirs.remove(str(tmp_path))
        filter_loader._clear_caches()


def test_a_filter_of_the_user_takes_the_place_of_jinjas(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "own.py").write_text("class FilterModule:\n    def filters(self):\n        return {'title': len}\n")
    filter_loader.add_directory(str(tmp_path))
    try:
        assert agreed({"compose": {"x": trusted("a | title")}}, [{"a": trusted("us")}])[0]["h0"]["x"][1] in ("2", "'2'")
    finally:
        filter_loader._extra_dirs.remove(str(tmp_path))
        filter_loader._clear_caches()


PLAIN = (
    "a",
    "a | default(b, true)",
    "a is not none",
    "a[:4]",
    "a ~ '_' ~ b",
    "'us' in a | lower",
    "a == 'us' and not b",
    "{'us': 'x'}[a]",
    "a.split('-')[0]",
    "a.startswith('u')",
)


@pytest.mark.parametrize("expression", PLAIN)
def test_what_is_plain_is_left_to_jinja(expression: str, monkeypatch: pytest.MonkeyPatch) -> None:
    templar = QuickTemplar(LOADER)
    monkeypatch.setattr(Templar, "template", None)
    monkeypatch.setattr(Templar, "evaluate_expression", None, raising=False)
    Plugin(templar, {"compose": {"x": trusted(expression)}}).add("h", {"a": trusted("us-1"), "b": trusted("c")})


NOT_PLAIN = (
    "7",
    "'us'",
    "now()",
    "a | random",
    "lookup('ansible.builtin.env', a)",
    "query('ansible.builtin.env', a)",
    "a.format(b)",
    "a.b",
    "a | regex_replace('x', '\\\\1')",
    "range(a)",
    "'{{ b }}' ~ a",
    "a +",
)


@pytest.mark.parametrize("expression", NOT_PLAIN)
def test_what_is_not_plain_is_left_to_ansible(expression: str) -> None:
    assert plain_template(f"{{{{ {expression} }}}}") is None


@pytest.mark.parametrize("value", ["{{ b }}", "#jinja2: x", ["a"], {"a": "b"}, 1.5])
def test_values_that_are_not_plain_are_left_to_ansible(value: t.Any) -> None:
    plainly = plain_template("{{ a is none }}")
    assert plainly is not None
    with pytest.raises(_constructed.NotPlain):
        plainly({"a": value})


@pytest.mark.parametrize("option", ["compose", "groups", "keyed_groups"])
def test_each_text_is_compiled_once(option: str, monkeypatch: pytest.MonkeyPatch) -> None:
    compiled: list[t.Any] = []
    generate = jinja2.Environment._generate

    def counting(self: t.Any, source: t.Any, *arguments: t.Any, **more: t.Any) -> t.Any:
        compiled.append(source)
        return generate(self, source, *arguments, **more)

    monkeypatch.setattr(jinja2.Environment, "_generate", counting)
    expression = trusted("a is match('u') or lookup('ansible.builtin.env', 'NO') == 'x'")
    chosen = [{"key": trusted("a | regex_replace('x')")}] if option == "keyed_groups" else {"x": expression}
    plugin = Plugin(QuickTemplar(LOADER), {option: chosen})
    for number in range(20):
        plugin.add(f"h{number}", {"a": trusted(f"us{number}")})
    assert len(compiled) == 1


def test_an_error_of_strict_is_that_of_core() -> None:
    with pytest.raises(AnsibleError, match=r"Could not set x for host h0: .*missing"):
        Plugin(QuickTemplar(LOADER), {"compose": {"x": trusted("missing")}, "strict": True}).add("h0", {"a": 1})
