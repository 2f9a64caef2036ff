"""Columns guessed from headers, or as a map says."""

import re
from pathlib import Path

import pytest

from azremediate.core.errors import InputInvalid
from azremediate.intake.notice_columns import FIELDS, ColumnMap, check_choice, choose_columns


def test_guessed() -> None:
    """Whatever case, spaces and marks the headers have."""
    headers = [
        "Internet Message Id",
        "Date Sent",
        "From",
        "To",
        "User Principal Name",
        "Contains Secret?",
        "Secret_Type",
    ]
    assert choose_columns([*headers, "SUBJECT", "Case", "Folder"], None, "n.csv").columns == {
        "message_id": "Internet Message Id",
        "mailbox": "User Principal Name",
        "sender": "From",
        "recipients": "To",
        "subject": "SUBJECT",
        "sent": "Date Sent",
        "has_secret": "Contains Secret?",
        "secret_type": "Secret_Type",
        "notice_id": "Case",
    }


def test_the_better_word_counts() -> None:
    """Sent before received, mailbox before user."""
    found = choose_columns(["Message-ID", "receivedDateTime", "sentDateTime", "User", "Mailbox"], None, "n.csv")
    assert (found.columns["sent"], found.columns["mailbox"], found.unclear) == ("sentDateTime", "Mailbox", {})


def test_two_columns_for_one_field() -> None:
    """Nothing is guessed; the remedy is a map."""
    choice = choose_columns(["internetMessageId", "Message-ID"], None, "n.csv")
    with pytest.raises(
        InputInvalid, match=r"n\.csv:3: several columns could be its message_id: 'internet.* and 'Mess"
    ) as told:
        check_choice(choice, "n.csv", 3)
    assert "--save-map FILE" in told.value.hint


@pytest.mark.parametrize("headers", [["Subject", "From"], ["Mailbox", "Subject"], ["Sent"], []])
def test_messages_that_cannot_be_told_apart(headers: list[str]) -> None:
    """Without message id, mailbox and time are needed."""
    with pytest.raises(InputInvalid, match="no column holds the internet message id"):
        check_choice(choose_columns(headers, None, "n.csv"), "n.csv", 1)


def test_mailbox_and_time_are_enough() -> None:
    """Messages can be found by them."""
    check_choice(choose_columns(["Mailbox", "Sent"], None, "n.csv"), "n.csv", 1)


def test_a_map_names_a_missing_column() -> None:
    """The error names the map's line, and the close name."""
    wrong = ColumnMap({"message_id": "Mesage"}, "map.yaml", {"message_id": 4})
    with pytest.raises(InputInvalid, match=r"map\.yaml:4: message_id is to be in the column 'Mesage'") as told:
        choose_columns(["Message", "Other"], wrong, "n.csv")
    assert told.value.hint == "did you mean 'Message'?; correct the map"


def test_the_documentation_names_headers_that_mean_their_field() -> None:
    """Each header in the table of docs/notices.md is guessed as the field of its row, and no field is missing."""
    text = (Path(__file__).parents[2] / "docs" / "notices.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| `(\w+)` \| ([^|;]+(?:; else [^|;]+)*)(?:;[^|]*)? \|$", text, re.MULTILINE)
    assert [name for name, _ in rows] == list(FIELDS)
    for name, cell in rows:
        for header in re.split(r", |; else ", cell):
            assert choose_columns([header], None, "n.csv").columns == {name: header}, header
