"""Permissions to send one write, each usable once."""

from azremediate.core.errors import IntegrityBroken
from azremediate.core.write import Intent


class Permits:
    """The intents whose commit has returned and that were not used yet."""

    def __init__(self) -> None:
        self._open: dict[int, Intent] = {}

    def issue(self, intent: Intent) -> None:
        """Allow one write; called after the commit."""
        self._open[intent.number] = intent

    def withdraw(self, number: int) -> None:
        """Allow it no longer: the step was settled."""
        self._open.pop(number, None)

    def redeem(self, intent: Intent) -> None:
        """Use up a permission; `IntegrityBroken` when this very intent was not issued, or was used before."""
        if self._open.get(intent.number) is not intent:
            raise IntegrityBroken(
                f"a write ({intent.step[:80]}) was about to be sent without a recorded intent; it was not sent",
                hint="this is a fault of azremediate: please report it",
            )
        del self._open[intent.number]
