"""A storage account by its resource id, and one of its two keys."""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from azremediate.core.secret import Secret

KEY_NAMES: Final = ("key1", "key2")
"""The keys of every account; the Kerberos keys of directory-joined ones are another matter."""

API_VERSION: Final = "2024-01-01"
"""Of Microsoft.Storage. Source: https://learn.microsoft.com/rest/api/storagerp/storage-accounts"""

_ID: Final = re.compile(
    r"/subscriptions/(?P<subscription>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})"
    r"/resourcegroups/(?P<group>[a-z0-9_().-]{0,89}[a-z0-9_()-])"
    r"/providers/microsoft\.storage/storageaccounts/(?P<name>[a-z0-9]{3,24})"
)
_LONGEST: Final = 400


@dataclass(frozen=True, slots=True)
class StorageAccountId:
    """The parts of a resource id in lower case, as Azure compares them."""

    subscription: str
    group: str
    name: str

    @classmethod
    def parse(cls, text: str) -> "StorageAccountId | None":
        """The id in a text; None for anything that is not exactly one. Names of groups are taken in ASCII only."""
        if len(text) > _LONGEST or not text.isascii():
            return None
        match = _ID.fullmatch(text.strip().lower())
        return cls(match["subscription"], match["group"], match["name"]) if match is not None else None

    def __str__(self) -> str:
        """The resource id, in the one spelling in which equal accounts are equal."""
        return (
            f"/subscriptions/{self.subscription}/resourceGroups/{self.group}"
            f"/providers/Microsoft.Storage/storageAccounts/{self.name}"
        )

    def secret_name(self, key: str) -> str:
        """The name under which a key of it is stored in the vault."""
        return f"storage-{self.name}-{key}"


@dataclass(frozen=True, slots=True)
class StorageKey:
    """One key as Azure Resource Manager lists it; `created` is None where it does not tell."""

    name: str
    value: Secret
    created: datetime | None
