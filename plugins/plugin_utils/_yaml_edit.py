# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Changes values of a YAML text and leaves every other line as it is. Private to this collection.

Editors that write a document anew move or lose comments and spell dates and nulls in their own way; here the parser
tells where a value stands, and its lines alone are replaced. Not every form is understood, so whoever edits reads the
outcome back and compares.
"""

from __future__ import annotations

import contextlib
import math
import re
import typing as t

import yaml

from ansible_collections.qlikops.cloud.plugins.plugin_utils._yaml_values import (
    Value,
    nodes_of,
    text_of,
    value_of,
    values_of,
)

Path = tuple[t.Any, ...]
Place = tuple[int, int]  # line, column

_BREAKS = "\r\n\x85\u2028\u2029"
_LINE = re.compile(f"[^{_BREAKS}]*(?:\r\n|[{_BREAKS}]|$)")
_BLOCK_HEADER = re.compile(r"[|>]([-+0-9]*)[ \t]*([ \t]#.*)?$")
_LINE_FEED = re.compile(r"(?<!\r)\n")
_STRING = "tag:yaml.org,2002:str"


class EditError(Exception):
    """The text is of a form that cannot be edited in place."""


class YamlText:
    """A text that is edited; values is what it holds now. Raises yaml.YAMLError or ValueError for no YAML."""

    def __init__(self, text: str) -> None:
        self._read(text)

    def _read(self, text: str) -> None:
        self.text = text
        self._lines: list[str] = _LINE.findall(text)
        self._break = "\r\n" if "\r\n" in text else "\n"
        self.values: Value = values_of(text)

    def put(self, path: Path, value: Value) -> None:
        """Set the value at a path, whose last part may be a new key, or the length of a list. Raises EditError."""
        expected = _with(self.values, path, value)
        with _understood(self):
            self._put(path, value)
        self._demand(expected)

    def drop(self, path: Path) -> None:
        """Remove the value at a path, with its key. Raises EditError."""
        expected = _without(self.values, path)
        with _understood(self):
            self._drop(path)
        self._demand(expected)

    def _demand(self, expected: Value) -> None:
        if not same(self.values, expected):
            raise EditError

    def _put(self, path: Path, value: Value) -> None:
        parent = self._node(path[:-1]) if path else None
        if parent is None or not _is_block(parent):
            self._put_whole(path, value)
        elif isinstance(parent, yaml.MappingNode):
            self._put_pair(parent, path[-1], value)
        else:
            self._put_item(parent, path[-1], value)

    def _drop(self, path: Path) -> None:
        parent, left = self._node(path[:-1]), value_at(_without(self.values, path), path[:-1])
        if not left or not _is_block(parent):
            self._put(path[:-1], left)
        elif isinstance(parent, yaml.MappingNode):
            self._drop_pair(parent, path[-1])
        else:
            line, column = self._dash(parent, path[-1])
            self._splice((line, 0), (self._after(parent.value[path[-1]], column), 0), "")

    def _put_whole(self, path: Path, value: Value) -> None:
        """Write anew what is around a value and no block."""
        if path:
            self._put(path[:-1], value_at(_with(self.values, path, value), path[:-1]))
        elif (root := nodes_of(self.text)) is None:
            end = (len(_LINE.findall(self._ended())) - 1, 0)
            self._splice(end, end, text_of(value))
        else:
            start, (line, column) = _start(root), self._end(root)
            remark = self._line(line)[column:].strip()
            remark += "\n" if remark or start[1] else ""
            text = text_of(value, self._depth(line, 0))
            self._splice(start, (line, len(self._line(line))), remark + text.rstrip("\n"))

    def _put_pair(self, parent: yaml.MappingNode, key: t.Any, value: Value) -> None:
        column = parent.value[0][0].start_mark.column
        found = _pair(parent, key)
        if found is None:
            self._append(parent, column, {key: value})
            return
        line = found[0].end_mark.line
        behind = (line, self._line(line).index(":", found[0].end_mark.column) + 1)
        self._replace(_start(found[0]), behind, found[1], {key: value})

    def _put_item(self, parent: yaml.SequenceNode, index: int, value: Value) -> None:
        column = parent.start_mark.column
        if index == len(parent.value):
            self._append(parent, column, [value])
        else:
            line, dash = self._dash(parent, index)
            self._replace((line, dash), (line, dash + 1), parent.value[index], [value])

    def _replace(self, start: Place, behind: Place, value: yaml.Node, new: Value) -> None:
        """Put what is new in place of a value and what leads to it, which goes from start till behind."""
        line, _column = self._end(value)
        first, line_break, more = _indented(text_of(new, self._depth(line, start[1])), start[1]).partition("\n")
        self._splice(start, (line, len(self._line(line))), first + self._remark(behind, value) + line_break + more)

    def _append(self, parent: yaml.Node, column: int, new: Value) -> None:
        if not self._lines[self._end(parent)[0]].endswith(tuple(_BREAKS)):
            self._keep_unended(_last(parent))
        after = (self._after(parent, column), 0)
        self._splice(after, after, " " * column + _indented(text_of(new), column) + "\n")

    def _keep_unended(self, value: yaml.Node) -> None:
        """Let a value that is written line by line do without the line break that its last line is about to get."""
        if _style(value) in ("|", ">"):
            line, header = value.start_mark.line, self._header(value)
            self._splice((line, header.start(1)), (line, header.end(1)), header[1].strip("+-") + "-")

    def _drop_pair(self, parent: yaml.MappingNode, key: t.Any) -> None:
        keys = [pair[0] for pair in parent.value]
        number = next(i for i, node in enumerate(keys) if _is_key(node, key))
        line, column = _start(keys[number])
        prefix, after = self._line(line)[:column], self._after(parent.value[number][1], column)
        if not prefix.strip():
            self._splice((line, 0), (after, 0), "")
            return
        # the dash of a list stands before it, and the next key takes its place
        next_line, next_column = _start(keys[number + 1])
        if "".join(self._lines[after:next_line]).strip():
            self._splice((line, 0), (after, 0), prefix.rstrip() + "\n")
        else:
            self._splice((line, 0), (next_line, next_column), prefix)

    def _remark(self, behind: Place, value: yaml.Node) -> str:
        """The comment behind what leads to a value that begins below it, or behind the value, with the spaces."""
        if _style(value) in ("|", ">"):
            return self._header(value)[2] or ""
        places = [behind] if value.start_mark.line > behind[0] else []
        rests = [self._line(line)[column:] for line, column in (*places, self._end(value))]
        return next((rest.rstrip() for rest in rests if rest.lstrip().startswith("#")), "")

    def _header(self, value: yaml.Node) -> re.Match[str]:
        """Of a value that is written line by line, how, and the comment behind that."""
        return t.cast("re.Match[str]", _BLOCK_HEADER.search(self._line(value.start_mark.line)))

    def _dash(self, parent: yaml.SequenceNode, index: int) -> Place:
        column, line = parent.start_mark.column, parent.value[index].start_mark.line
        while not self._line(line)[column:].startswith("-") or self._line(line)[:column].strip():
            line -= 1
            if line < parent.start_mark.line:
                raise ValueError("the list is within another one, on one line")
        return line, column

    def _node(self, path: Path) -> t.Any:
        node: t.Any = nodes_of(self.text)
        for key in path:
            node = (_pair(node, key) or (None, None))[1] if isinstance(node, yaml.MappingNode) else node.value[key]
        return node

    def _line(self, number: int) -> str:
        return self._lines[number].rstrip(_BREAKS)

    def _depth(self, line: int, column: int) -> int:
        """How far what ends at a line is indented: a comment below it as deep would become a part of its text."""
        return max([2, *(place[1] - column + 1 for place in self._deeper(line, column))])

    def _deeper(self, line: int, column: int) -> list[Place]:
        """The comments right below a line that are indented by more than a column."""
        found = []
        for number in range(line + 1, len(self._lines)):
            rest = self._line(number).lstrip()
            if rest and not rest.startswith("#"):
                break
            found.append((number, len(self._line(number)) - len(rest) if rest else 0))
        return [place for place in found if place[1] > column]

    def _after(self, node: yaml.Node, column: int) -> int:
        """The line below a value at a column and the comments that are indented as a part of it."""
        line, _column = self._end(node)
        return max([line, *(number for number, _column in self._deeper(line, column))]) + 1

    def _end(self, node: yaml.Node) -> Place:
        """Where the last thing that counts ends."""
        node = _last(node)
        line, column = node.end_mark.line, node.end_mark.column
        if _style(node) not in ("|", ">"):
            return line, column
        # the parser counts the empty lines behind it as well, which are a part of it only when it says so
        while line > node.start_mark.line and not self._line(line)[:column].strip():
            line, column = line - 1, len(self._line(line - 1))
            if "+" in self._header(node)[1]:
                break
        return line, column

    def _splice(self, start: Place, end: Place, new: str) -> None:
        """Put new in place of what is between two places."""
        lines = _LINE.findall(self._ended())
        (first, first_column), (last, last_column) = start, end
        before, after = lines[first][:first_column], "".join([lines[last][last_column:], *lines[last:][1:]])
        if new and not after:
            new = new.rstrip("\n") + "\n"
        elif after.strip(_BREAKS):
            after = after[: len(after) + len(self.text) - len(self._ended())]
        self._read("".join([*lines[:first], before, _LINE_FEED.sub(self._break, new), after]))

    def _ended(self) -> str:
        return self.text if not self.text or self.text.endswith("\n") else self.text + self._break


@contextlib.contextmanager
def _understood(text: YamlText) -> t.Iterator[None]:
    try:
        yield
    except (yaml.YAMLError, ValueError, LookupError, AttributeError, TypeError, StopIteration):
        raise EditError from None


def same(one: Value, other: Value) -> bool:
    """Whether two values are equal, of the same types, and in the same order."""
    if isinstance(one, dict) and isinstance(other, dict):
        return same(list(one), list(other)) and same(list(one.values()), list(other.values()))
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return one.__class__ is other.__class__ and bool(one == other)


def _with(around: Value, path: Path, value: Value) -> Value:
    """A copy that holds the value at a path."""
    if not path:
        return value
    key, more = path[0], path[1:]
    if isinstance(around, list):
        inner = around[key] if key < len(around) else None
        return [*around[:key], _with(inner, more, value), *around[key:][1:]]
    return {**(around or {}), key: _with((around or {}).get(key), more, value)}


def _without(around: Value, path: Path) -> Value:
    """A copy without what is at a path."""
    key, more = path[0], path[1:]
    if more:
        return _with(around, (key,), _without(around[key], more))
    if isinstance(around, list):
        return [*around[:key], *around[key:][1:]]
    return {name: value for name, value in around.items() if name != key}


def value_at(value: Value, path: Path) -> Value:
    """The part of a value that a path leads to."""
    for key in path:
        value = value[key]
    return value


def _indented(text: str, column: int) -> str:
    """Lines that begin at a column, but for the first, whose place is known; without the last line break."""
    return text.rstrip("\n").replace("\n", "\n" + " " * column)


def _style(node: yaml.Node) -> str | None:
    return node.style if isinstance(node, yaml.ScalarNode) else None


def _is_block(node: yaml.Node) -> bool:
    return isinstance(node, yaml.CollectionNode) and not node.flow_style


def _last(node: yaml.Node) -> yaml.Node:
    """The last value within nested blocks."""
    while _is_block(node):
        node = node.value[-1][1] if isinstance(node, yaml.MappingNode) else node.value[-1]
    return node


def _is_key(node: yaml.Node, key: t.Any) -> bool:
    return bool(node.value == key if node.tag == _STRING else same(value_of(node), key))


def _pair(parent: yaml.MappingNode, key: t.Any) -> tuple[yaml.Node, yaml.Node] | None:
    return next((pair for pair in parent.value if _is_key(pair[0], key)), None)


def _start(node: yaml.Node) -> Place:
    return node.start_mark.line, node.start_mark.column
