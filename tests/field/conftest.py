"""One bin, ready to live through something; and the papers and brokers of tests/tls."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.contract.conftest import boot, run
from tests.field import kerb, lived
from tests.tls.conftest import bin_at, broker, city, good, listen, ours, strangers, vm

__all__ = ["bin_at", "boot", "broker", "city", "good", "listen", "ours", "run", "strangers", "vm"]


@pytest.fixture
def live(tmp_path: Path) -> lived.Live:
    return partial(lived.live, tmp_path)


@pytest.fixture
def at_the_kerb(boot, tmp_path: Path) -> kerb.Install:
    return partial(kerb.install, boot, tmp_path)
