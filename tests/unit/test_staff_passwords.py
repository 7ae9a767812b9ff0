"""Which fixed passwords are taken, and how they are kept."""

import pytest

from core.passwords import check_strength, hash_password, verify_password


def test_a_password_is_kept_as_argon2id_with_64_mib_and_three_passes(full_cost):
    kept = hash_password("correct staple گل میخک")
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=1$")
    assert verify_password(kept, "correct staple گل میخک")
    assert not verify_password(kept, "correct staple گل")


def test_nobody_has_no_password():
    assert not verify_password(None, "nobody")


def test_composed_and_decomposed_letters_are_the_same_password():
    assert verify_password(hash_password("caf\u00e9 au lait noir"), "cafe\u0301 au lait noir")


@pytest.mark.parametrize(
    "weak",
    [
        "short",
        "aaaaaaaaaaaaaaaaaa",
        "abcabcabcabcabcabc",
        "abcdefghijklmnopqrst",
        "12345678901234567",
        "123456789012345",
        "۱۲۳۴۵۶۷۸۹۰۱۲۳۴۵",
        "passwordpassword",
        "P@ssw0rd1234P@ssw0rd1234",
        "mikhak mikhak 123",
        "leila.ahmadi@example.org",
        "LeilaAhmadi1234567",
        "x" * 201,
    ],
)
def test_easy_passwords_are_refused(weak):
    assert check_strength(weak, 15, ["leila.ahmadi@example.org", "Leila Ahmadi"]) is not None


@pytest.mark.parametrize(
    "strong",
    ["tall green window 7", "چهار پنجره رو به دریا", "!@#$%^&*()_+{}|:", "k8Zq-vv0P-1mLe-x"],
)
def test_unrelated_words_and_random_characters_are_taken(strong):
    assert check_strength(strong, 15, ["leila.ahmadi@example.org"]) is None
