"""The key of the audit log: made once, for its owner alone, and never made anew in silence."""

import os
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from azremediate.core.errors import IntegrityBroken
from azremediate.journal import checkpoint_signer
from azremediate.journal.run_journal import open_journal
from azremediate.journal.signing_key import KeyRing, key_id, open_keys, public_keys
from azremediate.journal.verification import verify_audit
from tests.journal.stage import ACTOR, TickingClock, a_log


def test_the_key_is_made_once(tmp_path: Path) -> None:
    """A second opening gets the same key, and its public half lies beside it."""
    first, second = (open_keys(tmp_path / "keys", in_use=False) for _ in range(2))
    assert key_id(first.current.public_key()) == key_id(second.current.public_key())
    assert [key_id(key) for key in public_keys(tmp_path / "keys")] == [key_id(first.current.public_key())]


@pytest.mark.skipif(os.name != "posix", reason="modes of files")
def test_the_key_is_its_owners(tmp_path: Path) -> None:
    """Mode 0600; a key that others could read is refused, and the remedy is said."""
    open_keys(tmp_path / "keys", in_use=False)
    file = tmp_path / "keys" / "audit-key.pem"
    assert file.stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "keys").stat().st_mode & 0o777 == 0o700
    file.chmod(0o640)
    with pytest.raises(IntegrityBroken, match="open to other accounts") as refused:
        open_keys(tmp_path / "keys", in_use=True)
    assert "rotate-key" in refused.value.hint


@pytest.mark.parametrize("content", [b"", b"no key", b"-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"])
def test_damaged_key(tmp_path: Path, content: bytes) -> None:
    """A key file that holds no key is refused; its content is not repeated."""
    open_keys(tmp_path / "keys", in_use=False)
    (tmp_path / "keys" / "audit-key.pem").write_bytes(content)
    with pytest.raises(IntegrityBroken, match="cannot be read"):
        open_keys(tmp_path / "keys", in_use=True)


async def test_lost_key(tmp_path: Path) -> None:
    """A log that was signed does not get another key in silence."""
    await a_log(tmp_path / "state", 1)
    (tmp_path / "state" / "keys" / "audit-key.pem").unlink()
    with pytest.raises(IntegrityBroken, match="is gone"):
        async with open_journal(tmp_path / "state", TickingClock()):
            pass


class Died(BaseException):
    """Stands for the end of the process."""


@pytest.mark.parametrize("point", ["before the new key is kept", "before it is signed", "before the old key goes"])
@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
async def test_rotation_that_is_cut_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, point: str) -> None:
    """Wherever a rotation is cut off, the next opening completes it or leaves the old key; the log is OK either way."""

    def die(*_arguments: object) -> None:
        raise Died

    await a_log(tmp_path / "state", 1)
    with monkeypatch.context() as patch:
        if point == "before the new key is kept":
            patch.setattr(KeyRing, "begin_rotation", die)
        elif point == "before it is signed":
            patch.setattr(checkpoint_signer.CheckpointSigner, "_sign", die)
        else:
            patch.setattr(KeyRing, "end_rotation", die)
        async with open_journal(tmp_path / "state", TickingClock()) as journal:
            with pytest.raises(IntegrityBroken):
                await journal.rotate_key(ACTOR)
    async with open_journal(tmp_path / "state", TickingClock()):
        pass
    assert verify_audit(tmp_path / "state").ok
    async with open_journal(tmp_path / "state", TickingClock()) as journal:
        await journal.rotate_key(ACTOR)
    assert verify_audit(tmp_path / "state").ok
    assert not (tmp_path / "state" / "keys" / "audit-key-next.pem").exists()


def test_ids_differ() -> None:
    """Two keys have two ids of 16 digits."""
    ids = {key_id(Ed25519PrivateKey.generate().public_key()) for _ in range(2)}
    assert {len(found) for found in ids} == {16}
    assert len(ids) == 2
