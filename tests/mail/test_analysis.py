"""Findings of a message: one for each value, masked, with what stands near; certificates and keys are put together."""

from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    pkcs12,
)
from cryptography.x509.oid import NameOID

from azremediate.core.codec import encode
from azremediate.mail.analysis import OUT_OF_TIME, Analyst
from azremediate.mail.limits import Limits
from azremediate.mail.message import FilePart, MessageHead, TakenApart, TextPart
from tests.mail.examples import written
from tests.mail.mail_files import a_secret

HEAD = MessageHead("a.eml", "one@contoso.com", "ab" * 32, "2024-01-01T10:00:00Z", "amy@contoso.com", ("bob@x.example",))
APP = "11111111-2222-4333-8444-555555555555"
ANALYST = Analyst(b"k" * 32, engine="re")


def taken(*texts: str, files: tuple[FilePart, ...] = ()) -> TakenApart:
    """A message of these texts; the second is the HTML twin."""
    parts = tuple(TextPart(str(number), text, twin=number == 1) for number, text in enumerate(texts))
    return TakenApart(HEAD, parts, files)


def test_one_value_is_one_finding() -> None:
    """The plain and the HTML form and a repetition are places of one finding; the plain one comes first."""
    secret = a_secret()
    text = f"app {APP} has the secret {secret} for amy@contoso.com at x.blob.core.windows.net"
    (one,) = ANALYST.analyse(taken(text, f"again: {secret}", f"and {secret}")).findings
    assert [(place.part, place.length) for place in one.occurrences] == [("0", 40), ("2", 40), ("1", 40)]
    assert (one.hint, one.length, one.kind, one.message_id) == (secret[:3], 40, "client-secret", "one@contoso.com")
    assert one.nearby.ids == (APP,)
    assert one.nearby.user_principal_names == ("amy@contoso.com",)
    assert one.nearby.hosts[0] == "x.blob.core.windows.net"


def test_fingerprints() -> None:
    """Equal values have equal fingerprints under one key, others under another; a wrapped value is the same."""
    secret = a_secret()
    whole = ANALYST.analyse(taken(f"use {secret} now")).findings[0]
    wrapped = ANALYST.analyse(
        taken(f"{'for the application use now ' * 2}{secret[:20]}\n> {secret[20:]} now")
    ).findings[0]
    other = Analyst(b"j" * 32, engine="re").analyse(taken(f"use {secret} now")).findings[0]
    assert whole.fingerprint == wrapped.fingerprint != other.fingerprint


def test_no_value_in_a_finding() -> None:
    """No value of the message stands in any finding of it, also not where it was not recognised."""
    secret, password = a_secret(), "Winter-" + a_secret()[:6] + "!7"
    key = written("<<w 30>>", Random(3))  # noqa: S311 - the same text in each run
    text = f"secret {secret}, Password: {password}\nsee {password} and {key} there"
    findings = ANALYST.analyse(taken(text)).findings
    assert len(findings) == 2
    said = str(encode(findings)) + repr(findings) + repr(ANALYST)
    assert not any(value in said for value in (secret, secret[4:], password, key))
    assert "[password]" in said


def test_reveal() -> None:
    """The value of a finding comes back from its message, and from no other finding's id."""
    secret = a_secret()
    message = taken(f"use {secret} now")
    (one,) = ANALYST.analyse(message).findings
    shown = ANALYST.reveal(message, one.finding_id)
    assert shown is not None
    assert shown.use(lambda text: text) == secret
    assert ANALYST.reveal(message, "F-" + "0" * 20) is None


def test_time() -> None:
    """A text for which there is no time is listed, not skipped."""
    ticks = iter(range(0, 1000, 40))
    analyst = Analyst(b"k" * 32, engine="re", limits=Limits(seconds=60), clock=lambda: float(next(ticks)))
    analysed = analyst.analyse(taken("nothing", "nothing", "nothing"))
    assert {one.reason for one in analysed.not_analysed} == {OUT_OF_TIME}


def a_certificate() -> tuple[ec.EllipticCurvePrivateKey, x509.Certificate]:
    """A key with its own certificate."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "payroll")])
    now = datetime.now(UTC)
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(7).not_valid_before(now).not_valid_after(now + timedelta(days=9))
    return key, builder.sign(key, hashes.SHA256())


@pytest.mark.parametrize("quoted", [False, True])
def test_private_key_with_its_certificate(quoted: bool) -> None:
    """A key in text gets the thumbprint of the certificate that has its public half."""
    key, certificate = a_certificate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    lines = (pem + certificate.public_bytes(Encoding.PEM).decode()).splitlines()
    text = "\n".join(f"> {line}" if quoted else line for line in lines)
    (one,) = ANALYST.analyse(taken(text)).findings
    assert one.kind == "private-key"
    assert one.claims["thumbprint"] == certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303 - Graph's own


@pytest.mark.parametrize("password", [None, b"obviously-fake"])
def test_container_file(password: bytes | None) -> None:
    """A PFX without a password says which certificate it holds; with one it is named as encrypted."""
    key, certificate = a_certificate()
    form = NoEncryption() if password is None else BestAvailableEncryption(password)
    data = pkcs12.serialize_key_and_certificates(b"x", key, certificate, None, form)
    (one,) = ANALYST.analyse(taken(files=(FilePart("2/a.pfx", "a.pfx", data),))).findings
    assert (one.kind, one.tier.value) == ("pfx", "T1")
    if password is None:
        assert one.claims["thumbprint"] == certificate.fingerprint(hashes.SHA1()).hex().upper()  # noqa: S303
    else:
        assert one.claims == {"key": "encrypted"}


def test_certificate_alone_is_no_secret() -> None:
    """A public certificate is not reported."""
    _, certificate = a_certificate()
    data = certificate.public_bytes(Encoding.DER)
    assert ANALYST.analyse(taken(certificate.public_bytes(Encoding.PEM).decode())).findings == ()
    assert ANALYST.analyse(taken(files=(FilePart("2/a.cer", "a.der", data),))).findings == ()
