# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Documentation of the connection options, the same in every plugin of this collection."""

from __future__ import annotations


class ModuleDocFragment:
    """DOCUMENTATION holds the options, PLUGINS their environment variables, TASKS what holds for tasks alone."""

    DOCUMENTATION = r"""
options:
  client_id:
    description:
      - The id of an OAuth client. When omitted, it is looked for together with its secret, see the notes.
    type: str
  client_secret:
    description:
      - The secret of the OAuth client.
      - Mutually exclusive with O(private_key).
    type: str
  private_key:
    description:
      - The private key of the OAuth client in PEM form, RSA with at least 2048 bits or EC on P-384, in place of a
        secret.
      - Requires O(key_id).
    type: str
  key_id:
    description:
      - The key id (C(kid)) under which the public key of O(private_key) is registered.
    type: str
  credentials_file:
    description:
      - A YAML or JSON file with credentials, plain or encrypted with Ansible Vault as a whole or value by value.
      - A relative path is taken from the folder of the inventory source. In tasks and lookups it is taken from that of
        the playbook, or when there is no such file from the current one. It is read where Ansible runs.
      - It holds the keys C(organization), C(regions) and C(tenants), bare or under C(qlik_credentials).
    type: str
  console_url:
    description:
      - The base URL of the Cloud Console, which serves the organization's API.
    type: str
    default: https://console.qlikcloud.com
  ca_path:
    description:
      - A file or folder with the certificate authorities to trust, for example that of a company proxy which inspects
        TLS.
      - When omitted, E(REQUESTS_CA_BUNDLE) and E(CURL_CA_BUNDLE) are honoured, and else the authorities that
        C(requests) carries.
      - Certificates are always checked. A relative path is taken from the current folder, and a task that is delegated
        to another machine reads it there.
    type: path
  timeout:
    description:
      - Seconds to wait for a connection, then for an answer to begin or to go on, and for its body as a whole.
    type: int
    default: 30
  retries:
    description:
      - How often a request that changes nothing is repeated after a failure of the network or of the service.
    type: int
    default: 4
  max_wait:
    description:
      - Seconds to spend on waiting in all, between repeats and when the service's rate limit says to wait.
      - V(0) fails at once.
    type: int
    default: 300
  token_cache:
    description:
      - Where tokens are kept for their life, encrypted with a key derived from the client's secret.
      - V(user) keeps them in O(cache_dir), so that all runs of a user share them. V(run) keeps them until the run
        ends.
        V(none) keeps them nowhere, so that each task and each use of a lookup asks for one.
      - A credential that is refused is not sent again for ten seconds, however many tasks want it, but with V(none).
    type: str
    choices: [user, run, none]
    default: user
  cache_dir:
    description:
      - The folder for what is kept between runs. It must belong to the user alone.
      - When omitted, C($XDG_CACHE_HOME/qlikops.cloud) or C(~/.cache/qlikops.cloud). Where it cannot be written,
        O(token_cache=run) holds.
      - A task that is delegated to another machine keeps its token there.
    type: path
requirements:
  - requests
notes:
  - Proxies are taken from the environment variables E(HTTPS_PROXY) and E(NO_PROXY).
"""

    PLUGINS = r"""
options:
  client_id:
    env:
      - name: QLIK_CLIENT_ID
  client_secret:
    env:
      - name: QLIK_CLIENT_SECRET
  private_key:
    env:
      - name: QLIK_PRIVATE_KEY
  key_id:
    env:
      - name: QLIK_KEY_ID
  credentials_file:
    env:
      - name: QLIK_CREDENTIALS_FILE
  console_url:
    env:
      - name: QLIK_CONSOLE_URL
  ca_path:
    env:
      - name: QLIK_CA_PATH
  timeout:
    env:
      - name: QLIK_TIMEOUT
  retries:
    env:
      - name: QLIK_RETRIES
  max_wait:
    env:
      - name: QLIK_MAX_WAIT
  token_cache:
    env:
      - name: QLIK_TOKEN_CACHE
  cache_dir:
    env:
      - name: QLIK_CACHE_DIR
"""

    TASKS = r"""
attributes:
  action_group:
    description: Use C(group/qlikops.cloud.qlik) in C(module_defaults) to set connection options for the whole group.
    membership:
      - qlikops.cloud.qlik
notes:
  - A connection option that is left out is taken from the environment variable of its name, such as E(QLIK_TIMEOUT); an
    empty one counts as unset.
  - The credential is looked for where Ansible runs. The first place that holds one for the addressed host wins, in the
    order options of the task, which open that host whichever it is, the variable C(qlik_credentials),
    O(credentials_file), and last E(QLIK_CLIENT_ID) and E(QLIK_CLIENT_SECRET) (or E(QLIK_PRIVATE_KEY) and
    E(QLIK_KEY_ID)), which open the Cloud Console alone and complete what a task gives for it.
  - The subscription of a tenant is known when it is a host of the inventory under its host name, or the host that the
    task runs for; else entries with C(subscription_id) do not apply.
  - Secrets are sent to hosts of Qlik Cloud. Any other console needs C(client_id) and C(client_secret) beside
    O(console_url), or E(QLIK_CONSOLE_URL); any other tenant an entry of its own below C(tenants).
  - The C(credentials_file) of an inventory source is not used by tasks.
"""
