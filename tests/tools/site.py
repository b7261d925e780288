# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the documentation site, warnings being errors: `python -m tools.site`. Needs no network."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import zlib
from collections.abc import Iterator
from itertools import pairwise

from tools.environment import HOME, ROOT, VENV, say, variables

COLLECTION = "qlikops.cloud"
SETTINGS = ROOT / "docs" / "site"
PLACE = VENV / "docs"
PAGES, RESULT = PLACE / "rst", PLACE / "html"
# The landing page takes over what stands on the generated one from here on.
GUIDES = "Guides\n------\n"
LIST = ".. toctree::"
REFERENCE = f"""

Reference
---------

{LIST}
    :maxdepth: 1

    Environment variables <environment_variables>
    Changelog <changelog>
"""

# Labels of Ansible's documentation that its own fragments and antsibull-docs refer to.
LABELS = {
    "action_plugins": ("plugins/action.html", "Action plugins"),
    "ansible_configuration_settings": ("reference_appendices/config.html", "Ansible Configuration Settings"),
    "common_return_values": ("reference_appendices/common_return_values.html", "Return Values"),
}
_UNDERLINE = re.compile(r"-{3,}|~{3,}")
_ENTRY = re.compile(r"^( +)(\w+)_(module|inventory|lookup|role)$")
_BUILTIN = re.compile(r"\bansible\.builtin\.(\w+)[#_](cache|filter|inventory|lookup|module|test|vars)\b")


def build() -> int:
    """Lay out the pages and have Sphinx render them; the exit code of the tool that failed, or 0."""
    shutil.rmtree(PLACE, ignore_errors=True)
    PAGES.mkdir(parents=True, mode=0o700)
    return _generate() or _render()


def _generate() -> int:
    settings = ("--config-file", str(SETTINGS / "antsibull-docs.cfg"))
    layout = ("--use-current", "--squash-hierarchy", "--fail-on-error", "--dest-dir", str(PAGES))
    return _run("antsibull-docs", *settings, "collection", *layout, COLLECTION)


def _render() -> int:
    _land()
    (PAGES / "ansible.inv").write_bytes(inventory(_known_to_ansible()))
    strict = ("--fail-on-warning", "--keep-going", "--quiet")
    doctrees = ("-d", str(PLACE / "doctrees"))
    return _run("sphinx-build", "-b", "html", *strict, *doctrees, "-c", str(SETTINGS), str(PAGES), str(RESULT))


def _land() -> None:
    """Put our first page before the lists of the generated one."""
    first, landing = SETTINGS / "index.rst", PAGES / "index.rst"
    generated = landing.read_text(encoding="utf-8") + REFERENCE
    landing.write_text(first.read_text(encoding="utf-8") + lists(generated), encoding="utf-8")


def lists(generated: str) -> str:
    """The lists of guides, plugins and roles on the page that antsibull-docs makes, with a short menu at the side."""
    _unused, found, rest = generated.partition(GUIDES)
    if not found:
        raise ValueError(f"The generated page has no section {GUIDES.splitlines()[0]}: look at antsibull-docs.")
    return "\n".join(_menu((found + rest).splitlines())) + "\n"


def _menu(lines: list[str]) -> Iterator[str]:
    """Name each list by its heading, and plugins and roles by their names in place of their titles."""
    heading = ""
    for line, following in pairwise([*lines, ""]):
        if _UNDERLINE.fullmatch(following):
            heading = line
        yield _ENTRY.sub(r"\1\2 \3 <\2_\3>", line)
        if line == LIST:
            yield f"    :caption: {heading}"


def _known_to_ansible() -> Iterator[tuple[str, str, str, str]]:
    """What our pages may refer to in Ansible's documentation: name, role, page with anchor, title."""
    for label, (page, title) in LABELS.items():
        yield label, "std:label", f"{page}#{label.replace('_', '-')}", title
    for variable in _settings():
        yield variable, "std:envvar", f"reference_appendices/config.html#envvar-{variable}", variable
    texts = (page.read_text(encoding="utf-8") for page in PAGES.rglob("*.rst"))
    for name, kind in {found for text in texts for found in _BUILTIN.findall(text)}:
        label, page = f"ansible_collections.ansible.builtin.{name}_{kind}", f"collections/ansible/builtin/{name}_{kind}"
        yield label, "std:label", f"{page}.html#{label.replace('_', '-').replace('.', '-')}", f"ansible.builtin.{name}"


def _settings() -> set[str]:
    """The environment variables of ansible-core; imported here, since it looks at the files around it."""
    from ansible.constants import config

    definitions = config.get_configuration_definitions().values()
    return {entry["name"] for definition in definitions for entry in definition.get("env") or []}


def inventory(entries: Iterator[tuple[str, str, str, str]]) -> bytes:
    """A list for intersphinx, in version 2 of its format."""
    head = "# Sphinx inventory version 2\n# Project: Ansible\n# Version: \n# The remainder is compressed using zlib.\n"
    lines = "".join(f"{name} {role} -1 {page} {title}\n" for name, role, page, title in sorted(entries))
    return head.encode() + zlib.compress(lines.encode())


def _run(tool: str, *arguments: str) -> int:
    env = variables() | {"HOME": str(HOME)}
    return subprocess.run([str(VENV / "bin" / tool), *arguments], cwd=ROOT, env=env, check=False).returncode


def main() -> int:
    code = build()
    if not code:
        say(f"The documentation site: {RESULT / 'index.html'}")
    return code


if __name__ == "__main__":
    sys.exit(main())
