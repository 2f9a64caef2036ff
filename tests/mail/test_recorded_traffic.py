"""A recording of traffic is searched as it was sent: forms, headers and coded bodies have their labels before them."""

import base64
import json

import pytest

from azremediate.mail.analysis import Analyst
from azremediate.mail.limits import Limits
from azremediate.mail.message import TakenApart
from azremediate.mail.piece_search import opened
from azremediate.mail.recorded_traffic import recorded_traffic
from tests.mail.mail_files import a_secret

PASSWORD, TOKEN, HEADER = ("Kettle" + a_secret()[:9] + "!7" for _ in range(3))
RECORDING = {
    "log": {
        "version": "1.2",
        "entries": [
            {
                "request": {
                    "method": "POST",
                    "url": "https://crm.contoso.com/login",
                    "headers": [{"name": "X-Api-Key", "value": "k" + HEADER.replace("!", "")}],
                    "queryString": [{"name": "from", "value": "mail"}],
                    "postData": {"params": [{"name": "password", "value": PASSWORD}], "text": ""},
                },
                "response": {
                    "headers": [],
                    "content": {
                        "encoding": "base64",
                        "text": base64.b64encode(f'{{"client_secret": "{TOKEN}"}}'.encode()).decode(),
                    },
                },
            },
            {"request": "not an object", "response": None},
            17,
        ],
    }
}


def test_lines() -> None:
    """Names stand before values, coded bodies are decoded, what is damaged is passed over."""
    lines = recorded_traffic(json.dumps(RECORDING))
    assert lines is not None
    assert f"password={PASSWORD}" in lines.split("\n")
    assert "from=mail" in lines.split("\n")
    assert f'{{"client_secret": "{TOKEN}"}}' in lines.split("\n")


@pytest.mark.parametrize(
    "text", ["", "{}", '{"log": {"entries": 3}}', '{"log": {"entries": [', '"entries"', '{"log": ["entries"]}']
)
def test_what_is_no_recording(text: str) -> None:
    """Other JSON, and what is cut off, is left as it is."""
    assert recorded_traffic(text) is None


def exchange(**members: object) -> str:
    """A recording of one exchange."""
    return json.dumps({"log": {"entries": [{"request": {}, "response": {}, **members}]}})


@pytest.mark.parametrize(
    ("recording", "wanted"),
    [
        (exchange(request={"postData": {"text": "user=kim&client_secret=a%7Eb+c%26"}}), "client_secret=a~b c&"),
        (exchange(request={"postData": {"params": [{"name": "pw", "value": "a%21%23"}]}}), "pw=a!#"),
        (exchange(request={"postData": {"params": [{"name": "pw", "value": "a+b"}]}}), "pw=a+b"),
        (exchange(request={"postData": {"text": '{"url": "x=%7E"}'}}), '{"url": "x=%7E"}'),
        (
            exchange(request={"headers": [{"name": "Authorization", "value": "Bearer a%7Eb"}]}),
            "Authorization: Bearer a%7Eb",
        ),
        (exchange(_webSocketMessages=[{"type": "send", "data": "password=abc"}, 3]), "password=abc"),
        (
            exchange(response={"content": {"encoding": "base64", "text": base64.b64encode(b"pw=\xe4bc").decode()}}),
            "pw=\u00e4bc",
        ),
    ],
    ids=["form", "parameters", "plain parameters", "no form", "header", "socket", "latin-1"],
)
def test_as_it_was_typed(recording: str, wanted: str) -> None:
    """Forms are decoded, headers and other bodies are not."""
    lines = recorded_traffic(recording)
    assert lines is not None
    assert wanted in lines.split("\n")


def test_very_many_values() -> None:
    """A file that would need a gigabyte as objects is searched as a text only."""
    assert recorded_traffic('{"log": {"entries": [' + "{}," * 3_000_001 + "{}]}}") is None


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("application/json", "trace.har"),
        ("text/plain", "trace.har"),
        ("application/octet-stream", "trace.har"),
        ("text/plain", "trace.txt"),
        ("application/octet-stream", "trace.log"),
        ("application/json", ""),
    ],
)
def test_found_in_an_attachment(kind: str, name: str) -> None:
    """A form's password and a coded answer's secret, which the file itself shows beside no label, by any name."""
    called = f"; name={name}" if name else ""
    raw = f"Message-ID: <h@contoso.com>\nContent-Type: {kind}{called}\n\n{json.dumps(RECORDING, indent=1)}\n"
    taken = opened(raw.encode(), "a.eml", Limits())
    assert isinstance(taken, TakenApart)
    analyst = Analyst(b"k" * 32, engine="re")
    ids = {one.finding_id for one in analyst.analyse(taken).findings}
    values: set[str] = set()
    for one in ids:
        secret = analyst.reveal(taken, one)
        assert secret is not None
        secret.use(values.add)
    assert {PASSWORD, TOKEN} <= values
