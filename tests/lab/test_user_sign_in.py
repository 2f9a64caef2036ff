"""Users sign in with a password or a refresh token, and every refusal has its number."""

import secrets

import pytest

from azremediate.lab.clock import wire_time
from azremediate.lab.objects import JsonObject
from azremediate.lab.user_sign_in import AZURE_CLI, password_digest
from tests.lab.small_tenant import APP, SmallCloud
from tests.lab.test_login import ask, refusal

USER = "77777777-7777-4777-8777-777777777777"
NAME = "amira@small.onmicrosoft.com"


@pytest.fixture
def password(cloud: SmallCloud) -> str:
    """The password of the one user."""
    text = secrets.token_urlsafe(16)
    cloud.store.users.add({"id": USER, "userPrincipalName": NAME, "accountEnabled": True})
    cloud.store.user_passwords[USER] = password_digest(USER, text)
    return text


def _user(cloud: SmallCloud) -> JsonObject:
    return cloud.store.users[USER]


def _form(password: str, **more: str) -> dict[str, str]:
    given = {"grant_type": "password", "username": NAME, "password": password}
    return {**given, "client_id": AZURE_CLI, "client_secret": "", **more}


def test_password(cloud: SmallCloud, password: str) -> None:
    """The right one opens a session; the token says whose it is and may do nothing by itself."""
    answer = ask(cloud, **_form(password))
    assert answer.status_code == 200
    assert {"access_token", "refresh_token"} <= answer.json().keys()
    assert refusal(ask(cloud, **_form("wrong")))[2] == 50126
    assert refusal(ask(cloud, **_form(password, username="nobody@small.onmicrosoft.com")))[2] == 50034
    assert ask(cloud, **_form(password, client_id=APP, client_secret=cloud.secret)).status_code == 200
    assert refusal(ask(cloud, **_form(password, client_id=APP)))[2] == 7000218


@pytest.mark.parametrize(
    ("values", "number"),
    [({"accountEnabled": False}, 50057), ({"passwordProfile": {"forceChangePasswordNextSignIn": True}}, 50055)],
    ids=["disabled", "must be changed"],
)
def test_right_password_of_a_user_who_may_not(
    cloud: SmallCloud, password: str, values: JsonObject, number: int
) -> None:
    """The account's state has numbers of its own."""
    _user(cloud).update(values)
    assert refusal(ask(cloud, **_form(password))) == (400, "invalid_grant", number)


@pytest.mark.parametrize("what", ["signInSessionsValidFromDateTime", "lastPasswordChangeDateTime"])
def test_refresh_token(cloud: SmallCloud, password: str, what: str) -> None:
    """It goes on with the session until the sessions are revoked or the password is changed."""
    token = ask(cloud, **_form(password)).json()["refresh_token"]
    form = {"grant_type": "refresh_token", "refresh_token": token, "client_id": AZURE_CLI, "client_secret": ""}
    assert ask(cloud, **form).status_code == 200
    assert refusal(ask(cloud, **{**form, "client_id": APP, "client_secret": cloud.secret}))[2] == 50173
    _user(cloud)["accountEnabled"] = False
    assert refusal(ask(cloud, **form))[2] == 50057
    _user(cloud)["accountEnabled"] = True
    cloud.store.clock.advance(1)
    _user(cloud)[what] = wire_time(cloud.store.clock.now())
    assert refusal(ask(cloud, **form))[2] == 50173
    assert refusal(ask(cloud, **{**form, "refresh_token": "obviously-none"}))[2] == 50173


def test_no_password_in_the_state(cloud: SmallCloud, password: str) -> None:
    """Only a digest is kept, and a look at the state does not show even that."""
    assert password not in repr(cloud.store.to_json())
    assert cloud.store.to_json(secrets=False)["user_passwords"] == {}
