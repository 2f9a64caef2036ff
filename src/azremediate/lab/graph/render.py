"""From rows of the store to what Graph shows of them: selected properties, expansions, pages."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from azremediate.lab.graph.call import Call, Listing, Single
from azremediate.lab.graph.errors import GraphError, denied
from azremediate.lab.graph.navigation import Related, related
from azremediate.lab.objects import JsonObject
from azremediate.lab.odata.options import Expansion, Options, parse_options
from azremediate.lab.odata.page import count_rows, cut_page
from azremediate.lab.schema.authentication import METHODS
from azremediate.lab.schema.directory import APPLICATION, DIRECTORY_ROLE, GROUP, SERVICE_PRINCIPAL, USER
from azremediate.lab.schema.entity import EntityType, empty_value
from azremediate.lab.store import Store

# Directory relationships expand to at most this many objects, without a nextLink.
MAX_EXPANDED = 20

_CONCRETE = {
    f"#microsoft.graph.{entity.name}": entity
    for entity in (
        *(APPLICATION, SERVICE_PRINCIPAL, USER, GROUP, DIRECTORY_ROLE),
        *METHODS,
    )
}


def render_listing(call: Call, listing: Listing) -> JsonObject:
    """Return the body of one page of a collection."""
    options = parse_options(call.query, call.headers, listing.entity, max_top=listing.max_top)
    _check_select(call, listing.entity, options)
    page = cut_page(listing.rows, options, call.path)
    body: JsonObject = {"@odata.context": f"{call.root}/$metadata#{_context(listing.context, options)}"}
    if page.total is not None:
        body["@odata.count"] = page.total
    if page.skiptoken is not None:
        body["@odata.nextLink"] = _next_link(call, page.skiptoken)
    body["value"] = [_show(call, listing.entity, row, options) for row in page.rows]
    return body


def render_count(call: Call, listing: Listing) -> int:
    """Return how many objects of a collection match the filter."""
    options = parse_options(call.query, call.headers, listing.entity)
    return count_rows(listing.rows, options)


def render_single(call: Call, single: Single) -> JsonObject:
    """Return the body of one entity."""
    options = parse_options(call.query, call.headers, single.entity)
    if options.tree is not None or options.order or options.skiptoken is not None:
        raise GraphError(400, "BadRequest", "Query options to filter or order apply to collections only.")
    _check_select(call, single.entity, options)
    context = f"{call.root}/$metadata#{_context(single.context, options)}/$entity"
    return {"@odata.context": context, **_show(call, single.entity, single.row, options)}


def project(store: Store, declared: EntityType, row: JsonObject, select: tuple[str, ...] | None) -> JsonObject:
    """Return the selected properties of a row, or its default ones; properties never set show null or []."""
    tag = row.get("@odata.type")
    entity = _CONCRETE.get(tag, declared) if isinstance(tag, str) else declared
    if select is None:
        shown = {name: row.get(name, empty) for name, empty in entity.blank.items()}
    else:
        names = [name for name in select if name in entity.kinds]
        shown = {name: row.get(name, empty_value(entity.kinds[name])) for name in names}
    if "passwordCredentials" in shown:
        shown["passwordCredentials"] = store.visible_passwords(row)
    if shown.get("keyCredentials") and select is None:
        shown["keyCredentials"] = [{**credential, "key": None} for credential in shown["keyCredentials"]]
    return {"@odata.type": tag, **shown} if tag is not None else shown


def _show(call: Call, entity: EntityType, row: JsonObject, options: Options) -> JsonObject:
    shown = project(call.store, entity, row, options.select)
    if options.expand is not None:
        shown[options.expand.name] = _expanded(call.store, entity, row, options.expand)
    return shown


def _expanded(store: Store, entity: EntityType, row: JsonObject, expansion: Expansion) -> Any:
    found: Related = related(store, entity.name, row, expansion.name)
    if isinstance(found.value, list):
        return [project(store, found.entity, item, expansion.select) for item in found.value[:MAX_EXPANDED]]
    return None if found.value is None else project(store, found.entity, found.value, expansion.select)


def _context(context: str, options: Options) -> str:
    if options.select is None or "(" in context:
        return context
    return f"{context}({','.join(options.select)})"


def _next_link(call: Call, skiptoken: str) -> str:
    pairs = [(key, value) for key, value in parse_qsl(call.query, keep_blank_values=True) if key != "$skiptoken"]
    query = urlencode([*pairs, ("$skiptoken", skiptoken)], quote_via=quote, safe="$,()'/:")
    return f"{call.origin}{call.path}?{query}"


def _check_select(call: Call, entity: EntityType, options: Options) -> None:
    """signInActivity needs a permission of its own and a premium licence."""
    if entity is USER and options.select is not None and "signInActivity" in options.select:
        if "AuditLog.Read.All" not in call.claims.roles:
            raise denied()
        if not call.store.premium:
            message = "Neither tenant is B2C or tenant doesn't have premium license"
            raise GraphError(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", message)
