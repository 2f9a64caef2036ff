"""Mail between the lab's organisation and a vendor that holds real secrets of the lab, as they leaked."""

import base64
import json
from pathlib import Path

from tests.end_to_end.console import Console
from tests.mail.mail_files import a_secret, write_mbox

HEAD = (
    "From: amy@fabrikam.example\nTo: {to}\nMessage-ID: <{number}@fabrikam.example>\nSubject: access\nDate: {date}\n\n"
)


class LeakedMail:
    """An mbox in the console's folder, message by message."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._mails: list[bytes] = []

    def add(self, body: str, to: str = "someone@fabrikam.example") -> None:
        """A message with this text, of now as the lab sees it."""
        moment = self._console.lab.store.clock.now()
        head = HEAD.format(to=to, number=len(self._mails), date=f"{moment:%a, %d %b %Y %H:%M:%S} +0000")
        self._mails.append(f"{head}{body}\n".encode())

    def secret_of(self, name: str) -> str:
        """The value of a named client secret of the lab, e.g. payroll-api:primary."""
        return self._console.lab.store.secrets[self._console.key_id(name)].value

    def write(self, name: str = "leak.mbox") -> Path:
        """The file."""
        return write_mbox(self._console.folder / name, self._mails)

    @staticmethod
    def token(**claims: str) -> str:
        """A JSON Web Token with these claims and a signature of nothing."""
        parts = [json.dumps({"alg": "RS256", "typ": "JWT"}), json.dumps(claims)]
        coded = [base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts]
        return ".".join([*coded, a_secret().replace("~", "-") * 3])
