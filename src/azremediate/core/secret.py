"""A secret value that cannot be printed, compared, copied or stored by accident."""

from collections.abc import Callable
from typing import Final, NoReturn, TypeVar, final

Result = TypeVar("Result")


@final
class Secret:
    """Holds a secret text; `use` hands it to one function and is called in few, listed modules only.

    Everything that would turn the value into text or bytes raises, and `repr` shows nothing, so that a log line, a
    traceback or a JSON encoder cannot leak it.
    """

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        if not text:
            raise ValueError("a secret is a text that is not empty")
        self.__text: Final = text

    def use(self, consumer: Callable[[str], Result]) -> Result:
        """Call `consumer` with the value and return what it returns."""
        return consumer(self.__text)

    def __repr__(self) -> str:
        return "Secret(hidden)"

    def _refuse(self, *_: object) -> NoReturn:
        raise TypeError("a secret cannot be printed, compared, copied or stored")

    __str__ = __format__ = __len__ = __iter__ = __bool__ = _refuse
    __eq__ = __ne__ = _refuse
    __hash__ = __bytes__ = _refuse
    __reduce__ = __reduce_ex__ = __getstate__ = __copy__ = __deepcopy__ = _refuse
