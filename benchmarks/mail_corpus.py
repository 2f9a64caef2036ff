"""Mail with known secrets: sentences, settings and files as people send them, and what only looks like a secret."""

import base64
import io
import zipfile
from collections.abc import Iterator
from email.message import EmailMessage
from random import Random

from mail_values import EXACT, LABELLED, Truth, decoy, password

SEEN = (
    "Hi {n},\n\nyour new password is {v}. Please change it after the first login.\n\nRegards\nIT",
    "Username: {u}\nPassword: {v}\n\nLet me know if it does not work.",
    "As discussed, the password for the service account {u} is {v}",
    "I have reset your password to {v} - you will be asked to change it.",
    "Login: {u}\nPass: {v}",
    "The VPN credentials are {u} / {v}, same as last year.",
    "pw for the zip is {v}",
    "Password to open the attachment: {v}",
    "Can you try to log on with {v}? It worked for me this morning.",
    "use {v} as the password until Monday",
    "Admin portal https://portal.example\nuser {u}\npw {v}",
    "FYI the temp password we set for {n} was {v}, no need to reset again",
    "Passwort f\u00fcr {u}: {v}",
    "Das Kennwort lautet {v}\nGr\u00fc\u00dfe",
    "Le mot de passe est {v}\nCordialement",
    "La contrase\u00f1a es {v}\nSaludos",
    "A senha do usu\u00e1rio {u} \u00e9 {v}",
    "Het wachtwoord is {v}",
    "La password \u00e8 {v}",
    "Has\u0142o: {v}",
    "\u041f\u0430\u0440\u043e\u043b\u044c: {v}",
    "\u30d1\u30b9\u30ef\u30fc\u30c9: {v}",
    "\u5bc6\u7801\uff1a{v}",
    "Your account {u} was created. Initial password:\n\n    {v}\n\nIt expires in 30 days.",
)
UNSEEN = (
    "Morning {n}, sorry for the trouble. Just sign in as {u} with {v} and you should be good to go.",
    "> Can you resend the credentials?\n\nSure thing: {u}, password {v}",
    'RDP to SRV-APP02, account {u}, passphrase "{v}" (with the quotes removed)',
    "We rotated the shared mailbox login; it's now {v}",
    "The default admin password ({v}) has to be changed before go-live.",
    "{v} is the password for the staging environment",
    "For the record: SFTP user = {u}; SFTP password = {v}",
    "Please use the following to access the portal:\n * User ID: {u}\n * Password: {v}\n",
    "I unlocked the account and changed the password to: {v}",
    "wifi key for guests this week -> {v}",
    "Dear {n}, your one-time password: {v} (valid 24h)",
    "Temporary credentials below, they'll be disabled on Friday.\n{u}\n{v}",
    "the pw hasn't changed, still {v}",
    "Service Desk has set a new password for you. New password is\n{v}\nRegards, Service Desk",
    "User\tPassword\n{u}\t{v}",
    "@{n} log in to the jump host with {u}:{v} pls",
    "Here's what you need - Username {u} Password {v}",
    "Neues Passwort f\u00fcr das Portal lautet: {v} (bitte \u00e4ndern)",
    "Voici vos identifiants : {u} / {v}",
    "Sus credenciales son usuario {u} y clave {v}",
)
DECOYS = (
    "Your password will expire in 14 days. Change it at https://aka.ms/sspr before 2024-05-01.",
    "Never share your password with anyone, not even with IT.",
    "Password must contain at least 12 characters, upper and lower case, a digit and a symbol.",
    "Ticket INC00{n}: password reset request was closed on 12/03/2024 at 10:45.",
    "The password was sent separately by phone: +1 (555) 010-1234.",
    "Password: ********", "Password: <your-password>", "password=${{DB_PASSWORD}}", "client_secret: <insert here>",
    "AZURE_CLIENT_SECRET=@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/x)",
    "Application (client) ID: {g}\nDirectory (tenant) ID: {g}", "Request id: {g} Correlation id: {g}",
    "commit {sha1}", "sha256: {sha256}", "integrity=\"sha512-{b64}\"", "Thumbprint {sha1}",
    "https://nam02.safelinks.protection.outlook.com/?url=x&data=05&sdata={url}%3D&reserved=0",
    "https://teams.microsoft.com/l/meetup-join/19%3ameeting_{url}@thread.v2/0?context=%7b%7d",
    "AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==",
    "Please see KB50{n} for how to set up the authenticator app on iPhone14 or Android13.",
    "The login page of Office365 shows error AADSTS50126 since version 16.0.17328.20162.",
    "Meeting ID: 312 445 901 22\nPasscode is in the invite. Dial +49 69 1234567,,{n}#",
    "Password policy v2.3 was approved for all laptops (Windows11, Build22631).",
    "Order PO-{n}, invoice INV-2024-{n}, tracking 1Z999AA1{n}.",
    "public key: ssh-rsa AAAAB3NzaC1yc2EAAAADAQAB{b64}", "if (password == null) {{ throw new Error('password required'); }}",
    "var password = config.getPassword(); // from vault", "Passwort vergessen? Bitte das Formular nutzen.",
    "I forgot my password again, can you reset it? Thanks, John", "password hint: the usual one",
    "Reset link: https://portal.example/reset?token_id={g}", "Access token lifetime is 3600 seconds, see section4.2.1",
)  # fmt: skip
_FILLER = (
    "Thanks for the quick reply, let us discuss the remaining points in the meeting on Thursday.",
    "The migration of the second wave went well; three mailboxes are left and will follow tonight.",
    "Please find attached the minutes and the updated plan. Comments are welcome until Friday.",
    "We still wait for the approval of the change board before the firewall rule can be opened.",
)
_NAMES = ("amy.jones", "j.doe", "svc-backup", "maria.lopez", "CONTOSO\\svc_sql", "t.mueller@contoso.example", "admin")


def messages(random: Random, prose: tuple[str, ...]) -> Iterator[tuple[bytes, list[Truth]]]:
    """Messages without end: the raw bytes and what is planted in each."""
    number = 0
    while True:
        number += 1
        message_id = f"{number}.{random.randrange(10**9)}@contoso.example"
        body, planted = _body(random, prose, message_id)
        message = EmailMessage()
        message["Message-ID"] = f"<{message_id}>"
        message["From"], message["To"] = "amy@contoso.example", "vendor@fabrikam.example"
        message["Subject"], message["Date"] = "Re: access", "Mon, 01 Jan 2024 10:00:00 +0000"
        message["DKIM-Signature"] = "v=1; b=" + base64.b64encode(random.randbytes(256)).decode()
        _fill(message, body, random)
        yield message.as_bytes(), planted


def _body(random: Random, prose: tuple[str, ...], message_id: str) -> tuple[str, list[Truth]]:
    parts = [random.choice(_FILLER), decoy(random, random.choice(DECOYS)), random.choice(_FILLER)]
    planted: list[Truth] = []
    form = random.randrange(10)
    if form < 4:
        value = password(random)
        text = random.choice(prose).replace("{v}", value).replace("{u}", random.choice(_NAMES)).replace("{n}", "Kim")
        planted.append(Truth(message_id, value, "password", "prose"))
        parts.insert(1, text)
    elif form < 8:
        table, tier = (EXACT, "T1") if form < 6 else (LABELLED, "T2")
        kind = random.choice(sorted(table))
        template, make = table[kind]
        value = make(random)
        planted.append(Truth(message_id, value, kind, tier))
        parts.insert(1, template.replace("{v}", value))
    text = "\n\n".join(parts + [random.choice(_FILLER) for _ in range(random.randrange(2, 12))])
    return (_quoted(text, random) if random.random() < 0.2 else text), planted


def _quoted(text: str, random: Random) -> str:
    """As a reply quotes it; long tokens are wrapped as some programs do."""
    width = random.choice((72, 998))
    lines = []
    for line in text.split("\n"):
        pieces = [line[at : at + width] for at in range(0, len(line), width)] if " " not in line else [line]
        lines += [f"> {piece}" for piece in pieces or [""]]
    return "As I wrote:\n\n" + "\n".join(lines)


def _fill(message: EmailMessage, body: str, random: Random) -> None:
    """The body in one of the ways in which mail programs and people send it, and now and then a picture."""
    way = random.randrange(8)
    if way == 5:
        message.set_content("see attached")
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("notes.txt", body)
        message.add_attachment(data.getvalue(), maintype="application", subtype="zip", filename="notes.zip")
    elif way == 6:
        message.set_content("see attached")
        message.add_attachment(
            body.encode("utf-16"), maintype="application", subtype="octet-stream", filename="notes.log"
        )
    elif way == 7:
        inner = EmailMessage()
        inner.set_content(body, cte="base64")
        message.set_content("fyi")
        message.add_attachment(inner)
    else:
        message.set_content(body, cte=("8bit", "quoted-printable", "base64")[way % 3])
        if way in (3, 4):
            markup = body.replace("&", "&amp;").replace("<", "&lt;").replace("\n", "<br>\n")
            message.add_alternative(f"<html><body><p>{markup}</p></body></html>", subtype="html")
    if random.random() < 0.3:
        picture = b"\x89PNG\r\n\x1a\n" + random.randbytes(random.randrange(20_000, 160_000))
        message.add_attachment(picture, maintype="image", subtype="png", filename="image001.png")
