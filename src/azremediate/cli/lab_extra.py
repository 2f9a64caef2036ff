"""Whether the packages that the lab needs are installed."""

from importlib.util import find_spec

from azremediate.core.errors import AzremediateError

_NEEDED = ("starlette", "uvicorn", "trustme")


def require_lab() -> None:
    """Raise with the remedy when a package of the extra `lab` is missing."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise AzremediateError(
            f"the simulated tenant needs packages that are not installed: {', '.join(missing)}",
            hint="install it with: pip install 'azremediate[lab]'",
        )
