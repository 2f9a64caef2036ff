"""Holds several notices against each other: which messages which of them tells, and in what they differ."""

from collections import Counter
from collections.abc import Mapping, Sequence

from azremediate.core.notice import NoticedMessage
from azremediate.core.notice_reading import MessageDifference, NoticeReading, Reconciliation
from azremediate.core.noticed_once import FIELDS, said

_Told = Mapping[str, Sequence[NoticedMessage]]


def reconcile(readings: Sequence[NoticeReading]) -> Reconciliation:
    """What is told by one notice only, by several, and where they contradict each other."""
    tellers: list[_Told] = [_by_id(reading.messages) for reading in readings]
    names = tuple(reading.name for reading in readings)
    shared: Counter[tuple[str, ...]] = Counter()
    fields: Counter[str] = Counter()
    found = []
    for message_id in dict.fromkeys(one for told in tellers for one in told):
        at = [index for index, told in enumerate(tellers) if message_id in told]
        differs = _differing(message_id, at, tellers, readings)
        who = tuple(names[index] for index in at)
        shared[who] += 1
        fields.update(differs)
        if differs or len(at) < len(readings):
            found.append(MessageDifference(message_id, who, differs))
    without = sum(1 for reading in readings for message in reading.messages if not message.message_id)
    return Reconciliation(names, dict(shared), dict(fields), tuple(found), without)


def _by_id(messages: Sequence[NoticedMessage]) -> _Told:
    found: dict[str, list[NoticedMessage]] = {}
    for message in messages:
        if message.message_id:
            found.setdefault(message.message_id, []).append(message)
    return found


def _differing(
    message_id: str, at: Sequence[int], tellers: Sequence[_Told], readings: Sequence[NoticeReading]
) -> tuple[str, ...]:
    """The fields in which the notices at these places say otherwise, among those that all of them have."""
    if len(at) < 2:
        return ()
    common = [name for name in FIELDS if all(name in readings[index].columns for index in at) and name != "notice_id"]
    return tuple(
        name
        for name in common
        if len({frozenset(said(row, name) for row in tellers[index][message_id]) for index in at}) > 1
    )
