"""Passphrases of several words without quotation marks."""

import pytest

from tests.mail.test_text_search import found


@pytest.mark.parametrize(
    "text",
    [
        "the disk's passphrase is copper saturn walnut orbit. Have two witnesses.",
        "it will ask for an unlock phrase, for your unit that is\n\ncopper saturn walnut orbit\n\nincluding the spaces",
        'I picked some words: "copper saturn walnut orbit". Lower case.',
        "De wachtwoordzin luidt: copper saturn walnut orbit (vier woorden)",
        "Phrase secr\u00e8te : \u00ab copper saturn walnut orbit \u00bb, tout en minuscules",
        "[19:02] zoe: whats the encryption phrase for the restore\n[19:03] hal: copper saturn walnut orbit\n",
        "disc 2 is encrypted and unlocks with copper saturn walnut orbit. Counsel has it too.",
        "Network      BTA-Assessor\nKey          copper saturn walnut orbit\n",
        "a temporary master password that everybody replaces today: copper saturn walnut orbit\n",
    ],
)
def test_found(text: str) -> None:
    """For an analyst to look at."""
    assert ("T3", "password", "copper saturn walnut orbit") in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "the passphrase is stored in the vault.",
        "The phrase is written nowhere except in our handbook.",
        "Registration with e-mail and password of your choice.\nBring comfortable walking shoes",
        "Password: please contact your local administrator",
        "in other words: the meeting starts later.",
        "passphrase is copper saturn",
    ],
)
def test_sentences(text: str) -> None:
    """Words of which sentences are made are none, nor are two."""
    assert found(text) == []
