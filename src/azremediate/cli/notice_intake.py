"""Takes notices in: reads them, holds them against each other, records their hashes and writes what others take up."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from azremediate.cli.command_line import quoted
from azremediate.cli.configuration import configuration
from azremediate.cli.os_account import os_user
from azremediate.cli.output import Output, json_text
from azremediate.cli.settings import Settings
from azremediate.cli.system_clock import SystemClock
from azremediate.cli.whole_file import write_lines, write_whole
from azremediate.core.codec import encode
from azremediate.core.errors import AzremediateError, InputInvalid
from azremediate.core.json_value import Json, JsonObject
from azremediate.core.notice import NoticedMessage
from azremediate.core.notice_reading import DuplicateRow, NoticeReading, Reconciliation
from azremediate.core.noticed_once import merge_messages
from azremediate.core.reconciliation import reconcile
from azremediate.core.record import Actor
from azremediate.intake.config import DEFAULT_FILE
from azremediate.intake.notice_dates import DateOrder, time_zone
from azremediate.intake.notice_file import NoticeOptions, open_notice, read_opened, refuse_rejected
from azremediate.intake.notice_map import map_text, read_map
from azremediate.intake.wording import quoted as in_words
from azremediate.report.notice_credentials import notice_credential_rows
from azremediate.report.notice_text import counts_text, difference_rows, reconciliation_text, remarks_text, summary_json

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the command line says. sources, maps: none, one for all notices, or one for each in their order."""

    notices: tuple[Path, ...]
    sources: tuple[str, ...] = ()
    maps: tuple[Path, ...] = ()
    save_map: Path | None = None
    timezone: str = ""
    date_order: str = ""
    sheet: str = ""
    strict: bool = False
    every: bool = False
    output: Path | None = None
    messages: Path | None = None


@dataclass(frozen=True, slots=True)
class TakenIn:
    """What the notices say together: rows of all = messages + their duplicates + `across` + rejected."""

    readings: tuple[NoticeReading, ...]
    messages: tuple[NoticedMessage, ...]
    across: tuple[DuplicateRow, ...]
    reconciliation: Reconciliation | None


def take_in(asked: Asked) -> TakenIn:
    """Read every notice; raises `InputInvalid`, with `strict` also for a row that cannot be used."""
    if len({path.resolve() for path in asked.notices}) < len(asked.notices):
        raise InputInvalid("the same notice is named twice", hint="name each once")
    if asked.save_map is not None and len(asked.notices) > 1:
        raise InputInvalid("--save-map takes one notice", hint="save a map for each, and pass them with --map")
    _refuse_overwriting(asked)
    readings = tuple(_read(path, at, asked) for at, path in enumerate(asked.notices))
    if asked.strict:
        refuse_rejected(readings)
    together = merge_messages([message for reading in readings for message in reading.messages])
    several = reconcile(readings) if len(readings) > 1 else None
    taken = TakenIn(readings, *together, several)
    if not taken.messages and any(reading.rows for reading in readings):
        first = next(reading.rejected[0] for reading in readings if reading.rejected)
        text = f"no row of the notice can be used; the first, {first.file}:{first.row}: {first.reason}"
        raise AzremediateError(text, hint="correct the rows, or say with --map which column holds what")
    return taken


async def record_hashes(settings: Settings, taken: TakenIn) -> bool:
    """Put the notices' hashes and counts into the audit log; False when no configuration names one."""
    if not _configured(settings):
        return False
    from azremediate.journal.run_journal import open_journal

    config = configuration(settings)
    actor = Actor(config.tenant_id, "", "", os_user=os_user(), host=platform.node())
    async with open_journal(
        Path(config.state_path),
        SystemClock(),
        operation="intake",
        audit_settings=config.audit,
        network=config.state_network,
    ) as journal:
        await journal.record_intake(actor, _facts(taken))
    return True


def _configured(settings: Settings) -> bool:
    named = settings.config is not None or bool(os.environ.get("AZREMEDIATE_TENANT_ID"))
    return named or Path(DEFAULT_FILE).exists()


def write_files(asked: Asked, taken: TakenIn, shown: Output) -> dict[str, Json]:
    """Write the credential list and the messages where they are wished; what was written, for the summary."""
    written: dict[str, Json] = {}
    if asked.messages is not None:
        lines = (json_text(encode(message)) for message in taken.messages)
        written["messages"] = {"file": str(asked.messages), "rows": write_lines(asked.messages, lines, "the messages")}
    if asked.output is not None:
        scan = f"--notice {quoted(str(asked.messages))}" if asked.messages is not None else ""
        rows = notice_credential_rows(taken.messages, every=asked.every, scan=scan)
        number = write_lines(asked.output, rows, "the credential list") - 1
        written["credentials"] = {"file": str(asked.output), "rows": number}
        if not number:
            shown.warn("no message is flagged as holding a secret; --all lists every message")
    return written


def show(asked: Asked, taken: TakenIn, recorded: bool, written: dict[str, Json], shown: Output) -> None:
    """Print the columns, the counts, what notices differ in and what was written."""
    summary = summary_json(taken.readings, taken.messages, taken.across, taken.reconciliation)
    shown.data({**summary, "written": written, "recorded_in_audit_log": recorded})
    for reading in taken.readings:
        shown.text(counts_text(reading))
        shown.table(("FIELD", "COLUMN"), tuple(reading.columns.items()))
        for line in remarks_text(reading):
            shown.text(line)
        shown.text("")
    if taken.reconciliation is not None:
        _show_reconciliation(taken.reconciliation, shown)
        shown.text(f"Together: {len(taken.messages)} messages; {len(taken.across)} are told by several notices\n")
    flagged = sum(1 for message in taken.messages if message.flagged)
    shown.text(f"{flagged} of {len(taken.messages)} messages are flagged as holding a secret")
    shown.text(f"The SHA-256 above {'is in the audit log' if recorded else 'is in no log: no configuration names one'}")
    if asked.output is not None:
        wish = shown.command("plan", "respond-to-exposed-credentials", "--credentials", str(asked.output))
        shown.text(f"\nNext:  {wish}")


def _show_reconciliation(found: Reconciliation, shown: Output) -> None:
    for line in reconciliation_text(found):
        shown.text(line)
    rows = difference_rows(found)
    if rows:
        shown.table(("MESSAGE ID", "IN", "DIFFERS IN"), rows)
    if len(found.differences) > len(rows):
        shown.text(f"and {len(found.differences) - len(rows)} more messages; --json lists them all")


def _read(path: Path, at: int, asked: Asked) -> NoticeReading:
    options = NoticeOptions(
        source=_one(asked.sources, at, asked, "--source") or "",
        column_map=read_map(found) if (found := _one(asked.maps, at, asked, "--map")) is not None else None,
        zone=time_zone(asked.timezone) if asked.timezone else None,
        order=DateOrder(asked.date_order) if asked.date_order else None,
        sheet=asked.sheet,
    )
    opened = open_notice(path, options)
    if asked.save_map is not None:  # also when columns are not clear: then it is what has to be corrected
        write_whole(asked.save_map, map_text(opened.choice).encode(), "the map")
    return read_opened(opened, options)


def _one(given: Sequence[T], at: int, asked: Asked, option: str) -> T | None:
    if len(given) not in (0, 1, len(asked.notices)):
        problem = f"{option} is given {len(given)} times for {len(asked.notices)} notices"
        raise InputInvalid(problem, hint=f"give {option} once for all, or once for each notice in their order")
    return given[min(at, len(given) - 1)] if given else None


def _refuse_overwriting(asked: Asked) -> None:
    """A notice is evidence: no output may replace it, nor one output another."""
    wished = [path.resolve() for path in (asked.output, asked.messages, asked.save_map) if path is not None]
    inputs = [path.resolve() for path in (*asked.notices, *asked.maps)]
    twice = next((path for path in wished if path in inputs or wished.count(path) > 1), None)
    if twice is not None:
        raise InputInvalid("is an input or another output", file=str(twice), hint="write to a file of another name")


def _facts(taken: TakenIn) -> JsonObject:
    return {
        "notices": [
            {
                "file": reading.name,
                "sha256": reading.sha256,
                "source": reading.source,
                "rows": reading.rows,
                "accepted": len(reading.messages),
                "duplicates": len(reading.duplicates),
                "rejected": len(reading.rejected),
            }
            for reading in taken.readings
        ]
    }


def checked_source(text: str) -> str:
    """A tag of who sent a notice; `InputInvalid` for anything but a word."""
    if not (0 < len(text) <= 40 and text.isascii() and text.replace("-", "").replace("_", "").isalnum()):
        raise InputInvalid(f"--source {in_words(text)} is no word", hint="usual are microsoft and ncijtf")
    return text
