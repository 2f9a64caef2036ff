"""Key pairs: what is made signs in, reads back as the same certificate, and never shows its private key."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import rsa

from azremediate.core.clock import iso
from azremediate.core.errors import ServiceFailing
from azremediate.core.ports import KeyForm, SignIn
from azremediate.core.secret import Secret
from azremediate.tenant.access import Tenant
from azremediate.tenant.key_pair import KeyPairs, pair_bytes
from tests.tenant.stage import APP, Redeemer, Stage, refuse_sign_in

START = datetime(2026, 1, 1, tzinfo=UTC)


async def _pair(form: KeyForm) -> Secret:
    return await KeyPairs().make("azr-12345678", START, START + timedelta(days=90), form)


@pytest.mark.parametrize("form", list(KeyForm))
async def test_certificate(form: KeyForm) -> None:
    """Self-signed, RSA of 3072 bits, of the asked time, no authority; the private key does not show."""
    pair = await _pair(form)
    public = KeyPairs().certificate_of(pair)
    certificate = x509.load_der_x509_certificate(base64.b64decode(public.der))
    key = certificate.public_key()
    assert isinstance(key, rsa.RSAPublicKey)
    assert key.key_size == 3072
    certificate.verify_directly_issued_by(certificate)
    assert (public.start, public.end) == (iso(START), iso(START + timedelta(days=90)))
    assert not certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    assert repr(pair) == "Secret(hidden)"
    assert pair.use(lambda text: len(text)) < 25_000, "Key Vault takes no longer value"


async def test_each_is_new() -> None:
    """No two are the same."""
    assert (await _pair(KeyForm.PEM)).use(str) != (await _pair(KeyForm.PEM)).use(str)


@pytest.mark.parametrize("form", list(KeyForm))
async def test_signs_in(stage: Stage, tenant: Tenant, form: KeyForm) -> None:
    """Either form is taken by the real client, and only an assertion is sent."""
    prover = tenant.writer(Redeemer()).prover
    pair = await _pair(form)
    assert (await prover.try_certificate(APP, pair)).result is SignIn.ACCEPTED
    sent = stage.login.seen[-1].body.decode()
    assert "client_assertion=" in sent
    assert "PRIVATE" not in sent
    stage.login.script = lambda _: refuse_sign_in(700027, "invalid_client")
    answer = await prover.try_certificate(APP, pair)
    assert (answer.result, answer.code) == (SignIn.REFUSED, "AADSTS700027")


@pytest.mark.parametrize("text", ["no pair", "-----BEGIN nothing", base64.b64encode(b"garbage").decode(), "ü"])
async def test_no_pair(tenant: Tenant, text: str) -> None:
    """What lies in the vault and is no pair is an error that does not quote it, and no proof."""
    with pytest.raises(ServiceFailing) as caught:
        KeyPairs().certificate_of(Secret(text))
    assert text not in str(caught.value)
    answer = await tenant.writer(Redeemer()).prover.try_certificate(APP, Secret(text))
    assert answer.result is SignIn.UNCLEAR


def test_bytes() -> None:
    """PEM is taken as it is, anything else is base64."""
    assert pair_bytes("-----BEGIN X") == b"-----BEGIN X"
    assert pair_bytes("YWJj") == b"abc"
