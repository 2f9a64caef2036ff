"""Marvin32 against published vectors, and the checksums of keys that are made here."""

import base64
import os

import pytest

from azremediate.mail.marvin32 import (
    annotated_key_checksum_holds,
    entra_secret_checksum_holds,
    key_checksum_holds,
    marvin32,
    seed_of,
)

SEED = 0x004FB61A001BDBCC
VECTORS = [  # the tests of the .NET runtime's Marvin hash, folded to 32 bits
    ("", 0x30ED35C100CD3C7D),
    ("af", 0x48E73FC77D75DDC1),
    ("e70f", 0xB5F6E1FC485DBFF8),
    ("37f495", 0xF0B07C789B8CF7E8),
    ("8642dc59", 0x7008F2E87E9CF556),
]


@pytest.mark.parametrize(("text", "wanted"), VECTORS)
def test_published_vectors(text: str, wanted: int) -> None:
    """The hash of the published inputs."""
    assert marvin32(bytes.fromhex(text), SEED) == (wanted >> 32) ^ (wanted & 0xFFFFFFFF)


def test_seed() -> None:
    """A seed is its literal's bytes as a big-endian number."""
    assert seed_of("Default0") == 0x44656661756C7430


def test_identifiable_key() -> None:
    """A key with the right last bytes holds, under its own seed only."""
    body = os.urandom(60)
    key = base64.b64encode(body + marvin32(body, seed_of("Default0")).to_bytes(4, "little")).decode()
    assert key_checksum_holds(key, "Default0")
    assert not key_checksum_holds(key, "AbAcct00")
    assert not key_checksum_holds("not base64!", "Default0")


def test_annotated_key() -> None:
    """84 characters of which the last four are the checksum of the others."""
    body = os.urandom(60)
    key = base64.b64encode(body + marvin32(body, seed_of("Default0")).to_bytes(4, "little")[:3]).decode()
    assert annotated_key_checksum_holds(key)
    assert not annotated_key_checksum_holds(("A" if key[0] != "A" else "B") + key[1:])


def test_entra_secret() -> None:
    """The published example of a client secret with a checksum."""
    secret = "zzz8Q~" + "z" * 31 + "blP"
    assert entra_secret_checksum_holds(secret)
    assert not entra_secret_checksum_holds("y" + secret[1:])
