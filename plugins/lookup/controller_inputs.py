# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Lookup plugin: a credential book as inputs of a controller's credential."""

from __future__ import annotations

DOCUMENTATION = r"""
name: controller_inputs
short_description: A credential book as inputs of a controller's credential
version_added: 0.9.0
author:
  - qlikops.cloud contributors (@qlikops)
description:
  - Reads a credential book, plain or under Ansible Vault, and gives what a credential of AWX or Automation Controller
    holds of it, when its type is the one of the role C(qlikops.cloud.controller). That role uses it.
  - It returns secrets. Tasks that use it should hand them to an argument that is kept secret, such as C(inputs) of
    C(awx.awx.credential), or say C(no_log).
options:
  _terms:
    description:
      - Credential books. A relative path is taken from the folder of the playbook, or when there is no such file from
        the current one.
    type: list
    elements: path
    required: true
  tiers:
    description:
      - The tiers that are wanted. Of one that the book lacks, no input is given, so that it can stay as it is.
    type: list
    elements: str
    choices: [organization, regions, tenants]
    default: [organization, regions, tenants]
notes:
  - Values of the book are taken as they are; templates in them are not filled in.
"""

EXAMPLES = r"""
- name: Put a credential book into a controller
  awx.awx.credential:
    name: Qlik Cloud
    organization: Default
    credential_type: Qlik Cloud
    inputs: "{{ lookup('qlikops.cloud.controller_inputs', 'credentials.yml') }}"
"""

RETURN = r"""
_raw:
  description: The inputs, one dictionary for each book.
  type: list
  elements: dict
"""

import typing as t

from ansible.errors import AnsibleLookupError
from ansible.plugins.lookup import LookupBase

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import QlikError
from ansible_collections.qlikops.cloud.plugins.module_utils._option_names import known_only
from ansible_collections.qlikops.cloud.plugins.plugin_utils._controller_inputs import controller_inputs
from ansible_collections.qlikops.cloud.plugins.plugin_utils._options import quoting_no_value
from ansible_collections.qlikops.cloud.plugins.plugin_utils._play import Play

PLACE = "the lookup"


class LookupModule(LookupBase):
    """Returns inputs; see DOCUMENTATION."""

    def run(self, terms: list[str], variables: dict[str, t.Any] | None = None, **kwargs: t.Any) -> list[dict[str, str]]:
        try:
            known_only(kwargs, self.option_definitions, PLACE.capitalize())
            with quoting_no_value(PLACE):
                self.set_options(var_options=variables, direct=kwargs)
            play = Play(variables or {}, self._templar, self._loader)
            files = [play.encrypted_file(str(term), 0.0) for term in terms]
            return [controller_inputs(file, self.get_option("tiers")) for file in files]
        except QlikError as error:
            raise AnsibleLookupError(str(error)) from None
