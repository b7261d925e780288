# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Run `ansible-test sanity` without containers: `python -m tools.sanity [--venv DIR] [ansible-test's options]`."""

from __future__ import annotations

import argparse
import ast
import configparser
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.beside import Out
from tools.environment import HOME, VENV, clean_variables, variables
from tools.tree import fresh_copy

SKIPPED_ALL = "All targets skipped"
CACHE = HOME / ".ansible" / "test" / "cache"
IMPLICIT_PIP_SETTINGS = {"proxy": ("https_proxy", "HTTPS_PROXY"), "cert": ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")}

# Prints X.Y of Python, X.Y of ansible-core and the pip that this ansible-test puts into its environments.
_QUESTION = """
import sys, types
from ansible.release import __version__ as core
from ansible_test._internal.python_requirements import get_venv_packages
python = "%d.%d" % sys.version_info[:2]
print(python, core.rsplit(".", 1)[0], get_venv_packages(types.SimpleNamespace(version=python))["pip"])
"""

# ansible-test downloads get-pip.py from a host of its own (ansible/ansible#77304) unless this file is in its cache. It
# makes ten environments, and to copy an installed pip takes a tenth of the time that installing it takes.
_GET_PIP = """import os, shutil, sys, sysconfig
installed = os.path.join(os.path.dirname(os.path.abspath(__file__)), "pip-{version}")
shutil.copytree(installed, sysconfig.get_path("purelib"), ignore=shutil.ignore_patterns("bin"), dirs_exist_ok=True)
arguments = [argument for argument in sys.argv[1:] if argument not in ("--no-setuptools", "--no-wheel")]
arguments = [argument for argument in arguments if not argument.startswith("pip==")]
if any(not argument.startswith("-") for argument in arguments):
    from pip._internal.cli.main import main
    sys.exit(main(["install"] + arguments))
"""


def _facts(venv: Path) -> tuple[str, str, str]:
    command = [str(venv / "bin" / "python"), "-c", _QUESTION]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True, env=variables(venv))
    python, core, pip = done.stdout.split()
    return python, core, pip


def _plant_get_pip(venv: Path, version: str) -> None:
    script = CACHE / f"get_pip_{version.replace('.', '_')}.py"
    if script.is_file():
        return
    folder = CACHE / f"pip-{version}"
    shutil.rmtree(folder, ignore_errors=True)
    pip = [str(venv / "bin" / "python"), "-m", "pip", "--disable-pip-version-check", "install", "-qq", "--no-deps"]
    subprocess.run([*pip, "--only-binary", ":all:", "--target", str(folder), f"pip=={version}"], check=True)
    script.write_text(_GET_PIP.format(version=version), encoding="utf-8")


def _pip_settings(venv: Path) -> dict[str, str]:
    """The caller's pip settings from files and environment, and the proxy and authority that pip finds by itself."""
    command = [str(venv / "bin" / "python"), "-m", "pip", "config", "list"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    pairs = (line.split("=", 1) for line in listed.splitlines() if "='" in line or '="' in line)
    settings = {name.rpartition(".")[2]: str(ast.literal_eval(value)) for name, value in pairs}
    for setting, names in IMPLICIT_PIP_SETTINGS.items():
        for value in filter(None, map(os.environ.get, names)):
            settings.setdefault(setting, value)
    return settings | {"quiet": "2"}


def _plant_pip_settings(venv: Path) -> None:
    """Hand pip its settings in a file: ansible-test drops nearly all of the environment, and HOME is not the user's."""
    parser = configparser.RawConfigParser()
    parser["global"] = _pip_settings(venv)
    path = HOME / ".config" / "pip" / "pip.conf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    with path.open("w", encoding="utf-8") as file:
        parser.write(file)


def _stream(command: Sequence[str], folder: Path, env: dict[str, str], out: Out) -> int:
    """Run a command and pass its output on; skipping everything counts as a failure."""
    skipped = False
    null, pipe, both = subprocess.DEVNULL, subprocess.PIPE, subprocess.STDOUT
    with subprocess.Popen(command, cwd=folder, env=env, stdin=null, stdout=pipe, stderr=both, text=True) as process:
        for line in process.stdout or ():
            print(line, end="", flush=True, file=out)
            skipped = skipped or SKIPPED_ALL in line
    if skipped:
        print("ERROR: ansible-test found nothing to check.", file=out)
    return process.returncode or int(skipped)


def run(venv: Path, options: Sequence[str] = (), out: Out = None) -> int:
    """Run all sanity tests of the ansible-core in this environment, on its Python."""
    python, core, pip = _facts(venv)
    _plant_get_pip(venv, pip)
    _plant_pip_settings(venv)
    copy = fresh_copy(VENV / "sanity" / core / "ansible_collections" / "qlikops" / "cloud")
    # Through the interpreter: a first line that names it fails where the path holds a space.
    program = [str(venv / "bin" / "python"), str(venv / "bin" / "ansible-test")]
    command = [*program, "sanity", "--color", "no", "--python", python, *options]
    return _stream(command, copy, clean_variables(venv) | {"HOME": str(HOME)}, out)


def main() -> int:
    """Run the sanity tests for the environment named on the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--venv", type=Path, default=VENV, help="the environment whose ansible-core to use")
    arguments, options = parser.parse_known_args()
    return run(arguments.venv.absolute(), options)


if __name__ == "__main__":
    sys.exit(main())
