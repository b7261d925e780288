# Copyright (c) 2026 qlikops.cloud contributors
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where the supported versions of ansible-core differ. Private to this collection, for the controller only."""

from __future__ import annotations

import functools
import inspect
import json
import typing as t

from ansible import constants as C
from ansible.errors import AnsibleError
from ansible.parsing.dataloader import DataLoader
from jinja2 import nodes

MOST_COMPILED = 256
_READ_AS_BOOLEANS = ("True", "False")

try:
    from ansible.template import is_trusted_as_template, trust_as_template
except ImportError:
    from ansible.utils.unsafe_proxy import wrap_var

    def trusted(text: str) -> str:
        """A text that may be used as a template or in one."""
        return text

    def untrusted(text: str) -> str:
        """A text that stays as it is, whatever it looks like."""
        return t.cast("str", wrap_var(text))

    def is_trusted(value: t.Any) -> bool:
        """Whether a value is a text that may be used as a template."""
        return isinstance(value, str) and not hasattr(value, "__UNSAFE__")

    def leaves_no_mark(text: str) -> bool:
        """Whether what is made of a text bears no mark of it."""
        return is_trusted(text)

    def compiling_once(templar: t.Any) -> t.Any:
        """The same templar, which compiles each template once, however often it is evaluated."""
        templar.environment.__class__ = _compiling_once(templar.environment.__class__)
        return templar

    @functools.cache
    def _compiling_once(kind: t.Any) -> t.Any:
        class Once(kind):
            @functools.cached_property
            def _kept(self) -> dict[str, t.Any]:
                return {}

            def compile(self, source: t.Any, *more: t.Any) -> t.Any:
                is_common = not more and not self.overlayed
                if is_common and source in self._kept:
                    return self._kept[source]
                compiled = super().compile(source, *more)
                if is_common and len(self._kept) < MOST_COMPILED and not _is_fixed(self.parse(source)):
                    self._kept[source] = compiled
                return compiled

        return Once

    def _is_fixed(tree: nodes.Template) -> bool:
        """Whether filters or tests are evaluated while a template is compiled, such as a random choice of constants."""
        return any(map(_is_constant, tree.find_all((nodes.Filter, nodes.Test))))

    def _is_constant(call: t.Any) -> bool:
        try:
            call.as_const()
        except nodes.Impossible:
            return False
        return True

    def stays_as_it_is(value: t.Any) -> bool:
        """Whether a templar hands on what Jinja makes of a template, and neither turns it to text nor reads that."""
        if C.DEFAULT_JINJA2_NATIVE:
            return False
        return (
            isinstance(value, (bool, str)) and not str(value).startswith(("{", "[")) and value not in _READ_AS_BOOLEANS
        )

else:

    def trusted(text: str) -> str:
        """A text that may be used as a template or in one."""
        return t.cast("str", trust_as_template(text))

    def untrusted(text: str) -> str:
        """A text that stays as it is, whatever it looks like."""
        return text

    def is_trusted(value: t.Any) -> bool:
        """Whether a value is a text that may be used as a template."""
        return isinstance(value, str) and is_trusted_as_template(value)

    def leaves_no_mark(text: str) -> bool:
        """Whether what is made of a text bears no mark of it."""
        return True

    def compiling_once(templar: t.Any) -> t.Any:
        """The same templar, which compiles each expression once, however often it is evaluated."""
        # nothing public leads to the environment without a deprecation; without it, core is as slow as it is
        environment = getattr(getattr(templar, "_engine", None), "environment", None)
        if environment is not None:
            compiled = functools.lru_cache(maxsize=MOST_COMPILED)(environment.compile_expression)
            environment.compile_expression = compiled
        return templar

    def stays_as_it_is(value: t.Any) -> bool:
        """Whether a templar hands on what Jinja makes of an expression."""
        return value is None or isinstance(value, (bool, int, str))


try:
    from ansible.module_utils.common.json import Direction, get_module_encoder
except ImportError:
    from ansible.module_utils.common.json import AnsibleJSONEncoder

    _for_modules = functools.partial(json.dumps, cls=AnsibleJSONEncoder, vault_to_text=True)
else:
    _for_modules = functools.partial(json.dumps, cls=get_module_encoder("legacy", Direction.CONTROLLER_TO_MODULE))


try:
    from ansible.parsing.vault import EncryptedString, VaultHelper
except ImportError:
    from ansible.parsing.yaml.objects import AnsibleVaultEncryptedUnicode

    def _ciphertext_of(value: t.Any) -> str | None:
        return value._ciphertext.decode() if isinstance(value, AnsibleVaultEncryptedUnicode) else None

    def _vault_value(ciphertext: str, loader: DataLoader) -> t.Any:
        value = AnsibleVaultEncryptedUnicode(ciphertext)
        value.vault = loader._vault
        return value

else:

    def _ciphertext_of(value: t.Any) -> str | None:
        return t.cast("str | None", VaultHelper.get_ciphertext(value, with_tags=False))

    def _vault_value(ciphertext: str, loader: DataLoader) -> t.Any:
        return EncryptedString(ciphertext=ciphertext)


_VAULT = "!vault"


def closed(value: t.Any) -> t.Any:
    """What JSON shall hold of a scalar that it does not know: a vault value stays encrypted, others become text."""
    ciphertext = _ciphertext_of(value)
    return str(value) if ciphertext is None else {_VAULT: ciphertext}


def reopenable(scalar: t.Any, loader: DataLoader) -> t.Any:
    """A scalar again after closed and JSON; a vault value opens with the vault secrets of the loader or the run."""
    return _vault_value(scalar[_VAULT], loader) if isinstance(scalar, dict) else scalar


def transmitted(arguments: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """A task's arguments as a module receives them: plain JSON, with vault values opened."""
    return t.cast("dict[str, t.Any]", json.loads(_for_modules(dict(arguments))))


def shows_invocation(task_vars: t.Mapping[str, t.Any]) -> bool:
    """Whether results hold the arguments; a setting from 2.21 on, always so before."""
    try:
        return bool(C.config.get_config_value("INJECT_INVOCATION", variables=task_vars))
    except AnsibleError:
        return True


def plain(text: str) -> str:
    """The same text without the marks of ansible, which stick to most results of its methods."""
    return "".join(chr(ord(sign)) for sign in text)


def placeless(value: t.Any, mark: t.Callable[[str], str] = plain) -> t.Any:
    """Options without their places in a file, which ansible would quote in errors and warnings about them."""
    if isinstance(value, str):
        return mark(plain(value))
    if isinstance(value, dict):
        return {placeless(key): placeless(item, mark) for key, item in value.items()}
    return [placeless(item, mark) for item in value] if isinstance(value, list) else value


def _reads_afresh() -> t.Any:
    default = inspect.signature(DataLoader.load_from_file).parameters["cache"].default
    return False if isinstance(default, bool) else "none"


READ_AFRESH = _reads_afresh()


def line_of(error: BaseException) -> int | None:
    """The line of a file that an error of ansible points to."""
    place = getattr(error, "obj", None)
    line = getattr(place, "line_num", None) or (getattr(place, "ansible_pos", None) or (None, None))[1]
    return line if isinstance(line, int) and line > 0 else None
