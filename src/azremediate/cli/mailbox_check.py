"""The check of `azremediate doctor` whether a mailbox can be read, by asking for one message that is not there."""

from azremediate.cli.doctor_checks import Check, Health, failed
from azremediate.cli.session import Session
from azremediate.core.errors import ObjectMissing, PermissionMissing, TenantError
from azremediate.core.exit_code import ExitCode
from azremediate.core.mailbox import READER

_PROBE = "azremediate-doctor@invalid"
_SCOPE = "scope it to the mailboxes of the case with Exchange's RBAC for Applications, and remove it after the case"


async def mailbox_check(session: Session, mailbox: str) -> Check:
    """Whether `scan --mailbox` can read a mailbox.

    The token does not tell: what Exchange's RBAC for Applications grants stands in no token.
    """
    (permission,) = READER.needs.graph
    name = f"mailbox {mailbox}"
    try:
        await session.tenant.mail.by_message_id(mailbox, _PROBE)
    except PermissionMissing:
        cure = f"grant the application {permission}: {_SCOPE}"
        return Check(name, Health.FAIL, f"access is refused: {permission} is missing", cure, ExitCode.SIGN_IN)
    except ObjectMissing:
        return Check(name, Health.WARN, "there is no such mailbox, or it is not in Exchange Online", "check the name")
    except TenantError as error:
        return failed(name, error)
    roles = session.claims.get("roles")
    if isinstance(roles, list) and {permission, permission.replace(".Read", ".ReadWrite")} & {*map(str, roles)}:
        found = f"can be read, as can every other: {permission} is for the whole tenant"
        return Check(name, Health.WARN, found, _SCOPE)
    return Check(name, Health.OK, "can be read")
