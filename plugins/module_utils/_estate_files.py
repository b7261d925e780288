# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The files of an estate report besides its page. Private to this collection."""

from __future__ import annotations

import csv
import io
import json
import re
import typing as t
from pathlib import Path

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._estate import FORMAT

_OF_TENANT = (
    *("id", "name", "hostname", "alias", "hostnames", "url", "region", "region_code", "country_code"),
    *("status", "enabled", "subscription_id", "license_number", "license_starts_at", "license_ends_at"),
    *("deletion_starts_at", "created_at", "created_by", "updated_at", "host", "client_id"),
)
# What a cell begins with that spreadsheets run, some the wide signs too. Source: OWASP, CSV injection. Where commas are
# part of numbers, a cell begins behind each semicolon as well, whatever the quotes.
_FORMULA = re.compile("(^|[;\t\r\n])(?=[-=+@\t\r\n\uff1d\uff0b\uff0d\uff20])")
_CONTROL = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ufffe\\uffff\\ud800-\\udfff]")

Row = t.Mapping[str, t.Any]


def as_json(document: Row) -> bytes:
    return json.dumps(document, indent=2, allow_nan=False).encode() + b"\n"


def as_csv(document: Row) -> bytes:
    """One line for each tenant, in UTF-8 with the mark by which Excel knows it.

    What a spreadsheet would run as a formula has an apostrophe in front.
    """
    rows = [_flat(row) for row in document["tenants"]]
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(_flat({}))
    writer.writerows([_cell(value) for value in row.values()] for row in rows)
    return text.getvalue().encode("utf-8-sig", "replace")


def previous_report(path: Path) -> dict[str, t.Any]:
    """The document of a report. Raises ConfigurationError when the file holds none."""
    try:
        document = json.loads(path.read_bytes())
    except OSError as error:
        raise ConfigurationError(f"The previous report {path} cannot be read: {error.strerror or error}.") from error
    except ValueError:
        raise ConfigurationError(f"The previous report {path} is no JSON; name another one, or leave it out.") from None
    if not _is_report(document):
        raise ConfigurationError(
            f"{path} is no report that this version can compare with: name the JSON file of an estate report, or leave "
            "previous out."
        )
    return t.cast("dict[str, t.Any]", document)


def _is_report(document: t.Any) -> bool:
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return False
    rows = document.get("tenants")
    return isinstance(document.get("generated_at"), str) and isinstance(rows, list) and all(map(_is_row, rows))


def _is_row(row: t.Any) -> bool:
    if not isinstance(row, dict) or not isinstance(row.get("id"), str):
        return False
    return isinstance(row.get("status"), (str, type(None)))


def _flat(row: Row) -> dict[str, t.Any]:
    access, use = row.get("access") or {}, row.get("license") or {}
    consumption = use.get("consumption") or {}
    return {
        **{name: row.get(name) for name in _OF_TENANT},
        "access": access.get("kind"),
        "access_message": access.get("msg"),
        "license_status": use.get("status"),
        "license_valid": use.get("valid"),
        "license_use": "; ".join(allotment_text(part) for part in use.get("allotments", ())),
        "consumption_since": consumption.get("since"),
        "consumption_records": consumption.get("records"),
        "consumption_sums": "; ".join(f"{name} {value:g}" for name, value in consumption.get("sums", {}).items()),
        "license_error": use.get("error"),
    }


def allotment_text(allotment: Row) -> str:
    """Such as professional 12/1000; what is not known is a question mark."""
    used, units = ("?" if allotment[name] is None else f"{allotment[name]:g}" for name in ("used", "units"))
    return f"{allotment['name'] or '?'} {used}/{units}"


def printable(text: str) -> str:
    """The text, with a sign of replacement for each one that HTML does not allow and terminals obey."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def _cell(value: t.Any) -> str:
    if isinstance(value, (list, tuple)):
        value = " ".join(map(str, value))
    text = "" if value is None else printable(str(value))
    return _FORMULA.sub(r"\1'", text)
