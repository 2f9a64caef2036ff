"""Privileged people, what was measured of them, and a tenant as the target of a policy."""

from dataclasses import replace

from azremediate.core.privilege import Measured, Person, Readiness
from azremediate.core.target import Target, TargetKind
from tests.fakes import TENANT_ID

POLICIES = "/identity/conditionalAccess/policies"
GLASS = ("dddddddd-0000-4000-8000-00000000000a", "dddddddd-0000-4000-8000-00000000000b")
TARGET = Target(TENANT_ID, TargetKind.TENANT, TENANT_ID, "Contoso", exempt=GLASS)
GLOBAL_ADMINISTRATOR = "62e90394-69f5-4237-9190-012177145e10"
ALICE = Person(
    id="dddddddd-0000-4000-8000-000000000001",
    name="alice@x",
    guest=False,
    roles=(GLOBAL_ADMINISTRATOR,),
    azure=True,
    roads=("Global Administrator", "Owner"),
    resistant=True,
    multifactor=True,
)
BOB = replace(ALICE, id="dddddddd-0000-4000-8000-000000000002", name="bob@x", resistant=False)


def target_with(*people: Person, measured: Measured | None = None) -> Target:
    """The tenant with these privileged people."""
    return replace(TARGET, readiness=Readiness(people, (measured,) if measured else ()))
