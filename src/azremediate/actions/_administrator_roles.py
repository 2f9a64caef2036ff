"""The directory roles whose holders have to sign in strongly, by template id."""

from collections.abc import Sequence

from azremediate.actions._reading import is_guid
from azremediate.core.errors import InputInvalid

ROLES = (
    "62e90394-69f5-4237-9190-012177145e10",  # Global Administrator
    "e8611ab8-c189-46e8-94e1-60213ab1f814",  # Privileged Role Administrator
    "fe930be7-5e62-47db-91af-98c3a49a38b1",  # User Administrator
    "f28a1f50-f6e7-4571-818b-6a12f2af6b6c",  # SharePoint Administrator
    "29232cdf-9323-42fd-ade2-1d097af3e4de",  # Exchange Administrator
    "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2",  # Hybrid Identity Administrator
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",  # Application Administrator
    "158c047a-c907-4556-b7ef-446551a6b5f7",  # Cloud Application Administrator
    "c4e39bd9-1100-46d3-8c65-fb160da0071f",  # Authentication Administrator
    "b0f54661-2d74-4c50-afa3-1ec803f12efe",  # Billing Administrator
    "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",  # Conditional Access Administrator
    "729827e3-9c14-49f7-bb1b-9608f156bbb8",  # Helpdesk Administrator
    "966707d0-3269-4727-9be2-8c3a10f19b9d",  # Password Administrator
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",  # Privileged Authentication Administrator
    "194ae4cb-b126-40b2-bd5b-6091b380977d",  # Security Administrator
)
"""CISA's eight highly privileged roles, and what Microsoft's template for administrators adds."""

_DIRECTORY_SYNCHRONIZATION = "d29b2b05-8046-44ba-8758-1e26182fcf32"


def check_roles(roles: Sequence[str]) -> None:
    """Raise `InputInvalid` for roles that no policy can or may name."""
    if not roles:
        raise InputInvalid("roles is empty", hint="leave it out to take the default roles")
    for role in roles:
        if not is_guid(role):
            raise InputInvalid(f"roles: {role[:80]!r} is no template id of a role")
        if role.lower() == _DIRECTORY_SYNCHRONIZATION:
            raise InputInvalid("roles: the directory synchronization account signs in without a person; leave it out")
