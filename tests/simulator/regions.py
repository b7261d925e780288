# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Regions of the service and the host names they make."""

from __future__ import annotations

from dataclasses import dataclass

DOMAIN = "qlikcloud.com"
CONSOLE_HOST = f"console.{DOMAIN}"


@dataclass(frozen=True)
class Region:
    label: str
    code: str
    country: str


REGIONS = {
    region.label: region
    for region in (
        Region("us", "us-east-1", "US"),
        Region("eu", "eu-west-1", "IE"),
        Region("uk", "eu-west-2", "GB"),
        Region("de", "eu-central-1", "DE"),
        Region("fr", "eu-west-3", "FR"),
        Region("sg", "ap-southeast-1", "SG"),
        Region("ap", "ap-southeast-2", "AU"),
        Region("jp", "ap-northeast-1", "JP"),
        Region("in", "ap-south-1", "IN"),
        Region("il", "il-central-1", "IL"),
        Region("ae", "me-central-1", "AE"),
        Region("br", "sa-east-1", "BR"),
        Region("se", "eu-north-1", "SE"),
        Region("ca", "ca-central-1", "CA"),
    )
}


def region_of_host(host: str) -> str:
    """The region label of a tenant host: its second label."""
    labels = host.lower().split(".")
    return labels[1] if len(labels) > 1 else ""


def is_service_host(host: str) -> bool:
    labels = host.lower().split(".")
    return len(labels) > 2 and all(labels) and ".".join(labels[-2:]) == DOMAIN
