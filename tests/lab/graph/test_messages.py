"""Mailboxes of the simulated Graph: listing by date and by internet message id, MIME, and who may read."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from azremediate.lab.store import Store
from tests.lab.graph.caller import Caller, ContractClient

OMAR = "users/omar.user@contoso.onmicrosoft.com/messages"


def _rows(store: Store, name: str = "omar.user") -> list[dict[str, str]]:
    return store.mailboxes[store.named[name]]


def test_pages_in_order_of_date(graph: ContractClient, store: Store) -> None:
    """All messages come once, oldest first, over as many pages as it takes; the upper end is left out."""
    dates = sorted(row["receivedDateTime"] for row in _rows(store))
    condition = f"receivedDateTime ge {dates[1]} and receivedDateTime lt {dates[-1]}"
    url = f"{OMAR}?$filter={condition}&$orderby=receivedDateTime asc&$top=2&$select=receivedDateTime"
    seen = []
    while url:
        page = graph.get(url).json
        seen += [row["receivedDateTime"] for row in page["value"]]
        url = page.get("@odata.nextLink", "")
    assert seen == dates[1:-1]


def test_by_internet_message_id(graph: ContractClient, store: Store) -> None:
    """A message is found by its Message-ID with the angle brackets, another one is not."""
    wanted = _rows(store)[1]["internetMessageId"]
    path = f"{OMAR}?$select=id,subject,toRecipients&$filter=internetMessageId eq '{quote(wanted)}'"
    assert graph.get(path).ids == [_rows(store)[1]["id"]]
    assert graph.get(path.replace("%40", "%40other.")).ids == []


def test_mime(graph: ContractClient, store: Store) -> None:
    """$value is the whole message with a secret that is real in this tenant."""
    answer = graph.get(f"{OMAR}/{_rows(store)[1]['id']}/$value")
    assert answer.headers["content-type"] == "text/plain"
    assert store.secrets[store.named["payroll-api:primary"]].value in answer.text
    assert "Message-ID: " + _rows(store)[1]["internetMessageId"] in answer.text


def test_no_text_in_a_list(graph: ContractClient, store: Store) -> None:
    """A list shows no secret, and the snapshot without secrets has no mail."""
    shown = graph.get(f"{OMAR}?$top=1000").text
    assert not [row for row in store.secrets.values() if row.value in shown]
    assert store.to_json(secrets=False)["mailboxes"] == {}
    assert store.to_json()["mailboxes"] == store.mailboxes


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("users/alice.admin@contoso.onmicrosoft.com/messages", 404, "MailboxNotEnabledForRESTAPI"),
        ("users/nobody@contoso.onmicrosoft.com/messages", 404, "ErrorInvalidUser"),
        (f"{OMAR}/AAkALgother=/$value", 404, "ErrorItemNotFound"),
        (
            f"{OMAR}?$filter=internetMessageId eq 'x'&$orderby=receivedDateTime",
            400,
            "InefficientFilter",
        ),
        (f"{OMAR}?$search=%22from:x%22", 400, "BadRequest"),
        (f"{OMAR}?$select=body", 400, "BadRequest"),
    ],
    ids=["no mailbox", "no user", "no message", "order", "search", "text"],
)
def test_refusals(graph: ContractClient, path: str, status: int, code: str) -> None:
    """What is not there, and what the simulation does not have, is refused."""
    answer = graph.get(path)
    assert (answer.status, answer.code) == (status, code)


def test_search_is_loud(graph: ContractClient, store: Store) -> None:
    """$search counts among the requests that the simulation does not know."""
    graph.get(f"{OMAR}?$search=%22from:x%22")
    assert len(store.unknown_requests) == 1


def test_permission(graph: ContractClient, caller: Caller) -> None:
    """Without Mail.Read nothing is shown; Mail.ReadWrite stands for it."""
    caller.roles = {"User.Read.All"}
    assert graph.get(OMAR).code == "ErrorAccessDenied"
    caller.roles = {"Mail.ReadWrite"}
    assert graph.get(OMAR).status == 200
