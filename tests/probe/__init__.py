# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A read-only look at a real organization: which statement of the documents the service agrees with."""
