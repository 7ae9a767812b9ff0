"""The names of files: words for their owner, whatever stood in them."""

import pytest

from core.documents.names import LONGEST, clean_name


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("C:\\Users\\Reza\\گذرنامه.pdf", "گذرنامه.pdf"),
        ("../../etc/passwd", "passwd"),
        ("a\u202egpj.exe", "agpj.exe"),
        ("می\u200cخواهم  این.jpg ", "می\u200cخواهم این.jpg"),
        ("x" * 200 + ".jpeg", "x" * (LONGEST - 5) + ".jpeg"),
        ("v1. " + "y" * 200, ("v1. " + "y" * 200)[:LONGEST]),
        (" . ", "file"),
        (None, "file"),
    ],
)
def test_a_name_keeps_what_its_owner_knows_it_by(name, kept):
    assert clean_name(name) == kept and len(kept) <= LONGEST
