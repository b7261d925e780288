# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Recurrence rules, as far as the controller looks at them without reckoning."""

from __future__ import annotations

import re
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from ..errors import invalid
from ..fields import Values
from ..state import Row, State

START = re.compile(r"DTSTART(?:;[^:]+)?:[0-9]+T[0-9]+Z?")
NAIVE = re.compile(r"DTSTART:[0-9]+T[0-9]+ ")
RULE = re.compile(r"RULE:[^\s]*")
PREFIXED_DAY = re.compile(r"BYDAY[:=][0-9]+[a-zA-Z]{2}")
COUNT = re.compile(r"COUNT=([0-9]+)")
ZONE = re.compile(r"DTSTART;TZID=([^:;]+):")
FREQUENCIES = ("MINUTELY", "HOURLY", "DAILY", "WEEKLY", "MONTHLY", "YEARLY", "SECONDLY")
MOST = 999


def check_rule(_state: State, attrs: Values, _values: Values, _row: Row | None) -> None:
    if "rrule" not in attrs:
        return
    text = attrs["rrule"]
    for word in ("exdate", "rdate"):
        if f"{word}:" in text.lower():
            raise invalid("rrule", f"{word.upper()} not allowed in rrule.")
    rules = RULE.findall(text)
    problems = [*start_problems(text), *(problem for rule in rules for problem in rule_problems(rule))]
    if problems:
        raise invalid("rrule", *problems)


def start_problems(text: str) -> Iterator[str]:
    starts = START.findall(text)
    if not starts:
        yield "Valid DTSTART required in rrule. Value should start with: DTSTART:YYYYMMDDTHHMMSSZ"
    if NAIVE.search(text):
        yield "DTSTART cannot be a naive datetime.  Specify ;TZINFO= or YYYYMMDDTHHMMSSZZ."
    if len(starts) > 1:
        yield "Multiple DTSTART is not supported."
    if "rrule:" not in text.lower():
        yield "One or more rule required in rrule."
    if (zone := ZONE.search(text)) and not is_zone(zone[1]):
        yield "rrule parsing failed validation: A valid TZID must be provided (e.g., America/New_York)"


def is_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (OSError, ValueError, KeyError):
        return False
    return True


def rule_problems(rule: str) -> Iterator[str]:
    if "interval" not in rule.lower():
        yield f"INTERVAL required in rrule: {rule}"
    elif "secondly" in rule.lower():
        yield f"SECONDLY is not supported: {rule}"
    if PREFIXED_DAY.search(rule):
        yield f"BYDAY with numeric prefix not supported: {rule}"
    if "COUNT" in rule and "UNTIL" in rule:
        yield f"RRULE may not contain both COUNT and UNTIL: {rule}"
    if (count := COUNT.search(rule)) and int(count[1]) > MOST:
        yield f"COUNT > {MOST} is unsupported: {rule}"
    if not any(f"FREQ={frequency}" in rule for frequency in FREQUENCIES):
        yield f"rrule parsing failed validation: invalid FREQ in {rule}"


def check_template(state: State, _attrs: Values, values: Values, _row: Row | None) -> None:
    template = state.get("unified_job_templates", values["unified_job_template"])
    if template.endpoint == "projects" and not template.values["scm_type"]:
        raise invalid("unified_job_template", "Manual Project cannot have a schedule set.")


def zone_of(rrule: str) -> str:
    zone = ZONE.search(rrule)
    return zone[1] if zone else "UTC"
