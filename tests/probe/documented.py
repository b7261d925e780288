# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields and values that the organization API documents: https://qlik.dev/apis/org-rest/core/tenants/."""

from __future__ import annotations

from ansible_collections.qlikops.cloud.plugins.module_utils._tenants import Tenant

SCOPE = "cloud-console.tenants:read"
DOMAIN = "qlikcloud.com"
STATUSES = ("active", "disabled", "deleted", "deactivated")
REGION_CODES = (
    *("us-east-1", "us-east-2", "us-west-1", "us-west-2", "sa-east-1", "ca-central-1"),
    *("eu-west-1", "eu-west-2", "eu-west-3", "eu-north-1", "eu-central-1", "il-central-1", "me-central-1"),
    *("ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "ap-south-1"),
)
REGION_LABELS = ("us", "eu", "uk", "de", "fr", "sg", "ap", "jp", "in", "il", "ae", "br", "se", "ca")
COUNTRY_CODES = ("US", "IE", "GB", "DE", "SG", "AU", "JP", "IN", "IL", "AE", "BR", "FR", "SE", "CA")
FIELDS = (*Tenant.from_api({"id": "any"}).as_row(), "links")
REQUIRED_FIELDS = ("id", "hostnames", "status", "regionCode", "countryCode", "createdAt", "updatedAt")
TIME_FIELDS = ("createdAt", "updatedAt", "licenseStartsAt", "licenseEndsAt", "deletionStartsAt")
