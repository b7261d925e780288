# Copyright (c) 2026 qlikops.cloud contributors
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

import pytest

from ansible_collections.qlikops.cloud.plugins.module_utils._errors import ConfigurationError
from ansible_collections.qlikops.cloud.plugins.module_utils._option_names import known_only


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("timeot", "org.qlik.yml has the unknown option timeot; did you mean timeout?"),
        ("zzz", "org.qlik.yml has the unknown option zzz."),
        ("S3cret of a slip", "org.qlik.yml has an unknown option."),
    ],
)
def test_a_name_that_nobody_knows_is_refused(name, sentence):
    with pytest.raises(ConfigurationError) as caught:
        known_only({"timeout": 1, name: 2}, ["timeout", "retries"], "org.qlik.yml")
    assert str(caught.value) == sentence


def test_known_ones_pass():
    known_only({"timeout": 1}, ["timeout"], "org.qlik.yml")
