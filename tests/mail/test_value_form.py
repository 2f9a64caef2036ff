"""Values further from their labels: lines below, answers of others, cells below headings, keys at the end of a line."""

import pytest

from tests.mail.test_text_search import found

KEY = "fc65d4c15c408bcde5160fa0ed3350ff"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f'The field is called "Subscription key" under Setup > Integrations.\n\n{KEY}\n\nTell me when', "api-key"),
        (f"our own gateway in front of it: subscription key header value {KEY}\n", "api-key"),
        (f"Application\tAPI key\tPlan\t\n\n\nplanner\t{KEY}\tBusiness\t\n", "api-key"),
        ("mira: whats the password for the box\nhal: it's Xk9!mPq2zz\n", "password"),
        ("Abonnementschl\u00fcssel .. " + KEY, "api-key"),
        ("PAPERLESS_DBPASS: YkzQddIBuno14zQ", "password"),
        ("<clear_password>SF9ol&Zp13U35ta7!</clear_password>", "password"),
        ("La clave es \u00abdVmMtB+GIQK7!\u00bb.", "password"),
    ],
)
def test_found(text: str, kind: str) -> None:
    """One value, of this kind."""
    assert [(what, tier != "T1") for tier, what, _ in found(text)] == [(kind, True)]


@pytest.mark.parametrize(
    "text",
    [
        f"X-Api-Key: <your key>\nX-Request-Id: {KEY}\n",
        f"AuthenticationError: invalid x-api-key\nID: {KEY}\n",
        f"api_key=<REDACTED>\ncert_sha1={KEY}\n",
        "New-LocalUser -Name x -Password $pw -PasswordNeverExpires",
        'psql "user=<tu-usuario> password=<tu-contrase\u00f1a> sslmode=require"',
        'password: "{{ .Values.db.password | default "" }}"',
        "CHG0099140  Rotate krbtgt, second pass        (Kamogelo)\n",
        "bypass: Kx8hqzzm1!",
    ],
)
def test_nothing_found(text: str) -> None:
    """Settings of their own, options, placeholders and references."""
    assert found(text) == []


def test_a_label_and_its_value_are_no_heading() -> None:
    """Lines of a form in columns: the value stands beside its label, not below."""
    text = "   Account     TL-448201\n   Password    eS0RtarSYvsd4zQ\n   Registrar   sip3.contoso.example\n"
    assert found(text) == [("T2", "password", "eS0RtarSYvsd4zQ")]
