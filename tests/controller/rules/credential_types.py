# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the controller demands of the inputs and injectors of a custom credential type."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from jinja2 import StrictUndefined, TemplateSyntaxError, UndefinedError
from jinja2.exceptions import SecurityError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ..errors import ApiError, forbidden, invalid
from ..fields import Values
from ..state import Row, State

IDENTIFIER = re.compile(r"[a-zA-Z_]+[a-zA-Z0-9_]*")
FILE = re.compile(r"template(\.[a-zA-Z_]+[a-zA-Z0-9_]*)?")
ASCII = re.compile(r"[\x00-\x7F]*")
KNOWN = {
    "id": str,
    "label": str,
    "help_text": str,
    "type": str,
    "format": str,
    "multiline": bool,
    "secret": bool,
    "ask_at_runtime": bool,
    "choices": list,
    "default": object,
}
OF_STRINGS = ("choices", "multiline", "format", "secret")
TYPES = {"string": str, "boolean": bool}
BLOCKED = {
    *("VIRTUAL_ENV", "PATH", "PYTHONPATH", "JOB_ID", "INVENTORY_ID", "INVENTORY_SOURCE_ID", "INVENTORY_UPDATE_ID"),
    *("AD_HOC_COMMAND_ID", "REST_API_URL", "REST_API_TOKEN", "MAX_EVENT_RES", "CALLBACK_QUEUE"),
    *("CALLBACK_CONNECTION", "CACHE", "JOB_CALLBACK_DEBUG", "INVENTORY_HOSTVARS", "AWX_HOST", "PROJECT_REVISION"),
    "SUPERVISOR_CONFIG_PATH",
}


def check(state: State, attrs: Values, values: Values, row: Row | None) -> None:
    if row is not None and row.values["managed"]:
        raise forbidden("Modifications not allowed for managed credential types")
    check_inputs(values["inputs"])
    check_injectors(values["inputs"], values["injectors"])
    in_use = row is not None and any(other.values["credential_type"] == row.id for other in state.rows("credentials"))
    if row is not None and in_use and row.values["inputs"] != values["inputs"]:
        raise forbidden("Modifications to inputs are not allowed for credential types that are in use")
    if "kind" in attrs and attrs["kind"] not in ("cloud", "net"):
        raise invalid("kind", f"Must be 'cloud' or 'net', not {attrs['kind']}")


def check_inputs(inputs: Values) -> None:
    problems = [*shape_problems(inputs), *(p for item in inputs.get("fields", []) for p in field_problems(item))]
    if problems:
        raise invalid("inputs", *problems)
    seen: set[str] = set()
    for item in inputs.get("fields", []):
        check_field(item, seen)
        seen.add(item["id"])


def shape_problems(inputs: Values) -> Iterator[str]:
    if "dependencies" in inputs:
        yield "'dependencies' is not supported for custom credentials."
    for key in inputs:
        if key not in ("fields", "required", "dependencies"):
            yield f"Additional properties are not allowed ('{key}' was unexpected)"
        elif not isinstance(inputs[key], list) and key != "dependencies":
            yield f"{type(inputs[key]).__name__} provided in relative path ['{key}'], expected array"
    required = inputs.get("required", [])
    if isinstance(required, list):
        yield from (f"{name!r} is not of type 'string'" for name in required if not isinstance(name, str))


def field_problems(item: Any) -> Iterator[str]:
    if not isinstance(item, dict):
        yield f"{type(item).__name__} provided, expected dict"
        return
    yield from (f"'{name}' is a required property" for name in ("id", "label") if name not in item)
    yield from (f"Additional properties are not allowed ('{name}' was unexpected)" for name in item.keys() - KNOWN)
    for name, kind in KNOWN.items():
        if name in item and not isinstance(item[name], kind):
            yield f"{type(item[name]).__name__} provided in relative path ['{name}'], expected {kind.__name__}"
    if isinstance(item.get("id"), str) and not IDENTIFIER.fullmatch(item["id"]):
        yield f"{item['id']} is an invalid variable name"
    if item.get("type", "string") not in TYPES:
        yield f"'{item['type']}' is not one of ['string', 'boolean']"
    if item.get("format", "url") not in ("ssh_private_key", "url"):
        yield f"'{item['format']}' is not one of ['ssh_private_key', 'url']"
    yield from choice_problems(item.get("choices", [""]))


def choice_problems(choices: Any) -> Iterator[str]:
    if not choices:
        yield "[] is too short"
    elif not isinstance(choices, list) or not all(isinstance(choice, str) for choice in choices):
        yield f"{choices!r} are not all of type 'string'"
    elif len(set(choices)) < len(choices):
        yield f"{choices!r} has non-unique elements"


def check_field(item: Values, seen: set[str]) -> None:
    """What holds beyond the shape; a missing type becomes `string` and is stored so."""
    if item["id"] == "tower":
        raise invalid("inputs", '"tower" is a reserved field name')
    if item["id"] in seen:
        raise invalid("inputs", f"field IDs must be unique ({item['id']})")
    kind = item.setdefault("type", "string")
    if "default" in item and not isinstance(item["default"], TYPES[kind]):
        raise invalid("inputs", f"{item['default']} is not a {kind}")
    for key in OF_STRINGS:
        if key in item and kind != "string":
            raise invalid("inputs", f"{key} not allowed for {kind} type ({item['id']})")
    if item.get("ask_at_runtime"):
        raise invalid("inputs", "'ask_at_runtime' is not supported for custom credentials.")


def check_injectors(inputs: Values, injectors: Values) -> None:
    problems = [problem for kind, templates in injectors.items() for problem in injector_problems(kind, templates)]
    if problems:
        raise invalid("injectors", *problems)
    names = namespace(inputs, injectors)
    for kind, templates in injectors.items():
        for key, template in templates.items():
            if kind == "env":
                refuse_variable(key)
            render(kind, key, template, names)


def injector_problems(kind: str, templates: Any) -> Iterator[str]:
    if kind not in ("file", "env", "extra_vars"):
        yield f"Schema validation error in relative path [] (Additional properties are not allowed, '{kind}')"
        return
    if not isinstance(templates, dict):
        yield f"{type(templates).__name__} provided in relative path ['{kind}'], expected dict"
        return
    pattern = FILE if kind == "file" else IDENTIFIER
    for key, template in templates.items():
        if not pattern.fullmatch(key):
            yield f"Schema validation error in relative path ['{kind}'] ('{key}' does not match any of the regexes)"
        elif not isinstance(template, str):
            yield f"{type(template).__name__} provided in relative path ['{kind}', '{key}'], expected string"
        elif kind == "env" and not ASCII.fullmatch(template):
            yield f"{template!r} does not match '^[\\x00-\\x7F]*$'"


def forbidden_variable(key: str) -> str:
    if key.startswith("ANSIBLE_"):
        return f"Environment variable {key} may affect Ansible configuration so its use is not allowed in credentials."
    return f"Environment variable {key} is not allowed to be used in credentials." if key in BLOCKED else ""


def refuse_variable(key: str) -> None:
    if reason := forbidden_variable(key):
        raise invalid("injectors", reason)


class NoFile:
    """`tower.filename` of a type without an unnamed file; holds the names of named ones."""

    def __str__(self) -> str:
        raise UndefinedError("Must define unnamed file injector in order to reference `tower.filename`.")


class Tower:
    """`tower` in a template."""

    def __init__(self) -> None:
        self.filename: Any = NoFile()

    def __str__(self) -> str:
        raise UndefinedError("Cannot directly reference reserved `tower` namespace container.")


def namespace(inputs: Values, injectors: Values) -> Values:
    tower, files = Tower(), injectors.get("file", {})
    if "template" in files and len(files) > 1:
        raise invalid("injectors", "Must use multi-file syntax when injecting multiple files")
    if "template" in files:
        tower.filename = "EXAMPLE_FILENAME"
    for label in files if "template" not in files else ():
        setattr(tower.filename, label.split(".")[1], "EXAMPLE_FILENAME")
    return {"tower": tower} | {item["id"]: "EXAMPLE" for item in inputs.get("fields", [])}


def render(kind: str, key: str, template: str, names: Values) -> None:
    try:
        ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(template).render(names)
    except UndefinedError as error:
        raise invalid("injectors", f"{key} uses an undefined field ({error})") from None
    except SecurityError as error:
        raise invalid("injectors", f"Encountered unsafe code execution: {error}") from None
    except TemplateSyntaxError as error:
        raise syntax(kind, key, error) from None


def syntax(kind: str, key: str, error: TemplateSyntaxError) -> ApiError:
    return invalid("injectors", f"Syntax error rendering template for {key} inside of {kind} ({error})")
