"""The proof by signing in: what each of the sign-in service's answers says about a secret."""

import secrets

import pytest

from azremediate.core.ports import SignIn, SignInAnswer, SignInProver
from azremediate.core.secret import Secret
from azremediate.tenant.access import Tenant
from azremediate.tenant.sign_in import answer_for
from tests.tenant.loopback import RESET, Reply, loopback, reply
from tests.tenant.stage import APP, Redeemer, Stage, refuse_sign_in


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (refuse_sign_in(7000215, "invalid_client"), SignInAnswer(SignIn.REFUSED, "AADSTS7000215")),
        (refuse_sign_in(7000222, "invalid_client"), SignInAnswer(SignIn.REFUSED, "AADSTS7000222")),
        (refuse_sign_in(7000112, "unauthorized_client", 400), SignInAnswer(SignIn.DISABLED, "AADSTS7000112")),
        (refuse_sign_in(700016, "unauthorized_client", 400), SignInAnswer(SignIn.UNCLEAR, "AADSTS700016")),
        (refuse_sign_in(53003, "interaction_required", 400), SignInAnswer(SignIn.UNCLEAR, "AADSTS53003")),
        (refuse_sign_in(90033, "temporarily_unavailable", 400), SignInAnswer(SignIn.UNCLEAR, "AADSTS90033")),
        (reply(500, {}), SignInAnswer(SignIn.UNCLEAR, "status 500")),
        (Reply(200, b"x", {"content-type": "text/html"}), None),
        (RESET, SignInAnswer(SignIn.UNCLEAR, "unreachable")),
    ],
    ids=str,
)
async def test_answers(stage: Stage, tenant: Tenant, answer: Reply, said: SignInAnswer | None) -> None:
    """Only an answer about the secret is one; a failing service proves nothing."""
    prover: SignInProver = tenant.writer(Redeemer()).prover
    stage.login.script = lambda _: answer
    got = await prover.try_secret(APP, Secret("obviously-fake"))
    assert got == said or (said is None and got.result is SignIn.UNCLEAR)


async def test_every_try_is_a_request(stage: Stage, tenant: Tenant) -> None:
    """Nothing is remembered from one try to the next, and the secret that is asked about is the one that is sent."""
    prover = tenant.writer(Redeemer()).prover
    for number in range(1, 4):
        text = secrets.token_hex(16)
        assert await prover.try_secret(APP, Secret(text)) == SignInAnswer(SignIn.ACCEPTED)
        assert len(stage.login.seen) == number
        assert text in stage.login.seen[-1].body.decode()


async def test_nobody_listens(stage: Stage, tenant: Tenant) -> None:
    """An unreachable service is unclear, not an exception."""
    prover = tenant.writer(Redeemer()).prover
    stage.login.script = lambda _: RESET
    async with loopback(lambda _: RESET, stage.server_tls):
        assert (await prover.try_secret(APP, Secret("obviously-fake"))).result is SignIn.UNCLEAR


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("(invalid_client) new words", SignInAnswer(SignIn.REFUSED, "invalid_client")),
        (
            "(unauthorized_client) AADSTS7000999: disabled by its owner",
            SignInAnswer(SignIn.DISABLED, "AADSTS7000999"),
        ),
        ("(unauthorized_client) other", SignInAnswer(SignIn.UNCLEAR, "status 400")),
        ("", SignInAnswer(SignIn.UNCLEAR, "status 400")),
    ],
)
def test_without_a_known_number(message: str, said: SignInAnswer) -> None:
    """Numbers may change: the OAuth error decides then."""
    assert answer_for(message, 400) == said
