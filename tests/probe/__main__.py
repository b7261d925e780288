# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The command `python -m probe`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import QlikError

from .observations import observe
from .report import report

DESCRIPTION = """\
Look at your Qlik Cloud organization and print how the service behaves where its
documents contradict each other or say nothing. Read-only: one token, two counts
of tenants (one with a filter that is malformed on purpose), two pages of the
list of tenants, and one tenant. Only the Cloud Console is called, never a
tenant, and the token is not kept.

The report shows no names, ids, hosts, licences or secrets. Please read it and
paste it into an issue of the project.
"""
EPILOG = """\
environment:
  QLIK_CLIENT_ID, QLIK_CLIENT_SECRET
                     an OAuth client of the organization, made in the Cloud
                     Console (console.qlikcloud.com/admin/oauth)
  QLIK_CA_PATH       a file or folder of certificate authorities to trust
  QLIK_CONSOLE_URL   the Cloud Console (https://console.qlikcloud.com)
  HTTPS_PROXY, NO_PROXY
                     proxies, as usual

exit status: 0 after a report, 1 when none could be made, 2 for bad usage.
"""


class Parser(argparse.ArgumentParser):
    """One sentence per mistake."""

    def error(self, message: str) -> None:  # type: ignore[override]
        self.exit(2, f"probe: {message} (see --help)\n")


def build_parser() -> Parser:
    return Parser(
        prog="python -m probe",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description=DESCRIPTION,
        epilog=EPILOG,
        allow_abbrev=False,
    )


def main(arguments: Sequence[str] | None = None) -> int:
    build_parser().parse_args(arguments)
    try:
        print(report(observe(os.environ)))
    except QlikError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
