"""Directory objects by id, whatever their type."""

from __future__ import annotations

from typing import Final

from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Done, Route, Single
from azremediate.lab.graph.errors import bad_request, not_found
from azremediate.lab.graph.navigation import tagged
from azremediate.lab.graph.render import project
from azremediate.lab.schema.directory import DIRECTORY_OBJECT
from azremediate.lab.schema.entity import Kinds
from azremediate.lab.schema.validation import check_parameters, is_guid

_PARAMETERS: Final[Kinds] = {"ids": "[String]", "types": "[String]"}
_TYPES: Final = frozenset({"user", "group", "servicePrincipal", "application", "directoryRole", "device"})
_MAX_IDS: Final = 1000


def get_directory_object(call: Call) -> Single:
    """GET /directoryObjects/{id}"""
    rows = tagged(call.store, [call.keys[0].value])
    if not rows:
        raise not_found(call.keys[0].value)
    return Single(DIRECTORY_OBJECT, rows[0], "directoryObjects")


def get_by_ids(call: Call) -> Done:
    """POST /directoryObjects/getByIds: ids that do not exist, or have another type, are left out of the answer."""
    body = call.json_body()
    check_parameters(_PARAMETERS, body)
    ids, types = body.get("ids"), body.get("types")
    if not ids or len(ids) > _MAX_IDS or not all(is_guid(object_id) for object_id in ids):
        raise bad_request(f"The parameter 'ids' takes 1 to {_MAX_IDS} object ids.")
    if types and not _TYPES.issuperset(types):
        raise bad_request("Invalid object type specified in the parameter 'types'.")
    wanted = {f"#microsoft.graph.{name}" for name in types or _TYPES}
    rows = [row for row in tagged(call.store, list(dict.fromkeys(ids))) if row["@odata.type"] in wanted]
    context = f"{call.root}/$metadata#directoryObjects"
    shown = [project(call.store, DIRECTORY_OBJECT, row, None) for row in rows]
    return Done("getByIds", 200, {"@odata.context": context, "value": shown}, effect=False)


ROUTES: Final = (
    Route("GET", "/directoryObjects/{id}", get_directory_object, need.DIRECTORY_READ),
    Route("POST", "/directoryObjects/getByIds", get_by_ids, need.DIRECTORY_READ),
)
