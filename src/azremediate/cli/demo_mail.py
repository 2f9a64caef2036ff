"""The demo's mail: what was written between Contoso and a vendor, with secrets of the simulated tenant in it."""

import base64
import json
from datetime import timedelta
from pathlib import Path

from azremediate.lab.store import Store

_SEPARATOR = "From {sender} Fri Jan 19 10:00:00 2024\n"
_HEAD = "From: {sender}\nTo: {to}\nSubject: {subject}\nMessage-ID: <{number}@fabrikam.example>\nDate: {date}\n\n"


def write_mail(path: Path, store: Store) -> int:
    """Write an mbox and return its number of messages; the values are those of the simulation."""
    vendor, contoso = "dana@fabrikam.example", f"kim@{store.domain}"
    jobs, payroll = _secret(store, "nightly-etl"), _secret(store, "payroll-api")
    foreign = _token({"tid": "0f0f0f0f-0000-4000-8000-00000000000f", "upn": vendor})
    mails = [
        (contoso, vendor, "nightly job", f"Hi Dana,\n\nthe job signs in with {jobs} now.\n\nKim\n"),
        (
            vendor,
            contoso,
            "Re: nightly job",
            f"Works, thanks.\n\n> the job signs in with {jobs[:22]}\n> {jobs[22:]} now.\n",
        ),
        (contoso, vendor, "payroll", f"Client id: {_app_id(store, 'payroll-api')}\nClient secret: {payroll}\n"),
        (vendor, contoso, "token", f"My test call failed with this token, does it tell you anything?\n{foreign}\n"),
        (vendor, contoso, "portal", "You can log on to our portal with guest / Gr33n!Field, as always.\n"),
        (contoso, vendor, "policy", "Your password will expire in 14 days; never share it, and never mail it.\n"),
    ]
    date = store.clock.now() - timedelta(days=7)
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        for number, (sender, to, subject, body) in enumerate(mails, start=1):
            stream.write(_SEPARATOR.format(sender=sender))
            moment = f"{date + timedelta(hours=number):%a, %d %b %Y %H:%M:%S} +0000"
            stream.write(_HEAD.format(sender=sender, to=to, subject=subject, number=number, date=moment))
            stream.write(f"{body}\n")
    return len(mails)


def _secret(store: Store, name: str) -> str:
    return store.secrets[store.named[f"{name}:primary"]].value


def _app_id(store: Store, name: str) -> str:
    return str(store.applications[store.named[name]]["appId"])


def _token(claims: dict[str, str]) -> str:
    parts = [json.dumps(one) for one in ({"alg": "RS256", "typ": "JWT"}, claims, {"signature": "of nothing at all"})]
    return ".".join(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts)
