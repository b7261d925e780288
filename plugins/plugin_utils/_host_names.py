# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One inventory name for each tenant, never shared. Private to this collection, for the controller only."""

from __future__ import annotations

import re
import typing as t
from collections import Counter

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import plain

PLAIN = re.compile(r"[A-Za-z0-9._-]+")
LOCALHOST = frozenset({"localhost", "127.0.0.1"})


def host_names(
    wanted: t.Mapping[str, str | None], taken: t.Container[str], complain: t.Callable[[str], None]
) -> dict[str, str]:
    """A name by tenant id: the wanted one in lower case where it is plain and unique, else the id.

    taken are names that mean something else, such as groups. complain is told why a wanted name was not used.
    Raises AnswerError when even an id cannot be a host name.
    """
    names = {identity: _folded(name, identity) for identity, name in wanted.items()}
    uses = Counter(name for name in names.values() if name)
    uses.update(identity for identity, name in names.items() if name != identity)
    return {identity: _name(identity, name, uses, taken, complain) for identity, name in names.items()}


def _folded(name: str | None, identity: str) -> str | None:
    return plain(name).strip().lower() if name and name != identity else name


def _name(
    identity: str, name: str | None, uses: Counter[str], taken: t.Container[str], complain: t.Callable[[str], None]
) -> str:
    fault = _fault(name, uses, taken) if name else None
    if name and not fault:
        return name
    if fault:
        complain(f"Tenant {identity} is named by its id, since {fault}.")
    if _fault(identity, Counter(), taken):
        raise AnswerError(
            "The service listed a tenant without a usable host name, and whose id cannot be one either; "
            "no host was added. Report it to the maintainers of this collection."
        )
    return identity


def _fault(name: str, uses: Counter[str], taken: t.Container[str]) -> str | None:
    if not PLAIN.fullmatch(name):
        return "the wanted host name holds other signs than A-Z, a-z, 0-9, dot, underscore and hyphen"
    if name in LOCALHOST:
        return f"{name} means this machine"
    if name in taken:
        return f"{name} is the name of a group"
    if uses[name] > 1:
        return f"{name} is the host name or the id of another tenant too"
    return None
