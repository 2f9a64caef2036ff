"""The file in which intake hands messages of notices on: JSON Lines, one message on each."""

import json
from pathlib import Path

from azremediate.core.codec import ShapeError, decode
from azremediate.core.errors import InputInvalid
from azremediate.core.notice import NoticedMessage
from azremediate.intake.bounded_file import decode_text, read_bounded
from azremediate.intake.hostile_text import has_hidden

MAX_BYTES = 512 << 20
MAX_LINE = 4 << 20

_HINT = "write it with `azremediate intake NOTICE --messages FILE`"


def read_messages(path: Path) -> tuple[NoticedMessage, ...]:
    """The messages in a file that `intake --messages` wrote; `InputInvalid` with the line for anything else."""
    file = str(path)
    text = decode_text(read_bounded(path, MAX_BYTES, missing=_HINT, what="the list of messages"), file)
    lines = enumerate(text.split("\n"), start=1)
    return tuple(_message(line, file, number) for number, line in lines if line.strip())


def _message(text: str, file: str, line: int) -> NoticedMessage:
    if len(text) > MAX_LINE:
        raise InputInvalid("the line is longer than 4 MiB", file=file, line=line, hint=_HINT)
    try:
        found = decode(NoticedMessage, json.loads(text), "the message")
    except ShapeError as problem:
        raise InputInvalid(str(problem), file=file, line=line, hint=_HINT) from None
    except (ValueError, RecursionError):
        raise InputInvalid("is not a JSON object on one line", file=file, line=line, hint=_HINT) from None
    if any(has_hidden(name) or not name.isprintable() for name in (found.message_id, found.mailbox)):
        raise InputInvalid("its message id or mailbox has a control character", file=file, line=line, hint=_HINT)
    return found
