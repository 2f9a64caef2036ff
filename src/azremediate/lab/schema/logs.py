"""Log and report types: v1.0 as published, and the two usage reports that only beta has."""

from __future__ import annotations

from typing import Final

from azremediate.lab.schema.entity import entity

DIRECTORY_AUDIT: Final = entity(
    "directoryAudit",
    """
    activityDateTime:DateTimeOffset activityDisplayName:String additionalDetails:[keyValue] category:String
    correlationId:String initiatedBy:auditActivityInitiator loggedByService:String operationType:String
    result:operationResult resultReason:String targetResources:[targetResource]
    """,
)

SIGN_IN: Final = entity(
    "signIn",
    """
    appDisplayName:String appId:String appliedConditionalAccessPolicies:[appliedConditionalAccessPolicy]
    clientAppUsed:String conditionalAccessStatus:conditionalAccessStatus correlationId:String
    createdDateTime:DateTimeOffset deviceDetail:deviceDetail homeTenantId:String ipAddress:String
    isInteractive:Boolean location:signInLocation resourceDisplayName:String resourceId:String
    resourceTenantId:String riskDetail:riskDetail riskEventTypes_v2:[String] riskLevelAggregated:riskLevel
    riskLevelDuringSignIn:riskLevel riskState:riskState servicePrincipalId:String
    servicePrincipalName:String status:signInStatus userAgent:String userDisplayName:String userId:String
    userPrincipalName:String
    """,
)

USER_REGISTRATION: Final = entity(
    "userRegistrationDetails",
    """
    isAdmin:Boolean isMfaCapable:Boolean isMfaRegistered:Boolean isPasswordlessCapable:Boolean
    isSsprCapable:Boolean isSsprEnabled:Boolean isSsprRegistered:Boolean
    isSystemPreferredAuthenticationMethodEnabled:Boolean lastUpdatedDateTime:DateTimeOffset
    methodsRegistered:[String] systemPreferredAuthenticationMethods:[String] userDisplayName:String
    userPreferredMethodForSecondaryAuthentication:userDefaultAuthenticationMethod userPrincipalName:String
    userType:signInUserType
    """,
)

# Beta only: resource pages servicePrincipalSignInActivity and appCredentialSignInActivity.
SERVICE_PRINCIPAL_ACTIVITY: Final = entity(
    "servicePrincipalSignInActivity",
    """
    appId:String lastSignInActivity:signInActivity delegatedClientSignInActivity:signInActivity
    delegatedResourceSignInActivity:signInActivity applicationAuthenticationClientSignInActivity:signInActivity
    applicationAuthenticationResourceSignInActivity:signInActivity
    """,
)

CREDENTIAL_ACTIVITY: Final = entity(
    "appCredentialSignInActivity",
    """
    keyId:String keyType:String keyUsage:String appId:String appObjectId:String servicePrincipalObjectId:String
    resourceId:String credentialOrigin:String createdDateTime:DateTimeOffset expirationDateTime:DateTimeOffset
    signInActivity:signInActivity
    """,
)
