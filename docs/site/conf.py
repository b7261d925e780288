# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings of Sphinx for the documentation site; tests/tools/site.py lays out the pages."""

project = "qlikops.cloud"
copyright = "2026 qlikops.cloud contributors"
html_title = html_short_title = "qlikops.cloud"

extensions = ["sphinx.ext.intersphinx", "sphinx_antsibull_ext"]
nitpicky = True
# There are pages for variables of ansible-core and of plugins; none for those of modules, the event source, and others.
nitpick_ignore_regex = [("envvar", r"(?!ANSIBLE_|QLIK_).+|QLIK_JOURNAL_DIR|QLIK_POLL_INTERVAL")]
default_role = "any"
pygments_style = "ansible"
highlight_language = "YAML+Jinja"

html_theme = "sphinx_ansible_theme"
html_theme_options = {
    "documentation_home_url": "https://github.com/qlikops/qlikops.cloud",
    "show_extranav": False,
    "titles_only": True,
    "topbar_links": {"Repository": "https://github.com/qlikops/qlikops.cloud"},
}
html_show_sphinx = False
html_copy_source = False
html_use_index = False
html_static_path = ["static"]
html_css_files = ["site.css"]

# What can be looked up in Ansible's documentation is listed beside the pages, so that no build needs a network.
intersphinx_mapping = {"ansible": ("https://docs.ansible.com/projects/ansible/latest/", "ansible.inv")}
