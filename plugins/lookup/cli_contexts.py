# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lookup plugin: contexts of qlik-cli as entries of a credential book."""

from __future__ import annotations

DOCUMENTATION = r"""
name: cli_contexts
short_description: Contexts of qlik-cli as entries of a credential book
version_added: 0.9.0
author:
  - qlikops.cloud contributors (@qlikops)
description:
  - Reads the OAuth clients in a file of contexts of qlik-cli, usually C(~/.qlik/contexts.yml). The role
    C(qlikops.cloud.credentials) stores them by its variable C(credentials_contexts_file).
  - A context with an id and a secret becomes an entry of the organization when its server is C(console.qlikcloud.com),
    of a region when it is a host such as C(register.eu.qlikcloud.com), and else of a tenant.
  - It fails when two contexts have different OAuth clients for one of these.
  - It returns secrets. Tasks that use them should say C(no_log).
options:
  _terms:
    description:
      - Files. A relative path is taken from the folder of the playbook, or when there is no such file from the current
        one.
    type: list
    elements: path
    required: true
  given:
    description:
      - Entries whose clients are known already, named as in RV(_raw[].contexts). Contexts of these are left out.
    type: list
    elements: str
    default: []
  fail:
    description:
      - Fail when a file cannot be taken. When V(false), RV(_raw[].problem) says why, and nothing of it is returned.
    type: bool
    default: true
"""

EXAMPLES = r"""
- name: Tell which contexts have no OAuth client
  ansible.builtin.debug:
    msg: "{{ lookup('qlikops.cloud.cli_contexts', '~/.qlik/contexts.yml').left_out }}"
"""

RETURN = r"""
_raw:
  description: What a file holds, one dictionary for each.
  type: list
  elements: dict
  contains:
    organization:
      description: The entry of the organization; empty when no context has one.
      type: dict
    regions:
      description: The entries of regions.
      type: list
      elements: dict
    tenants:
      description: The entries of tenants.
      type: list
      elements: dict
    contexts:
      description: The names of the contexts that each entry comes from, in quotes.
      type: dict
      sample:
        organization: ['"all"']
        region eu: ['"europe"']
        tenant north.us.qlikcloud.com: ['"north"', '"north too"']
    left_out:
      description: Why each other context is left out.
      type: list
      elements: str
      sample: ['context "south": left out, since it has no OAuth client']
    problem:
      description: Why the file cannot be taken, with O(fail=false); empty when it can.
      type: str
"""

import typing as t

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import QlikError
from ansible_collections.qlikops.cloud.plugins.module_utils._option_names import known_only
from ansible_collections.qlikops.cloud.plugins.plugin_utils._cli_contexts import CliContexts
from ansible_collections.qlikops.cloud.plugins.plugin_utils._options import quoting_no_value
from ansible_collections.qlikops.cloud.plugins.plugin_utils._play import Play

PLACE = "the lookup"


class LookupModule(LookupBase):
    """Returns entries of a book; see DOCUMENTATION."""

    def run(self, terms: list[str], variables: t.Any = None, **kwargs: t.Any) -> list[dict[str, t.Any]]:
        try:
            known_only(kwargs, self.option_definitions, PLACE.capitalize())
            with quoting_no_value(PLACE):
                self.set_options(var_options=variables, direct=kwargs)
            play = Play(variables or {}, self._templar, self._loader)
            return [self._entries(play, str(term)) for term in terms]
        except QlikError as error:
            raise AnsibleLookupError(str(error)) from None

    def _entries(self, play: Play, name: str) -> dict[str, t.Any]:
        try:
            path, document = play.document(name)
            return CliContexts.of(document, path, self.get_option("given")).as_entries() | {"problem": ""}
        except QlikError as error:
            if self.get_option("fail"):
                raise
            return CliContexts().as_entries() | {"problem": str(error)}
