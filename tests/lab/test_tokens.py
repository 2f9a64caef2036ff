"""Access tokens: what is issued is accepted, and nothing else is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from azremediate.lab import jwt
from azremediate.lab.tokens import ARM_AUDIENCE, GRAPH_AUDIENCE, AuthProblem, Claims, TokenAuthority

CLAIMS = Claims("app", "object", "tenant", ("User.Read.All",), GRAPH_AUDIENCE)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.time = datetime(2026, 1, 1, tzinfo=UTC)

    def now(self) -> datetime:
        """Return the time it was set to."""
        return self.time


@pytest.fixture
def clock() -> Clock:
    """A standing clock."""
    return Clock()


@pytest.fixture
def authority(clock: Clock) -> TokenAuthority:
    """An authority on that clock."""
    return TokenAuthority(clock.now, lifetime=60)


def problem(found: Claims | AuthProblem) -> str:
    """Return the message of a refusal."""
    assert isinstance(found, AuthProblem)
    return found.message


def test_issued_token_is_accepted(authority: TokenAuthority) -> None:
    """A token carries its claims to the service it is meant for, however the scheme is spelt."""
    token = authority.issue(CLAIMS, issuer="https://sts.invalid/")
    assert authority.authenticate({"authorization": f"bearer {token}"}, GRAPH_AUDIENCE) == CLAIMS
    assert authority.authenticate({"authorization": f"Bearer {token}"}, GRAPH_AUDIENCE) == CLAIMS


def test_token_ends_with_its_lifetime(authority: TokenAuthority, clock: Clock) -> None:
    """The lab's clock decides; a token is good for its lifetime and not a second longer."""
    token = authority.issue(CLAIMS, issuer="https://sts.invalid/")
    clock.time += timedelta(seconds=59)
    assert authority.verify(token, GRAPH_AUDIENCE) == CLAIMS
    clock.time += timedelta(seconds=1)
    assert "expired" in problem(authority.verify(token, GRAPH_AUDIENCE))


def test_token_of_another_service_or_tenant_is_refused(authority: TokenAuthority, clock: Clock) -> None:
    """Audience and signature are checked."""
    token = authority.issue(CLAIMS, issuer="https://sts.invalid/")
    assert "audience" in problem(authority.verify(token, ARM_AUDIENCE))
    stranger = TokenAuthority(clock.now)
    assert "Signature" in problem(stranger.verify(token, GRAPH_AUDIENCE))


def test_changed_token_is_refused_even_after_the_true_one(authority: TokenAuthority) -> None:
    """What was once accepted does not vouch for another payload with the same signature."""
    token = authority.issue(CLAIMS, issuer="https://sts.invalid/")
    assert authority.verify(token, GRAPH_AUDIENCE) == CLAIMS
    header, payload, signature = token.split(".")
    forged = jwt.decode(token).payload | {"roles": ["Directory.ReadWrite.All"]}
    other = jwt.encode(forged, TokenAuthority(authority.now)._key, "kid").split(".")[1]
    assert payload != other
    assert "Signature" in problem(authority.verify(f"{header}.{other}.{signature}", GRAPH_AUDIENCE))


@pytest.mark.parametrize("text", ["", "a.b", "a.b.c", "e30.e30", "é.é.é", "e30.bnVsbA.AA"])
def test_malformed_token_is_refused_without_quoting_it(authority: TokenAuthority, text: str) -> None:
    """Rubbish is refused in words that do not contain it."""
    message = problem(authority.verify(text, GRAPH_AUDIENCE))
    assert text == "" or text not in message


@pytest.mark.parametrize("headers", [{}, {"authorization": "Bearer"}, {"authorization": "Basic abc"}])
def test_missing_token_is_named_so(authority: TokenAuthority, headers: dict[str, str]) -> None:
    """No bearer token is a problem of its own."""
    assert problem(authority.authenticate(headers, GRAPH_AUDIENCE)) == "Access token is empty."


def test_audiences_have_aliases(authority: TokenAuthority) -> None:
    """Well-known resources and added endpoints are found, foreign ones are not."""
    authority.aliases["http://127.0.0.1:8080"] = GRAPH_AUDIENCE
    assert authority.resolve_audience("http://127.0.0.1:8080/") == GRAPH_AUDIENCE
    assert authority.resolve_audience("00000003-0000-0000-c000-000000000000") == GRAPH_AUDIENCE
    assert authority.resolve_audience("https://evil.invalid") is None


def test_key_set_verifies_a_token(authority: TokenAuthority) -> None:
    """The published key is the one that signs."""
    (key,) = authority.key_set()["keys"]
    token = jwt.decode(authority.issue(CLAIMS, issuer="https://sts.invalid/"))
    assert token.header["kid"] == key["kid"]
    assert len(jwt.from_base64url(key["n"])) == 256
