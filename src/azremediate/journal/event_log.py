"""The events of long work as log lines, for whoever asks for detail with -v."""

from dataclasses import asdict

import structlog

from azremediate.core.events import ChangeEnded, Event, Listener, Progressed, StepTaken, Waiting

_NAMES = {ChangeEnded: "change.ended", StepTaken: "step.taken", Waiting: "work.waits", Progressed: "work.progressed"}


def logged(listener: Listener) -> Listener:
    """A listener that also logs: ends of changes and waits as information, steps and progress as detail."""
    log = structlog.get_logger()

    def listen(event: Event) -> None:
        write = log.info if isinstance(event, ChangeEnded | Waiting) else log.debug
        write(_NAMES[type(event)], **asdict(event))
        listener(event)

    return listen
