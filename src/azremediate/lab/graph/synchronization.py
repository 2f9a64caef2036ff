"""Provisioning jobs of service principals: an application that only provisions never signs in."""

from __future__ import annotations

from typing import Final

from azremediate.lab.graph import permissions as need
from azremediate.lab.graph.call import Call, Listing, Route
from azremediate.lab.graph.lookup import find_service_principal
from azremediate.lab.schema.entity import entity

SYNCHRONIZATION_JOB: Final = entity("synchronizationJob", "templateId:String")


def list_jobs(call: Call) -> Listing:
    """GET /servicePrincipals/{id}/synchronization/jobs"""
    item = find_service_principal(call)
    rows = call.store.synchronization_jobs.get(item["id"], [])
    return Listing(SYNCHRONIZATION_JOB, rows, f"servicePrincipals('{item['id']}')/synchronization/jobs")


ROUTES: Final = (Route("GET", "/servicePrincipals/{id}/synchronization/jobs", list_jobs, need.SYNCHRONIZATION_READ),)
