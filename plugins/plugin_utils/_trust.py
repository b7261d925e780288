# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which texts of the service may take part in templates. Private to this collection, for the controller only.

A text is plain (and trusted, from ansible-core 2.19 on) when it fully matches the strict pattern of its field. Looking
for braces is not enough: a value that begins with #jinja2: sets delimiters of its own.
"""

from __future__ import annotations

import functools
import re
import typing as t

from ansible_collections.qlikops.cloud.plugins.plugin_utils._core import trusted, untrusted

_ID = re.compile(r"[A-Za-z0-9_-]{1,128}")
_CODE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]{0,126}[A-Za-z0-9])?")
_HOSTNAME = re.compile(r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})?)?")
_PATTERNS = {
    "qlik_id": _ID,
    "qlik_name": re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9 ._-]{0,126}[A-Za-z0-9])?"),
    "qlik_hostname": _HOSTNAME,
    "qlik_alias": _HOSTNAME,
    "qlik_hostnames": _HOSTNAME,
    "qlik_url": re.compile(r"https://" + _HOSTNAME.pattern),
    "qlik_region": _CODE,
    "qlik_region_code": _CODE,
    "qlik_country_code": _CODE,
    "qlik_status": _CODE,
    "qlik_subscription_id": _CODE,
    "qlik_license_number": _CODE,
    "qlik_license_starts_at": _MOMENT,
    "qlik_license_ends_at": _MOMENT,
    "qlik_deletion_starts_at": _MOMENT,
    "qlik_created_at": _MOMENT,
    "qlik_created_by": _ID,
    "qlik_updated_at": _MOMENT,
    "qlik_organization": _CODE,
}


def mark(variable: str, value: t.Any) -> t.Any:
    """The value of a host variable with its trust settled; a list item by item, anything but text as it is."""
    if isinstance(value, list):
        return [mark(variable, item) for item in value]
    if not isinstance(value, str):
        return value
    return _recurring(variable, value) if _PATTERNS[variable] is _CODE else _marked(variable, value)


def _marked(variable: str, text: str) -> str:
    return trusted(text) if _PATTERNS[variable].fullmatch(text) else untrusted(text)


# few codes stand for many tenants, which then hold one text in common
_recurring = functools.lru_cache(maxsize=4096)(_marked)
