# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""A credential book as the credential of a controller holds it. Private to this collection, for the controller only.

The inputs are those of roles/controller/files/credential_type_inputs.yml, and its injectors make a book of them again.
"""

from __future__ import annotations

import typing as t

from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import DIRECT, VARIABLE, CredentialBook
from ansible_collections.qlikops.cloud.plugins.module_utils._encrypted import File, Wish
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.plugin_utils._yaml_values import text_of

ORGANIZATION = "organization"
LISTS = ("regions", "tenants")
OWN = (*DIRECT, "hint")


def controller_inputs(file: File, tiers: t.Collection[str]) -> dict[str, str]:
    """The inputs that hold these tiers, as text; none of a tier that the book lacks. Raises ConfigurationError."""
    document = file.read(Wish())
    CredentialBook.from_mapping(document.values, str(file))
    closed = document.values.get(VARIABLE) or document.values
    book = {tier: document.opened(closed[tier], tier) for tier in closed if tier in tiers and closed[tier]}
    if not book:
        raise ConfigurationError(f"{file} is not there, or holds no credentials of the tiers {', '.join(tiers)}.")
    lists = {tier: text_of(book[tier]) for tier in LISTS if tier in book}
    return {**(_of_organization(book[ORGANIZATION]) if ORGANIZATION in book else {}), **lists}


def _of_organization(entry: dict[str, t.Any]) -> dict[str, str]:
    """Each input, so that none of what was there before is left."""
    rest = {key: value for key, value in entry.items() if key not in OWN}
    return {**{key: str(entry.get(key) or "") for key in OWN}, "rotation": text_of(rest) if rest else ""}
