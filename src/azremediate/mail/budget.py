"""What taking one message apart may still use; shared by all its parts."""

from collections.abc import Callable
from dataclasses import dataclass, field

from azremediate.core.finding import NotAnalysed
from azremediate.mail.limits import Limits
from azremediate.mail.message import FilePart, TextPart
from azremediate.mail.reasons import Reason


@dataclass(slots=True)
class Budget:
    """Limits with what is used of them, and the parts found so far.

    deadline: by `clock`, in seconds. take_message: takes a message inside another one apart (raw, path, budget, depth).
    """

    limits: Limits
    clock: Callable[[], float]
    source: str
    message_id: str
    mime_sha256: str
    take_message: "Callable[[bytes, str, Budget, int], None]"
    entries: int = 0
    unpacked: int = 0
    deadline: float = 0.0
    texts: list[TextPart] = field(default_factory=list)
    files: list[FilePart] = field(default_factory=list)
    missed: list[NotAnalysed] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.deadline = self.clock() + self.limits.seconds

    def may_open(self, path: str, size: int, depth: int) -> bool:
        """Whether a part of this size is looked into; where not, it is listed."""
        self.entries += 1
        reason = None
        if self.clock() > self.deadline:
            reason = Reason.TOO_LONG
        elif size > self.limits.file:
            reason = Reason.TOO_LARGE
        elif depth > self.limits.depth:
            reason = Reason.TOO_DEEP
        elif self.entries > self.limits.entries:
            reason = Reason.TOO_MANY
        if reason is not None:
            self.miss(path, reason, size)
        return reason is None

    def miss(self, path: str, reason: Reason, size: int) -> None:
        """List a part that was not analysed; of very many the last one says that there are more."""
        if len(self.missed) <= 5000:
            text = str(reason) if len(self.missed) < 5000 else f"{reason}; further parts of this message are not listed"
            self.missed.append(NotAnalysed(self.source, self.message_id, path, text, size, self.mime_sha256))

    def text(self, path: str, text: str, media_type: str = "text/plain", *, twin: bool = False) -> None:
        """Add a text, unless it is empty."""
        if text and not text.isspace():
            self.texts.append(TextPart(path, text, media_type, twin))
