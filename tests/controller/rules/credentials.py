# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials: an owner, inputs as their type has them, and secrets that nobody reads back."""

from __future__ import annotations

from typing import Any

from ..errors import ApiError, broken, forbidden, invalid
from ..fields import Values
from ..state import Row, State

HIDDEN = "$encrypted$"
OWNERS = ("organization", "team", "user")


def check_owner(_state: State, attrs: Values, _values: Values, row: Row | None) -> None:
    if row is not None:
        if row.values["managed"]:
            raise forbidden("Modifications not allowed for managed credentials")
        return
    owners = [name for name in OWNERS if attrs.get(name)]
    if not owners:
        raise ApiError(400, {"detail": ["Missing 'user', 'team', or 'organization'."]})
    if len(owners) > 1:
        told = f"Only one of 'user', 'team', or 'organization' should be provided, received {', '.join(owners)} fields."
        raise ApiError(400, {"detail": [told]})


def check_type(state: State, _attrs: Values, values: Values, row: Row | None) -> None:
    """A type cannot change while something uses the credential."""
    if row is None or values["credential_type"] == row.values["credential_type"]:
        return
    if any(True for _found in state.referring(row)) or any(True for _found in state.associated(row)):
        told = "as it may break the functionality of the resources using it."
        raise invalid("credential_type", f"You cannot change the credential type of the credential, {told}")


def check_inputs(state: State, attrs: Values, values: Values, row: Row | None) -> None:
    fields = {item["id"]: item for item in type_of(state, values)["inputs"].get("fields", [])}
    if unknown := [key for key in values["inputs"] if key not in fields]:
        message = "Additional properties are not allowed ({} unexpected)"
        names = ", ".join(f"'{key}'" for key in unknown) + (" was" if len(unknown) == 1 else " were")
        raise invalid("inputs", message.format(names))
    inputs = {key: value or unset(fields[key]) for key, value in values["inputs"].items()}
    refuse_hidden(fields, inputs, row)
    if errors := {key: [told] for key, value in inputs.items() if (told := problem(fields[key], value))}:
        raise ApiError(400, {"inputs": errors})
    check_vault_id(state, attrs, row)
    values["inputs"] = kept(fields, inputs, row)


def unset(field: Values) -> Any:
    """What nothing, an empty text, null or false become."""
    if "choices" in field:
        return field["choices"][0]
    return "" if field["type"] == "string" else False


def refuse_hidden(fields: dict[str, Values], inputs: Values, row: Row | None) -> None:
    for key in inputs if row is None else ():
        if fields[key].get("secret") and inputs[key] == HIDDEN:
            raise invalid("inputs", f"{HIDDEN} is a reserved keyword, and cannot be used for {key}.")


def problem(field: Values, value: Any) -> str:
    if not isinstance(value, str if field["type"] == "string" else bool):
        return f"{value!r} is not of type '{field['type']}'"
    return text_problem(field, value) if isinstance(value, str) else ""


def text_problem(field: Values, value: str) -> str:
    if "choices" in field and value not in (*field["choices"], HIDDEN):
        return f"{value!r} is not one of {field['choices']!r}"
    if field.get("format") == "vault_id" and "@" in value:
        return "@ is not an allowed character"
    return url_problem(value) if field.get("format") == "url" else ""


def url_problem(value: str) -> str:
    scheme, separator, rest = value.partition("://")
    if not scheme or not separator:
        return "Invalid URL: Missing url scheme (http, https, etc.)"
    return "" if rest else f"Invalid URL: {value}"


def check_vault_id(state: State, attrs: Values, row: Row | None) -> None:
    if row is None or "inputs" not in attrs or type_of(state, row.values)["kind"] != "vault":
        return
    if "vault_id" not in attrs["inputs"]:
        return
    if "vault_id" not in row.values["inputs"]:
        raise broken()
    if attrs["inputs"]["vault_id"] != row.values["inputs"]["vault_id"]:
        raise invalid("inputs", "Vault IDs cannot be changed once they have been created.")


def kept(fields: dict[str, Values], inputs: Values, row: Row | None) -> Values:
    """Inputs are replaced whole; only a hidden secret stands for the one that is stored."""
    stored: Values = {}
    for key, value in inputs.items():
        if not fields[key].get("secret"):
            stored[key] = value
        elif value == HIDDEN and row is not None:
            if key not in row.values["inputs"]:
                raise broken()
            stored[key] = row.values["inputs"][key]
        elif value:
            stored[key] = value
    return stored


def shown(state: State, values: Values) -> Values:
    secret = {item["id"] for item in type_of(state, values)["inputs"].get("fields", []) if item.get("secret")}
    return {key: HIDDEN if key in secret else value for key, value in values["inputs"].items()}


def type_of(state: State, values: Values) -> Values:
    return state.get("credential_types", values["credential_type"]).values


def unique_hash(state: State, row: Row) -> str:
    """What can be there once only among the credentials of a job: a type, or a vault id."""
    kind = type_of(state, row.values)
    vault_id = row.values["inputs"].get("vault_id") if kind["kind"] == "vault" else ""
    return f"{kind['name']} (id={vault_id})" if vault_id else str(kind["name"])
