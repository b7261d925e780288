# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The landing page of the documentation site, and what Sphinx is told of Ansible's documentation."""

from __future__ import annotations

import zlib

import pytest

from tools.site import inventory, lists

GENERATED = """\
Description
-----------

Guides
------

.. toctree::
    :maxdepth: 1

    docsite/first_steps

Modules
~~~~~~~

* :ansplugin:`oauth_token module <qlikops.cloud.oauth_token#module>` -- Prove a credential

.. toctree::
    :maxdepth: 1
    :hidden:

    oauth_token_module
"""


def test_the_menu_has_captions_and_short_names():
    page = lists(GENERATED)
    assert page.startswith("Guides\n------\n\n.. toctree::\n    :caption: Guides\n    :maxdepth: 1\n")
    assert "    docsite/first_steps\n" in page
    assert ".. toctree::\n    :caption: Modules\n" in page
    assert page.endswith("    oauth_token module <oauth_token_module>\n")


def test_a_page_of_another_layout_is_refused():
    with pytest.raises(ValueError, match="no section Guides"):
        lists("Manuals\n-------\n")


def test_the_inventory_is_of_version_2():
    entries = iter([("ANSIBLE_HOME", "std:envvar", "config.html#envvar-ANSIBLE_HOME", "ANSIBLE_HOME")])
    head, _unused, packed = inventory(entries).partition(b"using zlib.\n")
    assert head.startswith(b"# Sphinx inventory version 2\n# Project: ")
    assert zlib.decompress(packed) == b"ANSIBLE_HOME std:envvar -1 config.html#envvar-ANSIBLE_HOME ANSIBLE_HOME\n"
