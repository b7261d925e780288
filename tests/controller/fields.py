# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields of the controller's objects: what they are when left out, and which values they take."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import yaml

Values = dict[str, Any]
LONGEST_NAME = 512
EMPTY = {"text": "", "vars": "", "choice": "", "flag": False}
TRUE = ("true", "True", "TRUE", "1", "yes", "on", "t", "y")
FALSE = ("false", "False", "FALSE", "0", "no", "off", "f", "n")


class Unfit(Exception):
    """A value that a field does not take."""


@dataclass(frozen=True)
class Field:
    """`link` names the endpoint of the object referred to; `fixed` fields cannot change after creation."""

    kind: str
    default: Any = None
    required: bool = False
    null: bool = False
    blank: bool = True
    choices: tuple[Any, ...] = ()
    least: int | None = None
    most: int | None = None
    link: str = ""
    cascade: bool = False
    writable: bool = True
    fixed: bool = False
    shown: bool = True

    def start(self) -> Any:
        return copy.deepcopy(self.default)

    def clean(self, value: Any) -> Any:
        """Nothing is nothing where a field can be null; elsewhere it becomes an empty text, or false."""
        if self.null and (value is None or (value == "" and self.kind in ("link", "number", "flag"))):
            return None
        if value is None and self.kind not in EMPTY:
            raise Unfit("This field may not be null.")
        return CLEANERS[self.kind](self, EMPTY[self.kind] if value is None else value)


def clean_text(field: Field, value: Any) -> str:
    if isinstance(value, (bool, dict, list)):
        raise Unfit("Not a valid string.")
    text = str(value).strip()
    if not text and not field.blank:
        raise Unfit("This field may not be blank.")
    if field.most is not None and len(text) > field.most:
        raise Unfit(f"Ensure this field has no more than {field.most} characters.")
    return text


def clean_vars(_field: Field, value: Any) -> str:
    """Variables are text, and kept as they came; an empty mapping is taken for an empty text."""
    if value and not isinstance(value, str):
        raise Unfit("Not a valid string.")
    parsed_vars(value or "")
    return str(value or "").strip()


def parsed_vars(text: str) -> Values:
    try:
        variables = yaml.safe_load(text) if text.strip() else {}
    except yaml.YAMLError as error:
        raise Unfit(f"Cannot parse as JSON (error: no JSON) or YAML (error: {error}).") from None
    if not isinstance(variables, dict):
        raise Unfit(f"Variables must be a mapping, not {type(variables).__name__}.")
    return variables


def clean_number(field: Field, value: Any) -> int:
    try:
        number = int(str(value))
    except ValueError:
        raise Unfit("A valid integer is required.") from None
    if isinstance(value, bool):
        raise Unfit("A valid integer is required.")
    if field.least is not None and number < field.least:
        raise Unfit(f"Ensure this value is greater than or equal to {field.least}.")
    return number


def clean_flag(_field: Field, value: Any) -> bool:
    if value is True or value in TRUE:
        return True
    if value is False or value in FALSE:
        return False
    raise Unfit("Must be a valid boolean.")


def clean_choice(field: Field, value: Any) -> Any:
    found = [choice for choice in field.choices if str(choice) == str(value) and not isinstance(value, bool)]
    if not found:
        raise Unfit(f'"{value}" is not a valid choice.')
    return found[0]


def clean_link(_field: Field, value: Any) -> int:
    if isinstance(value, (bool, dict, list)):
        raise Unfit(f"Incorrect type. Expected pk value, received {type(value).__name__}.")
    try:
        return int(value)
    except ValueError:
        raise Unfit(f"Incorrect type. Expected pk value, received {type(value).__name__}.") from None


def clean_mapping(_field: Field, value: Any) -> Values:
    if isinstance(value, str):
        return parsed_vars(value)
    if not isinstance(value, dict):
        raise Unfit(f"{type(value).__name__} provided, expected dict")
    return copy.deepcopy(value)


CLEANERS: dict[str, Callable[[Field, Any], Any]] = {
    "text": clean_text,
    "vars": clean_vars,
    "number": clean_number,
    "flag": clean_flag,
    "choice": clean_choice,
    "link": clean_link,
    "mapping": clean_mapping,
}


def name() -> Field:
    return Field("text", "", required=True, blank=False, most=LONGEST_NAME)


def text(default: str | None = "", **options: Any) -> Field:
    return Field("text", default, null=default is None, **options)


def number(default: int | None = 0, least: int | None = 0) -> Field:
    return Field("number", default, null=default is None, least=least)


def flag(default: bool | None = False) -> Field:
    return Field("flag", default, null=default is None)


def choice(default: Any, *choices: Any, required: bool = False) -> Field:
    return Field("choice", default, required, null=default is None and not required, choices=choices)


def link(endpoint: str, **options: Any) -> Field:
    return Field("link", None, link=endpoint, null=not options.get("required", False), **options)


def derived(endpoint: str, **options: Any) -> Field:
    """A reference that the controller sets by itself."""
    return Field("link", None, link=endpoint, writable=False, **options)


def given(default: Any, shown: bool = True) -> Field:
    """Set by the controller alone."""
    return Field("given", default, writable=False, shown=shown)
