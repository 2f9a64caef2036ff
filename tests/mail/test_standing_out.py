"""Tokens that no label announces and that look like nothing but a password."""

import pytest

from tests.mail.test_text_search import found


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("it was locked, I unlocked it. try the one from january, i.e. Dragon$4594, and ring me", "Dragon$4594"),
        ("the PDF is locked since friday. 0Z1m7VnDRQma4zQ opens it, same as last time", "0Z1m7VnDRQma4zQ"),
        ("they locked me out and gave me a new one - RhTpYK2MYK8N4zQ - for Olena too", "RhTpYK2MYK8N4zQ"),
        ("it's in the team folder, the protection comes off with S0mmer-Bridge-85.", "S0mmer-Bridge-85"),
        ("I sent the report without the key. It's Garden-Ocean-12\n\nnext time I'll use the portal", "Garden-Ocean-12"),
        ("il est chiffr\u00e9, pour l'ouvrir saisissez 5fl21YK0rm!E#K7! quand Excel le demande", "5fl21YK0rm!E#K7!"),
        ("Zugang: bitte Kuf88784! eingeben, vorne gro\u00df", "Kuf88784!"),
        ("use mine: events@contoso.example and Garden-Tiger-61 for the zoom", "Garden-Tiger-61"),
        ("the store and the key open with bfSmThJxJieQ4zQ. keytool shows them", "bfSmThJxJieQ4zQ"),
        ("the zip is protected, Garden-Tiger-61 opens it", "Garden-Tiger-61"),
        ("anmelden mit .\\sitzung und Kuf88784! am PC", "Kuf88784!"),
    ],
)
def test_found(text: str, value: str) -> None:
    """For an analyst to look at, never for a plan by itself."""
    assert ("T3", "password", value) in found(text)


@pytest.mark.parametrize(
    "text",
    [
        "the account was locked, see ticket GH-50213 and #GH-50213 for the reset",
        "the wiki recommends Argon2id and PBKDF2-SHA256 for a new key, why base64?",
        "enter the data for the 25th!!! and open Windows-Server-2019 in the portal",
        "fw01# show access list; use LGPL-2.1+ or bookworm+1 instead",
        "open C:\\Program Files\\Contoso\\14\\bin\\dump.exe and set PATH2=$HOME/bin",
        "a key of the task: AzureKeyVault@2 uses: actions/checkout@4",
        "Dragon$4594 is what nobody speaks about in this house",
    ],
)
def test_what_is_something_else(text: str) -> None:
    """Numbers of tickets, names of programs, prompts and paths; and what stands where nobody speaks of access."""
    assert found(text) == []


def test_another_paragraph() -> None:
    """What a paragraph says of access says nothing of the next one."""
    assert found("the account is locked\n\nplease call the help desk about it, they know\n\nDragon$4594 was here") == []
