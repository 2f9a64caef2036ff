"""The Ed25519 key that signs checkpoints: made once, kept for its owner alone, replaced only in view of the old one."""

import os
import stat
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from azremediate.core.errors import InputInvalid, IntegrityBroken
from azremediate.journal import audit_file
from azremediate.journal.durable_folder import flush_folder
from azremediate.journal.state_directory import unwritable

_CURRENT, _NEXT = "audit-key.pem", "audit-key-next.pem"
_PUBLIC = "audit-*.pub.pem"
_LARGEST_FILE = 16 * 1024


@dataclass(slots=True)
class KeyRing:
    """The keys of one state directory; `next` is there only while a rotation is under way."""

    folder: Path
    current: Ed25519PrivateKey
    next: Ed25519PrivateKey | None

    @property
    def signing(self) -> tuple[Ed25519PrivateKey, ...]:
        """Whoever signs now: during a rotation the old and the new key."""
        return (self.current,) if self.next is None else (self.current, self.next)

    def begin_rotation(self, key: Ed25519PrivateKey) -> None:
        """Keep the new key beside the old one, until everything is signed by both."""
        _write_private(self.folder / _NEXT, key)
        _write_public(self.folder, key.public_key())
        self.next = key

    def end_rotation(self) -> None:
        """Put the new key in the place of the old one, which is gone then."""
        if self.next is not None:
            try:
                (self.folder / _NEXT).replace(self.folder / _CURRENT)
                flush_folder(self.folder)
            except OSError as error:
                raise unwritable(f"the key of the audit log in {self.folder} cannot be replaced", error) from None
            self.current, self.next = self.next, None


def key_id(key: Ed25519PublicKey) -> str:
    """What people call a key: the first 16 hexadecimal digits of the SHA-256 of its 32 bytes."""
    return sha256(key.public_bytes_raw()).hexdigest()[:16]


def open_keys(folder: Path, *, in_use: bool) -> KeyRing:
    """The keys in `folder`, made when there are none and nothing was signed yet.

    in_use: checkpoints were signed already, so that a missing key is a loss. Raises `IntegrityBroken` when it is, or
    when somebody else could read a key.
    """
    if not (folder / _CURRENT).exists():
        if in_use:
            raise IntegrityBroken(
                f"the key of the audit log, {folder / _CURRENT}, is gone", hint=f"restore it, or {audit_file.EVIDENCE}"
            )
        key = Ed25519PrivateKey.generate()
        _write_public(folder, key.public_key())
        _write_private(folder / _CURRENT, key)
    following = _read_private(folder / _NEXT) if (folder / _NEXT).exists() else None
    return KeyRing(folder, _read_private(folder / _CURRENT), following)


def public_keys(folder: Path) -> list[Ed25519PublicKey]:
    """All public keys that were ever made in `folder`, as far as they can be read."""
    found: list[Ed25519PublicKey] = []
    for file in sorted(folder.glob(_PUBLIC)):
        with suppress(InputInvalid):
            found.append(read_public_key(file))
    return found


def read_public_key(file: Path) -> Ed25519PublicKey:
    """The Ed25519 public key of a PEM file; `InputInvalid` when it holds something else."""
    try:
        with file.open("rb") as opened:
            key = load_pem_public_key(opened.read(_LARGEST_FILE))
    except (OSError, ValueError, UnsupportedAlgorithm):
        raise InputInvalid("is no public key in PEM form", file=str(file), hint="see docs/audit.md") from None
    if not isinstance(key, Ed25519PublicKey):
        raise InputInvalid("is no Ed25519 key", file=str(file), hint="see docs/audit.md")
    return key


def _write_public(folder: Path, key: Ed25519PublicKey) -> None:
    content = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    _write(folder / _PUBLIC.replace("*", key_id(key)), content)


def _write_private(file: Path, key: Ed25519PrivateKey) -> None:
    _write(file, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))


def _write(file: Path, content: bytes) -> None:
    """Write a file as a whole or not at all, with mode 0600."""
    scratch = file.with_suffix(".tmp")
    try:
        scratch.unlink(missing_ok=True)
        audit_file.append(scratch, 0, content)
        scratch.replace(file)
        flush_folder(file.parent)
    except OSError as error:
        raise unwritable(f"the key file {file} cannot be written", error) from None


def _read_private(file: Path) -> Ed25519PrivateKey:
    try:
        found = file.lstat()
        if not stat.S_ISREG(found.st_mode) or (os.name == "posix" and stat.S_IMODE(found.st_mode) & 0o077):
            raise IntegrityBroken(
                f"the key of the audit log, {file}, is open to other accounts or is no plain file",
                hint=f"see who could have read it; then `chmod 600 {file}` and `azremediate audit rotate-key`",
            )
        with file.open("rb") as opened:
            key = load_pem_private_key(opened.read(_LARGEST_FILE), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        raise IntegrityBroken(
            f"the key of the audit log, {file}, cannot be read", hint="restore it from a copy"
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise IntegrityBroken(f"the key of the audit log, {file}, is no Ed25519 key", hint="restore it from a copy")
    return key
