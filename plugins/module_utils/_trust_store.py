# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Which certificate authorities a connection trusts. Private to this collection."""

from __future__ import annotations

import os
import ssl

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError

VARIABLES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")


def verification(ca_path: str | None) -> str | bool:
    """The value for the verify argument of requests: ca_path, else what its usual variables name, else its own bundle.

    Raises ConfigurationError when the file or folder cannot be used. There is no way to get False.
    """
    if ca_path:
        _check(ca_path, "ca_path")
        return ca_path
    for variable in VARIABLES:
        path = os.environ.get(variable)
        if path:
            _check(path, variable)
            return path
    return True


def _check(path: str, source: str) -> None:
    try:
        if os.path.isdir(path):
            os.listdir(path)
        else:
            ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cafile=path)
    except ssl.SSLError:
        raise ConfigurationError(f"The CA file {path} ({source}) holds no certificate in PEM form.") from None
    except OSError as error:
        raise ConfigurationError(f"The CA file {path} ({source}) cannot be read: {error.strerror}.") from None
