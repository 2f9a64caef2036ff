"""What an open journal does by itself: heartbeats, signatures that are due, anchors that are told."""

import asyncio
import json
from pathlib import Path

from azremediate.core.config import Anchor, AnchorKind, AuditSettings
from azremediate.core.record import Note
from azremediate.journal.audit_reading import read_audit
from azremediate.journal.checkpoint_file import KeptNote, own_notes
from azremediate.journal.run_journal import FileJournal, open_journal
from azremediate.journal.verification import verify_audit
from tests.core.plans import TENANT_ID
from tests.journal.signed_stage import ManualClock
from tests.journal.stage import ACTOR, log_file, plan_of

QUIET = AuditSettings(anchors=())


def events(state: Path) -> list[str]:
    """The events of the log."""
    return [str(record["event"]) for record in read_audit(state)]


def sizes(state: Path) -> list[int]:
    """How many records each checkpoint covers."""
    notes = own_notes(log_file(state).parents[1] / "checkpoints.txt")
    return [note.checkpoint.size for note in notes if isinstance(note, KeptNote)]


async def settled(journal: FileJournal, wanted: int) -> None:
    """Wait until the log has so many records."""
    async with asyncio.timeout(60):
        while len(events(journal.state.path)) < wanted:
            await journal.runs()


async def test_heartbeats(tmp_path: Path) -> None:
    """One record for each interval while a run is under way, none before it begins nor after it ended."""
    clock = ManualClock()
    async with open_journal(tmp_path / "state", clock, audit_settings=QUIET) as journal:
        await journal.runs()
        await clock.advance(60)
        await journal.runs()
        run, _ = await journal.run_for(plan_of(1), ACTOR)
        for beats in (1, 2):
            await clock.advance(60)
            await settled(journal, 1 + beats)
        await run.finish(0)
        await clock.advance(60)
        await journal.runs()
    assert events(tmp_path / "state") == ["run.started", "run.heartbeat", "run.heartbeat", "run.ended"]
    assert verify_audit(tmp_path / "state").ok


async def test_time_without_a_signature(tmp_path: Path) -> None:
    """A record is signed at the latest when the interval is over, without any other record."""
    clock = ManualClock()
    settings = AuditSettings(anchors=(), heartbeat=QUIET.heartbeat * 1000)
    async with open_journal(tmp_path / "state", clock, audit_settings=settings) as journal:
        run, _ = await journal.run_for(plan_of(1), ACTOR)
        await run.note(Note("event"))
        assert sizes(tmp_path / "state") == [1]
        await clock.advance(60)
        async with asyncio.timeout(60):
            while sizes(tmp_path / "state") != [1, 2]:
                await journal.runs()


async def test_a_file_elsewhere(tmp_path: Path) -> None:
    """An anchor that is a file holds the newest checkpoint, in the form that verification takes."""
    elsewhere = tmp_path / "elsewhere" / "checkpoints.txt"
    settings = AuditSettings(anchors=(Anchor(AnchorKind.FILE, str(elsewhere)),))
    async with open_journal(tmp_path / "state", ManualClock(), audit_settings=settings) as journal:
        run, _ = await journal.run_for(plan_of(1), ACTOR)
        await run.finish(0)
        assert journal.checkpoint(TENANT_ID) is not None
    kept = [note.checkpoint.size for note in own_notes(elsewhere) if isinstance(note, KeptNote)]
    assert kept[-1] == 2
    assert verify_audit(tmp_path / "state", checkpoints=[elsewhere]).ok


async def test_syslog(tmp_path: Path) -> None:
    """A syslog server over TCP gets one framed RFC 5424 message, whose text is the checkpoint in one line."""
    got: asyncio.Queue[bytes] = asyncio.Queue()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        got.put_nowait(await reader.read())
        writer.close()
        await writer.wait_closed()

    async with await asyncio.start_server(serve, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        settings = AuditSettings(anchors=(Anchor(AnchorKind.SYSLOG, f"tcp://127.0.0.1:{port}"),))
        async with open_journal(tmp_path / "state", ManualClock(), audit_settings=settings) as journal:
            run, _ = await journal.run_for(plan_of(1), ACTOR)
            await run.finish(0)
        size = 0
        async with asyncio.timeout(60):
            while size < 2:  # the sender does not wait until its message was taken in here
                frame = await got.get()
                if not frame:  # a sending that the end of the journal called off: it is sent again
                    continue
                length, _, message = frame.partition(b" ")
                checkpoint = json.loads(message[message.index(b"{") :])["checkpoint"]
                size = int(checkpoint.split("\n")[1])
    assert int(length) == len(message)
    assert message.startswith(b"<110>1 2024-04-09T17:00:00.")
    file = tmp_path / "syslog.txt"
    file.write_bytes(message)
    assert checkpoint.startswith("azremediate/")
    assert verify_audit(tmp_path / "state", checkpoints=[file]).ok


async def test_datagrams(tmp_path: Path) -> None:
    """A syslog server over UDP gets the message alone."""
    loop = asyncio.get_running_loop()
    got: asyncio.Queue[bytes] = asyncio.Queue()

    class Server(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
            """Keep the message."""
            got.put_nowait(data)

    transport, _ = await loop.create_datagram_endpoint(Server, local_addr=("127.0.0.1", 0))
    port = transport.get_extra_info("sockname")[1]
    settings = AuditSettings(anchors=(Anchor(AnchorKind.SYSLOG, f"udp://127.0.0.1:{port}"),))
    async with open_journal(tmp_path / "state", ManualClock(), audit_settings=settings) as journal:
        await journal.run_for(plan_of(1), ACTOR)
        async with asyncio.timeout(60):
            assert (await got.get()).startswith(b"<110>1 ")
    transport.close()


async def test_a_failing_anchor_stops_nothing(tmp_path: Path) -> None:
    """It is a warning and one record, not one for each checkpoint; the run goes on, and its log is whole."""
    (tmp_path / "a file").write_bytes(b"")
    bad = Anchor(AnchorKind.FILE, str(tmp_path / "a file" / "checkpoints.txt"))
    clock = ManualClock()
    async with open_journal(tmp_path / "state", clock, audit_settings=AuditSettings(anchors=(bad,))) as journal:
        run, _ = await journal.run_for(plan_of(1), ACTOR)
        await settled(journal, 2)
        assert list(journal.failing_anchors) == [bad]
        await clock.advance(60)
        await settled(journal, 3)
        await run.finish(0)
    assert events(tmp_path / "state").count("audit.anchor_failed") == 1
    assert events(tmp_path / "state")[-1] == "run.ended"
    assert verify_audit(tmp_path / "state").ok


async def test_an_anchor_that_works_again(tmp_path: Path) -> None:
    """That is recorded, too."""
    folder = tmp_path / "a file"
    folder.write_bytes(b"")
    anchor = Anchor(AnchorKind.FILE, str(folder / "checkpoints.txt"))
    async with open_journal(
        tmp_path / "state", ManualClock(), audit_settings=AuditSettings(anchors=(anchor,))
    ) as journal:
        run, _ = await journal.run_for(plan_of(1), ACTOR)
        await settled(journal, 2)
        folder.unlink()
        await run.finish(0)
    first, second, *rest = events(tmp_path / "state")
    assert (first, second) == ("run.started", "audit.anchor_failed")
    # which of the two is first depends on whether the anchor is told before or after the run's end is signed
    assert sorted(rest) == ["audit.anchor_restored", "run.ended"]
