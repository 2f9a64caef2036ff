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


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/octet-stream"])
def test_found_in_an_attachment(kind: str) -> None:
    """A form's password and a coded answer's secret, which the file itself shows beside no label."""
    raw = (
        f"Message-ID: <h@contoso.com>\nContent-Type: {kind}; name=trace.har\n\n{json.dumps(RECORDING, indent=1)}\n"
    ).encode()
    taken = opened(raw, "a.eml", Limits())
    assert isinstance(taken, TakenApart)
    analyst = Analyst(b"k" * 32, engine="re")
    ids = {one.finding_id for one in analyst.analyse(taken).findings}
    values: set[str] = set()
    for one in ids:
        secret = analyst.reveal(taken, one)
        assert secret is not None
        secret.use(values.add)
    assert {PASSWORD, TOKEN} <= values
