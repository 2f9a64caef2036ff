"""Types of Identity Protection, as published."""

from __future__ import annotations

from typing import Final

from azremediate.lab.schema.entity import entity

_RISK: Final = """
    isProcessing:Boolean riskDetail:riskDetail riskLastUpdatedDateTime:DateTimeOffset riskLevel:riskLevel
    riskState:riskState
    """

RISKY_USER: Final = entity("riskyUser", f"{_RISK} isDeleted:Boolean userDisplayName:String userPrincipalName:String")

RISKY_PRINCIPAL: Final = entity(
    "riskyServicePrincipal",
    f"{_RISK} appId:String displayName:String isEnabled:Boolean servicePrincipalType:String",
)
