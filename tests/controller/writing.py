# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Creating and changing objects: fields, rules, uniqueness, in this order."""

from __future__ import annotations

import uuid
from typing import Any

from .errors import ApiError, invalid
from .fields import Unfit, Values
from .resources import Resource
from .rules import AFTER, CHECKS
from .state import Row, State, moment


def create(state: State, resource: Resource, body: Values) -> Row:
    attrs = cleaned(state, resource, body, None)
    values = {name: field.start() for name, field in resource.fields.items()} | attrs
    if "identifier" in resource.fields and not values["identifier"]:
        values["identifier"] = str(uuid.uuid4())
    values = checked(state, resource, attrs, values, None)
    row = state.add(resource.endpoint, values)
    finish(state, row, {})
    return row


def change(state: State, row: Row, body: Values) -> Row:
    attrs = cleaned(state, row.resource, body, row)
    before = dict(row.values)
    row.values = checked(state, row.resource, attrs, {**row.values, **attrs}, row)
    row.modified = moment()
    finish(state, row, before)
    return row


def finish(state: State, row: Row, before: Values) -> None:
    if row.endpoint in AFTER:
        AFTER[row.endpoint](state, row, before)


def checked(state: State, resource: Resource, attrs: Values, values: Values, row: Row | None) -> Values:
    for check in CHECKS.get(resource.endpoint, ()):
        check(state, attrs, values, row)
    for names in resource.unique:
        check_unique(state, resource, names, values, row)
    return values


def cleaned(state: State, resource: Resource, body: Values, row: Row | None) -> Values:
    """The writable fields that were given; what the controller does not know is ignored."""
    attrs: Values = {}
    errors: dict[str, list[str]] = {}
    for name, field in resource.fields.items():
        if not field.writable or (row is not None and field.fixed):
            continue
        try:
            if name in body:
                attrs[name] = field.clean(body[name])
                check_link(state, field.link, attrs[name])
            elif field.required and row is None:
                raise Unfit("This field is required.")
        except Unfit as error:
            errors[name] = [str(error)]
    if errors:
        raise ApiError(400, errors)
    return attrs


def check_link(state: State, endpoint: str, value: Any) -> None:
    if endpoint and value is not None and state.find(endpoint, value) is None:
        raise Unfit(f'Invalid pk "{value}" - object does not exist.')


def check_unique(state: State, resource: Resource, names: tuple[str, ...], values: Values, row: Row | None) -> None:
    wanted = [values[name] for name in names]
    if None in wanted and not resource.unified:
        return
    for other in state.rows(resource.endpoint):
        if other is not row and [other.values[name] for name in names] == wanted:
            raise taken(resource, names)


def taken(resource: Resource, names: tuple[str, ...]) -> ApiError:
    if resource.unified:
        return invalid("__all__", f"{resource.model} with this ({', '.join(names)}) combination already exists.")
    titles = [name.replace("_", " ").capitalize() for name in names]
    told = " and ".join(part for part in (", ".join(titles[:-1]), titles[-1]) if part)
    return invalid(names[0] if len(names) == 1 else "__all__", f"{resource.model} with this {told} already exists.")
