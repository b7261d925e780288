# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lookup plugin: a token for a host."""

from __future__ import annotations

DOCUMENTATION = r"""
name: oauth_token
short_description: A Qlik Cloud token for a host
version_added: 0.9.0
author:
  - qlikops.cloud contributors (@qlikops)
description:
  - Finds the credential for a host and has a token issued for it, or takes the one that is kept and still valid. So it
    may stand in a variable that is used a thousand times.
  - Modules of this collection get their tokens by themselves. This is for tasks that speak to the service by other
    means, and they should say C(no_log).
options:
  _terms:
    description:
      - The hosts that tokens are wanted for, such as V(north.eu.qlikcloud.com). A token is valid on that host alone.
      - When omitted, the Cloud Console of O(console_url).
      - The first token that a client asks for on a tenant creates a bot user with administrator's rights there.
    type: list
    elements: str
extends_documentation_fragment:
  - qlikops.cloud.connection
  - qlikops.cloud.connection.plugins
notes:
  - With O(token_cache=none) each use asks for a token.
  - The credential is looked for in the order options of the lookup, which open each host given, the variable
    C(qlik_credentials), O(credentials_file), and last E(QLIK_CLIENT_ID) and E(QLIK_CLIENT_SECRET), which open the Cloud
    Console alone.
  - It runs where Ansible runs. The C(environment) of a task and C(module_defaults) do not reach it.
  - An environment variable that is empty counts as unset.
seealso:
  - module: qlikops.cloud.oauth_token
  - name: OAuth
    description: The service's own documentation.
    link: https://qlik.dev/apis/rest/oauth/
"""

EXAMPLES = r"""
- name: Ask the organization's API with a module of another collection
  ansible.builtin.uri:
    url: https://console.qlikcloud.com/api/core/tenants
    headers:
      Authorization: Bearer {{ lookup('qlikops.cloud.oauth_token') }}
  no_log: true

- name: Ask a tenant
  ansible.builtin.uri:
    url: "{{ qlik_url }}/api/v1/tenants/me"
    headers:
      Authorization: Bearer {{ lookup('qlikops.cloud.oauth_token', qlik_hostname, credentials_file='credentials.yml') }}
    follow_redirects: safe
  no_log: true
"""

RETURN = r"""
_raw:
  description: One token for each host, in order.
  type: list
  elements: str
"""

import typing as t

from ansible import constants as C
from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.qlikops.cloud.plugins.module_utils._connection import Connection
from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError, QlikError
from ansible_collections.qlikops.cloud.plugins.module_utils._option_names import known_only
from ansible_collections.qlikops.cloud.plugins.plugin_utils._options import (
    blank_variables_unset,
    quoting_no_value,
)
from ansible_collections.qlikops.cloud.plugins.plugin_utils._play import Play

PLACE = "the lookup"


class LookupModule(LookupBase):
    """Returns tokens; see DOCUMENTATION."""

    def run(self, terms: list[str], variables: dict[str, t.Any] | None = None, **kwargs: t.Any) -> list[str]:
        try:
            known_only(kwargs, self.option_definitions, PLACE.capitalize())
            with blank_variables_unset(), quoting_no_value(PLACE):
                self.set_options(var_options=variables, direct=kwargs)
            hosts = [_named(term) for term in terms] or [None]
            return [self._token(host, kwargs, variables or {}) for host in hosts]
        except QlikError as error:
            raise AnsibleLookupError(str(error)) from None

    def _token(self, host: str | None, written: dict[str, t.Any], variables: dict[str, t.Any]) -> str:
        connection = Connection.from_options(self.get_options(), C.DEFAULT_LOCAL_TMP)
        url, play = connection.url_of(host), Play(variables, self._templar, self._loader)
        sources = play.sources(PLACE, written, self.get_option("credentials_file") or None)
        credential = sources.find(play.target(url, connection.console_url))
        return connection.tokens(url, credential, self._display.warning).token().value


def _named(term: t.Any) -> str | None:
    if not isinstance(term, str) or not term.strip():
        raise ConfigurationError(
            "A host for the lookup is empty or no text; give none at all to mean the Cloud Console."
        )
    return term
