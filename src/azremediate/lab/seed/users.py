"""The demo tenant's people: administrators, emergency accounts, hybrid users, guests, and everybody else."""

from __future__ import annotations

from typing import Final

from azremediate.lab.objects import JsonObject
from azremediate.lab.seed.builder import Builder

BREAK_GLASS: Final = ("break-glass-1", "break-glass-2")
_ADMINS: Final = (
    ("alice.admin", "Alice Admin"),
    ("bob.admin", "Bob Admin"),
    ("carol.admin", "Carol Admin"),
    ("dave.admin", "Dave Admin"),
    ("erin.admin", "Erin Admin"),
    ("frank.admin", "Frank Admin"),
    ("grace.admin", "Grace Admin"),
)
_HYBRID: Final = ("hana.hybrid", "hugo.hybrid", "heidi.hybrid", "hector.hybrid", "helga.hybrid", "henry.hybrid")
_GUESTS: Final = ("gina.guest", "gary.guest", "greta.guest")
_PEOPLE: Final = (
    *("amira", "ben", "chen", "diego", "elif", "fatou", "george", "hiro", "ines", "jonas", "kate", "lena", "marek"),
    *("nora", "omar", "petra", "quinn", "ravi", "sofia", "tariq", "uma", "viktor", "wanda", "xenia", "yusuf", "zoe"),
)


def add_users(builder: Builder) -> None:
    """Add every user, the methods they registered, and their latest sign-ins."""
    for name in BREAK_GLASS:
        _strong(builder, _user(builder, name, f"Emergency Access {name[-1]}"))
    for name, display in _ADMINS:
        _strong(builder, _user(builder, name, display))
    builder.store.authentication_methods[builder.store.named["frank.admin"]].pop()  # has a password only
    for name in _HYBRID:
        _hybrid(builder, _user(builder, name, name.replace(".", " ").title()))
    _hybrid(builder, _user(builder, "sync-account", "On-Premises Directory Synchronization Service Account"))
    for name in _GUESTS:
        _guest(builder, name)
    for name in _PEOPLE:
        user = _user(builder, f"{name}.user", f"{name.title()} User")
        if name == "lena":
            _added_by_an_attacker(builder, user)
    _user(builder, "left.user", "Left Company")["accountEnabled"] = False
    _user(builder, "gone.user", "Gone Company")["accountEnabled"] = False
    _user(builder, "hostile.escape", "Mallory\x1b[31m\r\nBcc: everyone")
    _user(builder, "hostile.formula", '=HYPERLINK("https://attacker.example","open")')


def _user(builder: Builder, name: str, display: str) -> JsonObject:
    given, _, surname = display.partition(" ")
    user: JsonObject = {
        "id": builder.new_id("user", name),
        "deletedDateTime": None,
        "accountEnabled": True,
        "businessPhones": [],
        "createdDateTime": builder.ago(900),
        "displayName": display,
        "givenName": given,
        "surname": surname or None,
        "mail": f"{name}@{builder.store.domain}",
        "mailNickname": name,
        "lastPasswordChangeDateTime": builder.ago(120),
        "signInSessionsValidFromDateTime": builder.ago(120),
        "signInActivity": {
            "lastSignInDateTime": builder.ago(2),
            "lastNonInteractiveSignInDateTime": builder.ago(1),
            "lastSuccessfulSignInDateTime": builder.ago(1),
        },
        "onPremisesSyncEnabled": None,
        "onPremisesImmutableId": None,
        "otherMails": [],
        "proxyAddresses": [f"SMTP:{name}@{builder.store.domain}"],
        "userPrincipalName": f"{name}@{builder.store.domain}",
        "userType": "Member",
    }
    builder.store.users.add(user)
    builder.name(name, user["id"])
    builder.store.authentication_methods[user["id"]] = [
        {
            "@odata.type": "#microsoft.graph.passwordAuthenticationMethod",
            "id": "28c10230-6103-485e-b985-444c60001490",
            "password": None,
            "createdDateTime": builder.ago(900),
        }
    ]
    return user


def _strong(builder: Builder, user: JsonObject) -> None:
    builder.store.authentication_methods[user["id"]].append(
        {
            "@odata.type": "#microsoft.graph.fido2AuthenticationMethod",
            "id": builder.new_id("fido2", user["id"]),
            "displayName": "Security key",
            "aaGuid": "2fc0579f-8113-47ea-b116-bb5a8db9202a",
            "model": "YubiKey 5 NFC",
            "attestationLevel": "attested",
            "createdDateTime": builder.ago(300),
        }
    )


def _added_by_an_attacker(builder: Builder, user: JsonObject) -> None:
    """A phone and an authenticator that were registered three days ago, when the password was known to others."""
    methods = builder.store.authentication_methods[user["id"]]
    phone = {"phoneNumber": "+1 5550100", "phoneType": "mobile", "smsSignInState": "notConfigured"}
    methods.append(
        {
            "@odata.type": "#microsoft.graph.phoneAuthenticationMethod",
            "id": "3179e48a-750b-4051-897c-87b9720928f7",
            **phone,
            "createdDateTime": builder.ago(3),
        }
    )
    methods.append(
        {
            "@odata.type": "#microsoft.graph.microsoftAuthenticatorAuthenticationMethod",
            "id": builder.new_id("authenticator", user["id"]),
            "displayName": "Pixel",
            "phoneAppVersion": "6.2408.5807",
            "createdDateTime": builder.ago(3),
        }
    )


def _hybrid(builder: Builder, user: JsonObject) -> None:
    user.update(
        onPremisesSyncEnabled=True,
        onPremisesImmutableId=builder.digest(user["id"])[:24],
        onPremisesLastSyncDateTime=builder.ago(0.02),
        onPremisesDomainName="corp.contoso.example",
        onPremisesSamAccountName=user["mailNickname"],
    )


def _guest(builder: Builder, name: str) -> None:
    user = _user(builder, name, name.replace(".", " ").title())
    user.update(
        userType="Guest",
        mail=f"{name}@fabrikam.example",
        creationType="Invitation",
        externalUserState="Accepted",
        userPrincipalName=f"{name}_fabrikam.example#EXT#@{builder.store.domain}",
    )
    builder.store.users.add(user)
