"""Policy and role types as v1.0 publishes them."""

from __future__ import annotations

from typing import Final

from azremediate.lab.schema.entity import entity

CONDITIONAL_ACCESS_POLICY: Final = entity(
    "conditionalAccessPolicy",
    """
    conditions:conditionalAccessConditionSet createdDateTime:DateTimeOffset description:String
    displayName:String grantControls:conditionalAccessGrantControls modifiedDateTime:DateTimeOffset
    sessionControls:conditionalAccessSessionControls state:conditionalAccessPolicyState templateId:String
    """,
    read_only="createdDateTime modifiedDateTime templateId",
)

AUTHENTICATION_STRENGTH: Final = entity(
    "authenticationStrengthPolicy",
    """
    allowedCombinations:[authenticationMethodModes] createdDateTime:DateTimeOffset description:String
    displayName:String modifiedDateTime:DateTimeOffset policyType:authenticationStrengthPolicyType
    requirementsSatisfied:authenticationStrengthRequirements
    """,
)

SECURITY_DEFAULTS: Final = entity(
    "identitySecurityDefaultsEnforcementPolicy",
    "isEnabled:Boolean description:String displayName:String",
    read_only="description displayName",
)

OWN_APP_MANAGEMENT_POLICY: Final = entity(
    "appManagementPolicy",
    "isEnabled:Boolean restrictions:customAppManagementConfiguration description:String displayName:String",
)

APP_MANAGEMENT_POLICY: Final = entity(
    "tenantAppManagementPolicy",
    """
    applicationRestrictions:appManagementApplicationConfiguration isEnabled:Boolean
    servicePrincipalRestrictions:appManagementServicePrincipalConfiguration description:String
    displayName:String
    """,
)

AUTHORIZATION_POLICY: Final = entity(
    "authorizationPolicy",
    """
    allowedToSignUpEmailBasedSubscriptions:Boolean allowedToUseSSPR:Boolean
    allowEmailVerifiedUsersToJoinOrganization:Boolean allowInvitesFrom:allowInvitesFrom
    allowUserConsentForRiskyApps:Boolean blockMsolPowerShell:Boolean
    defaultUserRolePermissions:defaultUserRolePermissions guestUserRoleId:Guid description:String
    displayName:String
    """,
)

ROLE_DEFINITION: Final = entity(
    "unifiedRoleDefinition",
    """
    description:String displayName:String isBuiltIn:Boolean isEnabled:Boolean resourceScopes:[String]
    rolePermissions:[unifiedRolePermission] templateId:String version:String
    """,
)

ROLE_ASSIGNMENT: Final = entity(
    "unifiedRoleAssignment",
    """
    appScopeId:String condition:String directoryScopeId:String principalId:String
    principalOrganizationId:String roleDefinitionId:String
    """,
    expandable="principal roleDefinition",
)

ROLE_ASSIGNMENT_INSTANCE: Final = entity(
    "unifiedRoleAssignmentScheduleInstance",
    """
    assignmentType:String endDateTime:DateTimeOffset memberType:String roleAssignmentOriginId:String
    roleAssignmentScheduleId:String startDateTime:DateTimeOffset appScopeId:String directoryScopeId:String
    principalId:String roleDefinitionId:String
    """,
    expandable="principal roleDefinition",
)

GROUP_ELIGIBILITY_INSTANCE: Final = entity(
    "privilegedAccessGroupEligibilityScheduleInstance",
    """
    accessId:privilegedAccessGroupRelationships eligibilityScheduleId:String endDateTime:DateTimeOffset
    groupId:String memberType:privilegedAccessGroupMemberType principalId:String startDateTime:DateTimeOffset
    """,
    expandable="group principal",
)

ROLE_ELIGIBILITY_INSTANCE: Final = entity(
    "unifiedRoleEligibilityScheduleInstance",
    """
    endDateTime:DateTimeOffset memberType:String roleEligibilityScheduleId:String
    startDateTime:DateTimeOffset appScopeId:String directoryScopeId:String principalId:String
    roleDefinitionId:String
    """,
    expandable="principal roleDefinition",
)

_SCHEDULE_REQUEST: Final = """
    approvalId:String completedDateTime:DateTimeOffset createdDateTime:DateTimeOffset customData:String status:String
    action:unifiedRoleScheduleRequestActions appScopeId:String directoryScopeId:String isValidationOnly:Boolean
    justification:String principalId:String roleDefinitionId:String scheduleInfo:requestSchedule
    targetScheduleId:String ticketInfo:ticketInfo
    """
_BY_THE_SERVICE: Final = "approvalId completedDateTime createdDateTime status"

ROLE_ASSIGNMENT_REQUEST: Final = entity(
    "unifiedRoleAssignmentScheduleRequest", _SCHEDULE_REQUEST, read_only=_BY_THE_SERVICE
)

ROLE_ELIGIBILITY_REQUEST: Final = entity(
    "unifiedRoleEligibilityScheduleRequest", _SCHEDULE_REQUEST, read_only=_BY_THE_SERVICE
)
