# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of options that users may mistype. Private to this collection."""

from __future__ import annotations

import difflib
import typing as t

from ansible_collections.qlikops.cloud.plugins.module_utils._credentials import SHOWABLE
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError


def known_only(options: t.Mapping[str, t.Any], known: t.Collection[str], source: str) -> None:
    """Raise ConfigurationError for an option that does not exist, since its wish would be passed over."""
    for name in map(str, options):
        if name not in known:
            alike = difflib.get_close_matches(name, known, 1)
            shown = f"the unknown option {name}" if SHOWABLE.fullmatch(name) else "an unknown option"
            raise ConfigurationError(f"{source} has {shown}" + (f"; did you mean {alike[0]}?" if alike else "."))
