"""Approvals of a plan as signed lines beside its file, and the keys that sign them."""

import base64
import binascii
import json
import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

from azremediate.core.approval import Approval, Approver, Decision
from azremediate.core.codec import ShapeError, decode, encode
from azremediate.core.errors import InputInvalid
from azremediate.core.json_value import canonical
from azremediate.journal.state_directory import StateDirectory, unwritable

_PURPOSE = b"azremediate/approval/1\n"
_LARGEST_FILE = 1024 * 1024
_LARGEST_KEY = 16 * 1024
_LONGEST_COMMENT = 500
_SUFFIX = ".plan.json"


def approvals_beside(plan_file: Path) -> Path:
    """Where the approvals of a plan's file are: `respond.plan.json` has them in `respond.plan.approvals.jsonl`."""
    name = plan_file.name
    stem = name.removesuffix(".json") if name.endswith(_SUFFIX) else name
    return plan_file.with_name(f"{stem}.approvals.jsonl")


def approval_line(key: Ed25519PrivateKey, plan_id: str, decision: Decision, comment: str, now: datetime) -> str:
    """One signed decision as a line without line feed."""
    approver = Approver("", key.public_key().public_bytes_raw())
    if len(comment) > _LONGEST_COMMENT or not comment.isprintable():
        raise InputInvalid(f"a comment has at most {_LONGEST_COMMENT} printable characters, on one line")
    approval = encode(Approval(plan_id, approver.key_id, decision, comment, now))
    signature = base64.b64encode(key.sign(_PURPOSE + canonical(approval))).decode()
    return canonical({"approval": approval, "signature": signature}).decode()


def read_approvals(file: Path, approvers: Iterable[Approver], *, kept: bool = False) -> list[Approval]:
    """The decisions in a file whose signature is that of one of the approvers; a file that is not there has none.

    Lines of others are left out, whatever they say: anybody may append to the file. kept: it is the file of
    `kept_approvals`. Raises `InputInvalid` that names the line which is no decision, or bears a signature that does not
    fit; `IntegrityBroken` when a kept file cannot be read.
    """
    keys = {one.key_id: one for one in approvers}
    found = []
    for number, line in _lines(file, kept=kept):
        try:
            approval = _checked(line, keys)
        except ShapeError as error:
            raise InputInvalid(
                f"is no approval: {error}", file=str(file), line=number, hint="have it approved again, in a new file"
            ) from None
        if approval is not None:
            found.append(approval)
    return found


def append_approval(file: Path, line: str) -> None:
    """Put one decision behind the others, durably; raises `InputInvalid` when the file cannot be written."""
    try:
        _append(file, line.encode())
    except OSError as error:
        raise InputInvalid(f"cannot be written: {error.strerror}", file=str(file), hint="check its folder") from None


def keep_approvals(state: StateDirectory, plan_id: str, source: Path) -> None:
    """Keep the approvals with which a run begins, so that it can go on without the plan's file."""
    kept = kept_approvals(state, plan_id)
    known = {line for _, line in _lines(kept, kept=True)}
    new = [line for _, line in _lines(source) if line not in known]
    try:
        kept.parent.mkdir(mode=0o700, exist_ok=True)
        for line in new:
            _append(kept, line)
    except OSError as error:
        raise unwritable(f"the approvals in {kept.parent} cannot be kept", error) from None


def kept_approvals(state: StateDirectory, plan_id: str) -> Path:
    """Where they are kept; their signatures are checked again each time."""
    return state.path / "approvals" / f"{plan_id}.jsonl"


def new_key(file: Path) -> Ed25519PrivateKey:
    """A new key in a file that only its owner may read; an existing file is never replaced."""
    key = Ed25519PrivateKey.generate()
    content = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise InputInvalid(
            "exists already; a key is never replaced", file=str(file), hint="name another file"
        ) from None
    except OSError as error:
        raise InputInvalid(f"cannot be made: {error.strerror}", file=str(file), hint="name another place") from None
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)
        opened.flush()
        os.fsync(opened.fileno())
    return key


def read_key(file: Path) -> Ed25519PrivateKey:
    """An approver's key; raises `InputInvalid` when others can read it or it is something else."""
    try:
        found = file.stat()
        if os.name == "posix" and stat.S_IMODE(found.st_mode) & 0o077:
            raise InputInvalid(
                "is open to other accounts, so anybody may have approved with it",
                file=str(file),
                hint=f"chmod 600 {file}, or make a new key with --new-key",
            )
        with file.open("rb") as opened:
            key = load_pem_private_key(opened.read(_LARGEST_KEY), None)
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm):
        raise InputInvalid(
            "is no private key that can be read", file=str(file), hint="make one with --new-key"
        ) from None
    if not isinstance(key, Ed25519PrivateKey):
        raise InputInvalid("is no Ed25519 key", file=str(file), hint="make one with --new-key")
    return key


def approver_text(name: str, key: Ed25519PrivateKey) -> str:
    """What `guards.approvals.approvers` needs of an approver."""
    return f"{name} {base64.b64encode(key.public_key().public_bytes_raw()).decode()}"


def key_id_of(key: Ed25519PrivateKey) -> str:
    """What people call a key, see `Approver.key_id`."""
    return Approver("", key.public_key().public_bytes_raw()).key_id


def _append(file: Path, line: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    with os.fdopen(descriptor, "ab") as opened:
        opened.write(line + b"\n")
        opened.flush()
        os.fsync(opened.fileno())


def _lines(file: Path, *, kept: bool = False) -> Iterator[tuple[int, bytes]]:
    try:
        with file.open("rb") as opened:
            content = opened.read(_LARGEST_FILE + 1)
    except FileNotFoundError:
        return
    except OSError as error:
        if kept:
            raise unwritable(f"the approvals in {file} cannot be read", error) from None
        raise InputInvalid(f"cannot be read: {error.strerror}", file=str(file), hint="check its permissions") from None
    if len(content) > _LARGEST_FILE:
        raise InputInvalid("is too large to hold approvals", file=str(file), hint="have it approved in a new file")
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            yield number, line


def _checked(line: bytes, keys: Mapping[str, Approver]) -> Approval | None:
    try:
        document = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError):
        raise ShapeError("it is no JSON text") from None
    if not isinstance(document, dict) or document.keys() != {"approval", "signature"}:
        raise ShapeError("it has not exactly the members approval and signature")
    approval, signature = decode(Approval, document["approval"], "approval"), document["signature"]
    if canonical(document) != line.strip():
        raise ShapeError("it is not in canonical form")
    approver = keys.get(approval.key_id)
    if approver is None:
        return None
    try:
        raw = base64.b64decode(signature if isinstance(signature, str) else "", validate=True)
        key = Ed25519PublicKey.from_public_bytes(approver.public_key)
        key.verify(raw, _PURPOSE + canonical(document["approval"]))
    except (binascii.Error, ValueError, InvalidSignature):
        raise ShapeError(f"the signature of {approver.name} does not fit: it was altered") from None
    return approval
