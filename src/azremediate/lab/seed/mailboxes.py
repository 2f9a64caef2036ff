"""The demo tenant's mail: what people wrote to a vendor and to each other, some of it with secrets that are real here.

No text here holds a secret: values come from the tenant as it was made, and decoys look like some and are none.
"""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Final

from azremediate.lab.clock import wire_time
from azremediate.lab.objects import JsonObject
from azremediate.lab.seed.builder import Builder
from azremediate.lab.user_sign_in import password_digest

VENDOR: Final = "support@fabrikam.example"
PASSWORD_OWNER: Final = "petra.user"
_OMAR, _PETRA, _ELIF = "omar.user", "petra.user", "elif.user"


@dataclass(frozen=True, slots=True)
class Mail:
    """One message: whose mailbox, from and to (a user's name or an address), how many days ago, and its text."""

    label: str
    mailbox: str
    sender: str
    to: str
    days: float
    subject: str
    text: str
    copy: str = ""
    html: bool = False


def add_mailboxes(builder: Builder) -> None:
    """Give every member of staff a mailbox, and put the story into three of them; administrators have none."""
    store = builder.store
    for name, object_id in store.named.items():
        if name.endswith(".user") and object_id in store.users:
            store.mailboxes[object_id] = []
    for mail in _story(builder):
        deliver(builder, mail)


def deliver(builder: Builder, mail: Mail) -> JsonObject:
    """Put one message into a mailbox; its id stays the same wherever the message is moved."""
    sent = builder.now - timedelta(days=mail.days)
    message_id = f"<{builder.new_id('internetMessageId', mail.label)}@mail.fabrikam.example>"
    digest = builder.digest(f"mail/{mail.label}")
    row: JsonObject = {
        "id": f"AAkALgAAAAAA{digest[:52]}-_w=",
        "internetMessageId": message_id,
        "subject": mail.subject,
        "createdDateTime": wire_time(sent),
        "lastModifiedDateTime": wire_time(sent),
        "sentDateTime": wire_time(sent),
        "receivedDateTime": wire_time(sent),
        "hasAttachments": False,
        "isDraft": False,
        "isRead": True,
        "from": _recipient(builder, mail.sender),
        "sender": _recipient(builder, mail.sender),
        "toRecipients": [_recipient(builder, mail.to)],
        "ccRecipients": [_recipient(builder, mail.copy)] if mail.copy else [],
        "mime": base64.b64encode(_mime(builder, mail, message_id, format_datetime(sent))).decode(),
    }
    builder.store.mailboxes[builder.store.named[mail.mailbox]].append(row)
    return row


def _mime(builder: Builder, mail: Mail, message_id: str, date: str) -> bytes:
    message = EmailMessage(SMTP)
    message["From"] = _address(builder, mail.sender)
    message["To"] = _address(builder, mail.to)
    if mail.copy:
        message["Cc"] = _address(builder, mail.copy)
    message["Subject"] = mail.subject
    message["Date"] = date
    message["Message-ID"] = message_id
    message.set_content(mail.text)
    if mail.html:
        lines = "".join(f"<p>{line}</p>" for line in mail.text.splitlines())
        message.add_alternative(f"<html><body>{lines}</body></html>", subtype="html", cte="base64")
    return message.as_bytes()


def _address(builder: Builder, name: str) -> str:
    return name if "@" in name else f"{name}@{builder.store.domain}"


def _recipient(builder: Builder, name: str) -> JsonObject:
    address = _address(builder, name)
    return {"emailAddress": {"name": address.partition("@")[0], "address": address}}


def _story(builder: Builder) -> tuple[Mail, ...]:
    store = builder.store
    payroll = store.applications[store.named["payroll-api"]]["appId"]
    secret = store.secrets[store.named["payroll-api:primary"]].value
    billing = store.secrets[store.named["orders-api:primary"]].value
    key = store.azure.storage_keys[store.named["contosopayroll"].lower()][0]["value"]
    connection = f"DefaultEndpointsProtocol=https;AccountName=contosopayroll;AccountKey={key};"
    password = _password(builder)
    guid, checksum = builder.new_id("decoy", "order"), builder.digest("decoy/checksum")
    return (
        Mail("hello", _OMAR, VENDOR, _OMAR, 61, "Welcome to support", "Hello Omar,\n\nyour contract has begun.\n"),
        Mail(
            *("leaked-secret", _OMAR, _OMAR, VENDOR, 40, "Payroll export fails with 401"),
            f"Hi,\n\nthe export cannot sign in since Monday. For your tests:\n\nClient ID: {payroll}\n"
            f"Client secret: {secret}\n\nThanks, Omar\n",
            copy=_PETRA,
        ),
        Mail(
            *("thanks", _OMAR, VENDOR, _OMAR, 39.9, "Re: Payroll export fails with 401"),
            "Thank you, we look into it. Please never send a secret by mail: use the upload page.\n",
        ),
        Mail(
            *("storage", _OMAR, _OMAR, VENDOR, 31, "Where the export lands"),
            f"The job writes to the container payroll-out:\n\n{connection}EndpointSuffix=core.windows.net\n",
            html=True,
        ),
        Mail(
            *("token", _OMAR, _OMAR, VENDOR, 25, "Trace of the failing call"),
            f"GET /v1.0/users HTTP/1.1\nAuthorization: Bearer {_token(builder, payroll)}\n\nanswered 403.\n",
        ),
        Mail(
            *("decoys", _OMAR, VENDOR, _OMAR, 24, "Release 4.2"),
            f"Order {guid}\nSHA-256 of the package: {checksum}\nIn the sample set client_secret=<your-secret> "
            "and AccountKey=${STORAGE_KEY} before the first run.\n",
        ),
        Mail("lunch", _OMAR, _PETRA, _OMAR, 20, "Lunch?", "Noon, the usual place? The password is: hungry.\n"),
        Mail(
            *("password", _PETRA, _PETRA, VENDOR, 18, "Test account"),
            f"You may use my account until Friday.\n\nUser: {PASSWORD_OWNER}@{store.domain}\nPassword: {password}\n",
        ),
        Mail("invoice", _PETRA, VENDOR, _PETRA, 15, "Invoice 2417", "Please find the invoice in the portal.\n"),
        Mail(
            *("orders", _ELIF, _OMAR, _ELIF, 9, "orders-api"),
            f"As you asked, the new one for orders-api: {billing}\n",
        ),
        Mail("minutes", _ELIF, _PETRA, _ELIF, 3, "Minutes", "1. Budget\n2. Move to the new office\n"),
    )


def _password(builder: Builder) -> str:
    """A password that the user has from here on."""
    user_id, digest = builder.store.named[PASSWORD_OWNER], builder.digest("password/mail")
    password = f"Lab-{digest[:6]}-Fake#{digest[6:9].upper()}"
    builder.store.user_passwords[user_id] = password_digest(user_id, password)
    return password


def _token(builder: Builder, app_id: str) -> str:
    """A token of the form of Entra's, long expired, whose signature nobody made."""
    now = int((builder.now - timedelta(days=25)).timestamp())
    claims = {"aud": "00000003-0000-0000-c000-000000000000", "tid": builder.store.tenant_id, "appid": app_id}
    times = {"iat": now, "nbf": now, "exp": now + 3900}
    parts = ({"typ": "JWT", "alg": "RS256"}, claims | times)
    texts = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*texts, base64.urlsafe_b64encode(builder.digest("token/signature").encode()).decode().rstrip("=")])
