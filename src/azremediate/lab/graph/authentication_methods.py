"""What a user signs in with: listed as a whole, removed by its own collection."""

from __future__ import annotations

from typing import Final

from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Done, Listing, Route
from azremediate.lab.graph.errors import bad_request, denied, not_found
from azremediate.lab.graph.lookup import find_user
from azremediate.lab.graph.trail import changed, record
from azremediate.lab.graph.users import check_admin_target
from azremediate.lab.objects import JsonObject
from azremediate.lab.schema.authentication import AUTHENTICATION_METHOD

# collection below /users/{id}/authentication -> type, permission of its own
_KINDS: Final = {
    "phoneMethods": ("phoneAuthenticationMethod", "UserAuthMethod-Phone.ReadWrite.All"),
    "fido2Methods": ("fido2AuthenticationMethod", "UserAuthMethod-Passkey.ReadWrite.All"),
    "microsoftAuthenticatorMethods": (
        "microsoftAuthenticatorAuthenticationMethod",
        "UserAuthMethod-MicrosoftAuthApp.ReadWrite.All",
    ),
    "softwareOathMethods": ("softwareOathAuthenticationMethod", "UserAuthMethod-SoftwareOATH.ReadWrite.All"),
    "emailMethods": ("emailAuthenticationMethod", "UserAuthMethod-Email.ReadWrite.All"),
    "temporaryAccessPassMethods": ("temporaryAccessPassAuthenticationMethod", "UserAuthMethod-TAP.ReadWrite.All"),
    "windowsHelloForBusinessMethods": (
        "windowsHelloForBusinessAuthenticationMethod",
        "UserAuthMethod-WindowsHello.ReadWrite.All",
    ),
    "platformCredentialMethods": (
        "platformCredentialAuthenticationMethod",
        "UserAuthMethod-PlatformCred.ReadWrite.All",
    ),
    "externalAuthenticationMethods": ("externalAuthenticationMethod", "UserAuthMethod-External.ReadWrite.All"),
}
_ALL: Final = "UserAuthenticationMethod.ReadWrite.All"


def list_methods(call: Call) -> Listing:
    """GET /users/{id}/authentication/methods"""
    item = find_user(call)
    rows = call.store.authentication_methods.get(item["id"], [])
    return Listing(AUTHENTICATION_METHOD, rows, f"users('{item['id']}')/authentication/methods")


def delete_method(call: Call) -> Done:
    """DELETE /users/{id}/authentication/{collection}/{id}"""
    item = find_user(call)
    check_admin_target(call, item)
    collection = call.path.rstrip("/").split("/")[-2]
    known = {name.lower(): kind for name, kind in _KINDS.items()}
    type_name, permission = known[collection.lower()]
    if not {permission, _ALL} & set(call.claims.roles):
        raise denied()
    rows = call.store.authentication_methods.get(item["id"], [])
    tag = f"#microsoft.graph.{type_name}"
    row = next((one for one in rows if one["id"] == call.keys[1].value and one["@odata.type"] == tag), None)
    if row is None:
        raise not_found(call.keys[1].value)
    _check_order(rows, row)
    rows.remove(row)
    record(call, "User deleted security info", item, "user", [changed("StrongAuthenticationMethod", row["id"], None)])
    return Done(f"delete {type_name} {row['id']} of {item['id']}")


def _check_order(rows: list[JsonObject], row: JsonObject) -> None:
    if row.get("phoneType") == "mobile" and any(one.get("phoneType") == "alternateMobile" for one in rows):
        raise bad_request("The mobile phone cannot be deleted while an alternate mobile phone is registered.")


ROUTES: Final = (
    Route("GET", "/users/{id}/authentication/methods", list_methods, need.AUTHENTICATION_METHOD_READ),
    *(
        Route("DELETE", f"/users/{{id}}/authentication/{name}/{{method}}", delete_method, (permission, _ALL))
        for name, (_, permission) in _KINDS.items()
    ),
)
