# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""One inventory name for each tenant, never shared. Private to this collection, for the controller only."""

from __future__ import annotations

import re
import typing as t
from collections import Counter
from dataclasses import dataclass

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import AnswerError
from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import plain

PLAIN = re.compile(r"(?!\.+$)[A-Za-z0-9._-]+")  # a host called .. would take the variables of the folder above
LOCALHOST = frozenset({"localhost", "127.0.0.1"})

MeansElse = t.Callable[[str, str], "str | None"]


@dataclass(frozen=True)
class HostNames:
    """Names by tenant id, and for each wanted name that could not be used a sentence why."""

    names: dict[str, str]
    faults: list[str]


def host_names(wanted: t.Mapping[str, str | None], means_else: MeansElse) -> HostNames:
    """A name by tenant id: the wanted one in lower case where it is plain and unique, else the id.

    means_else tells for a tenant id and a name what else the name stands for, such as a group.
    Raises AnswerError when even an id cannot be a host name.
    """
    names = {identity: _folded(name, identity) for identity, name in wanted.items()}
    uses = Counter(name for name in names.values() if name)
    uses.update(identity for identity, name in names.items() if name != identity)
    reasons = {identity: _fault(identity, name, uses, means_else) for identity, name in names.items() if name}
    faults = {identity: reason for identity, reason in reasons.items() if reason}
    chosen = {
        identity: name if name and identity not in faults else _usable(identity, means_else)
        for identity, name in names.items()
    }
    return HostNames(
        chosen, [f"Tenant {identity} is named by its id, since {why}." for identity, why in faults.items()]
    )


def _folded(name: str | None, identity: str) -> str | None:
    return plain(name).strip().lower() if name and name != identity else name


def _usable(identity: str, means_else: MeansElse) -> str:
    if _fault(identity, identity, Counter(), means_else):
        raise AnswerError(
            "The service listed a tenant without a usable host name, and whose id cannot be one either; "
            "no host was added. Report it to the maintainers of this collection."
        )
    return identity


def _fault(identity: str, name: str, uses: Counter[str], means_else: MeansElse) -> str | None:
    if not PLAIN.fullmatch(name):
        return "the wanted host name holds other signs than A-Z, a-z, 0-9, dot, underscore and hyphen"
    if name in LOCALHOST:
        return f"{name} means this machine"
    if uses[name] > 1:
        return f"{name} is the host name or the id of another tenant too"
    other = means_else(identity, name)
    return f"{name} is the name of {other}" if other else None
