"""Values in texts as people write them: what is found, as what, and what is left alone; both engines agree."""

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from azremediate.mail.rule import rules
from azremediate.mail.text_search import TextSearch
from tests.mail.examples import written

RE = TextSearch("re")


def found(text: str, search: TextSearch = RE) -> list[tuple[str, str, str]]:
    """(tier, kind, value) of each finding of a text."""
    return [(one.tier.value, one.kind, text[one.start : one.end]) for one in search.matches(text, lambda: None)]


@pytest.mark.parametrize(
    ("text", "tier", "value"),
    [
        ("Password: Winter2024!", "T2", "Winter2024!"),
        ("The password for jdoe@contoso.com is Winter2024! and it must be changed.", "T2", "Winter2024!"),
        ("Your temporary password is: Xk9!mPq2", "T2", "Xk9!mPq2"),
        ("**Password:** `Tr0ub4dor&3`", "T2", "Tr0ub4dor&3"),
        ("Passwort lautet: Sommer#2024", "T2", "Sommer#2024"),
        ("Das Kennwort ist Herbst2023$.", "T2", "Herbst2023$"),
        ("Le mot de passe est Azerty!2024", "T2", "Azerty!2024"),
        ("Contrase\u00f1a: Madrid*2023", "T2", "Madrid*2023"),
        ("A senha \u00e9 Lisboa@2024.", "T2", "Lisboa@2024"),
        ("Has\u0142o: Zima#2024x", "T2", "Zima#2024x"),
        ("\u043f\u0430\u0440\u043e\u043b\u044c: \u0417\u0438\u043c\u04302024!", "T2", "\u0417\u0438\u043c\u04302024!"),
        ("\u5bc6\u7801\uff1aAbc@12345", "T2", "Abc@12345"),
        ("p/w = S3cret!pass", "T2", "S3cret!pass"),
        ("user: jdoe pass: Blue$ky99", "T2", "Blue$ky99"),
        ("ADMIN_PASSWORD=Zx9#kkd", "T2", "Zx9#kkd"),
        ('"dbPassword": "pL3@seW0rk",', "T2", "pL3@seW0rk"),
        ("Username: jdoe\nPassword:\n\n  Winter2024!\n\nRegards", "T2", "Winter2024!"),
        ("the new password for your account is\n> Winter2024!\n", "T2", "Winter2024!"),
        ("pw: hunter2", "T2", "hunter2"),
        ("login with jdoe / Gr33n!Field", "T3", "Gr33n!Field"),
        ("ALTER LOGIN app WITH PASSWORD = N'Gr33n!Field';", "T2", "Gr33n!Field"),
        ("CREATE USER app IDENTIFIED BY 'Gr33n!Field';", "T2", "Gr33n!Field"),
        ("L\u00f6senordet till servern \u00e4r Gr33n!Field", "T2", "Gr33n!Field"),
        ("yeni \u015fifreniz: Gr33n!Field", "T2", "Gr33n!Field"),
        ("\u670d\u52a1\u5668\u7684\u5bc6\u7801\u662fGr33n!Field\uff0c\u8bf7\u4fee\u6539", "T2", "Gr33n!Field"),
        ("sftp creds: north:Gr33n!Field@sftp.tailspin.example", "T3", "Gr33n!Field"),
        ('Your passphrase is "meadow orbit pickle walnut" now', "T3", "meadow orbit pickle walnut"),
        ("Door code/PIN: 481516; alarm is off", "T3", "481516"),
        ("creds are admin:P@ssw0rd123", "T3", "P@ssw0rd123"),
        ("I've reset it to Welcome@123 so you can sign in now", "T3", "Welcome@123"),
        ("Use the password Autumn2024 for now", "T3", "Autumn2024"),
        ("Try Summer2023# as the password.", "T3", "Summer2023#"),
        ("The pin is 4821", "T3", "4821"),
    ],
)
def test_passwords(text: str, tier: str, value: str) -> None:
    """A password as people write it, in the tier of how sure it is."""
    assert (tier, "password", value) in found(text)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("client secret: <<x 32>>", "client-secret"),
        ("client_secret=<<w 34>>", "client-secret"),
        ("api key: <<x 32>>", "api-key"),
        ("Ocp-Apim-Subscription-Key: <<x 32>>", "api-key"),
        ("access token is <<w 40>>", "token"),
    ],
)
def test_keys_by_their_label(text: str, kind: str) -> None:
    """A long value of random characters behind its label."""
    text = written(text, Random(text))  # noqa: S311 - the same text in each run
    assert [(tier, what) for tier, what, _ in found(text)] == [("T2", kind)]


@pytest.mark.parametrize(
    "text",
    [
        "Your password will expire on 12/05/2024.",
        "Never share your password with anyone. Password must contain 8 characters.",
        "reset your password at https://aka.ms/sspr",
        "Ticket INC0012345 password reset for SRV-SQL01",
        "Password: see attached",
        "Password: Required",
        "Password: <your-password>",
        "Password: ********",
        "password=${DB_PASSWORD}",
        "AZURE_CLIENT_SECRET=@Microsoft.KeyVault(SecretUri=https://x.vault.azure.net/secrets/y)",
        "Password was sent separately to your phone +1 555 123 4567",
        "username: jsmith42A",
        "The password for Windows10 laptops is set by policy",
        "password policy v2.3.1 applies to Office365",
        "password hash 5f4dcc3b5aa765d61d8327deb882cf99",
        "Kennwort: siehe unten",
        "The meeting id is 123 456 789 and you log in at 10:30",
        "passwordless sign-in for contoso-app-42",
        "CREATE USER app IDENTIFIED BY 'your_password';",
        "The record is identified by EMP00231, see the list.",
        "bad password. Status: 0xC000006D Sub Status: 0xC000006A",
        "\u5bc6\u7801\u662f\u5fc5\u586b\u9879\uff0c\u8bf7\u767b\u5f55\u4fee\u6539",
        "The archive is encrypted, see the page on the portal.",
    ],
)
def test_what_is_no_secret(text: str) -> None:
    """Sentences about passwords, placeholders and references."""
    assert found(text) == []


def test_the_surest_of_several_is_kept() -> None:
    """A value that a label announces and whose format says what it is, is one finding, with what both say."""
    text = written("AccountName=contosodata;AccountKey=<<b 76>>+ASt<<b 5>>A==;EndpointSuffix=core", Random(5))  # noqa: S311
    (one,) = RE.matches(text, lambda: None)
    assert (one.tier.value, one.kind, one.claims["account"]) == ("T1", "storage-key", "contosodata")
    assert one.claims["checksum"] == "does not hold"


@pytest.mark.parametrize("joint", ["\n", "\n> ", "=\n", "\u200b"])
def test_wrapped(joint: str) -> None:
    """A key that a mail program broke is found with its break."""
    key = written("<<w 3>>8Q~<<w 34>>", Random(7))  # noqa: S311 - the same text in each run
    text = f"for the application we talked about the other day use {key[:20]}{joint}{key[20:]} please\n"
    (one,) = RE.matches(text, lambda: None)
    assert text[one.start : one.end] == key[:20] + joint + key[20:]


@pytest.mark.parametrize("filler", ["some words of a long text\n", "word "])
def test_a_long_text(filler: str) -> None:
    """It is searched in pieces; a value at a seam is found once, in its place."""
    text = filler * (1_000_000 // len(filler) - 1)
    text += "pw: " + filler[-1:] * (1_000_000 - len(text) - 30) + "\nPassword: Winter2024!x\n" + filler * 4000
    text += "Kennwort: Herbst2023$y\n"
    assert [value for _, _, value in found(text)] == ["Winter2024!x", "Herbst2023$y"]


def test_a_value_over_a_seam() -> None:
    """Pieces share some text, where no line ends near the seam."""
    text = "word " * 199_997 + "Password: Winter2024!x " + "word " * 100
    assert [value for _, _, value in found(text)] == ["Winter2024!x"]


def test_a_word_in_the_next_line() -> None:
    """A token ends with its line where the next one begins with a word of its own."""
    token = written("xoxb-<<d 12>>-<<d 12>>-<<w 24>>", Random(4))  # noqa: S311 - the same text in each run
    assert found(f"the token of the bot is {token}\nCHANNEL is general\n")[0][2] == token


def test_words_in_a_certificate() -> None:
    """What stands by chance in a line of Base64 announces nothing."""
    lines = written("<<b 61>>/pw\n<<b 64>>\ntoken/<<b 58>>\n<<b 42>>", Random(23))  # noqa: S311 - the same in each run
    assert found(f"-----BEGIN CERTIFICATE-----\n{lines}\n-----END CERTIFICATE-----\n") == []


PIECES = [
    *[template for rule in rules() for template in (*rule.yes, *rule.no)],
    "Password: Winter2024!",
    "\n",
    "\n> ",
    " ",
    "passwort ist ",
    "sig=",
    "eyJ",
    "Q~",
    "-----BEGIN PRIVATE KEY-----",
    "\u043f\u0430\u0440\u043e\u043b\u044c: ",
    "a" * 3000,
    "x" * 17000,
]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=20)), max_size=8), st.integers())
def test_engines_agree(pieces: list[str], seed: int) -> None:
    """The same findings with both engines, whatever the text."""
    pytest.importorskip("hyperscan")
    text = written("".join(pieces), Random(seed))  # noqa: S311 - hypothesis gives the seed
    assert found(text) == found(text, _fast())


def _fast(made: list[TextSearch] = []) -> TextSearch:  # noqa: B006 - compiled once for all examples
    if not made:
        made.append(TextSearch("hyperscan"))
    return made[0]


LABELS_OF_BAITS = (
    "password",
    "login ",
    "svc_",
    "password from ",
    "password changed from ",
    "secret\t",
    "wlan\n",
    "mysql -p",
    "phrase is ",
    "it was locked ",
    "API key ",
    "echo ",
    "connect(",
    "door ",
)
REPEATED = (
    ">", "> ", ">a>", " >", " a", "a-", "a_b-c.", "a@", "a.", " from", " is", "from>", "?\n", "it is ", "|", "|x",
    "\t", "\n>",
    "a:b ", "-p ", "\"", "(`", "\\", "A\\b ", " to", "**", "__", "\u662f", "1-", "aA-", "=",
    "==", "x=", "/", "//", ", ", ". ",
)  # fmt: skip


@pytest.mark.parametrize("engine", ["re", "auto"])
@pytest.mark.parametrize("repeated", REPEATED)
def test_no_bait_holds_an_expression(engine: str, repeated: str) -> None:
    """Whatever follows a label again and again, every expression comes to its end; one that does not hangs here."""
    search = TextSearch(engine)
    for label in LABELS_OF_BAITS:
        search.matches(f"{label}{repeated * 400} zzzz\n" * 2, lambda: None)
