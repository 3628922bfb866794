"""A backup is a file for its owner's eyes, and comes back as it went."""

from __future__ import annotations

import json
import stat

import pytest

from tools.device import backup
from tools.errors import UserError

KEPT = {
    "kind": "smartbin backup 1",
    "version": "0.1.0",
    "settings": {"bin_id": "bank-7", "wifi_key": "rain-on-the-lid"},
    "papers": {"ca": bytes(range(256)).decode("latin-1")},
}


@pytest.fixture
def file(tmp_path):
    return tmp_path / "bank-7.json"


def test_only_its_owner_reads_it_and_nothing_is_overwritten(file):
    backup.save(file, KEPT)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert backup.load(file)["papers"] == {"ca": bytes(range(256))}
    with pytest.raises(UserError, match="is there already"):
        backup.save(file, KEPT)
    with pytest.raises(UserError, match="cannot be written"):
        backup.save(file / "below", KEPT)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "is no backup"),
        ("[]", "is no backup"),
        ('{"kind": "another"}', "is no backup"),
        (json.dumps({**KEPT, "papers": 3}), "is no backup"),
        (json.dumps({**KEPT, "settings": {"empty_mm": 1}}), "empty_mm is 1.*Nothing was restored"),
    ],
)
def test_what_is_no_backup_is_a_sentence(file, text, sentence):
    file.write_text(text)
    with pytest.raises(UserError, match=sentence):
        backup.load(file)


def test_a_missing_file_is_a_sentence(file):
    with pytest.raises(UserError, match="cannot be read: No such file"):
        backup.load(file)
