"""Directory object types as v1.0 publishes them, with what the simulated tenant lets a caller set."""

from __future__ import annotations

from typing import Final

from azremediate.lab.schema.entity import EntityType, entity

APPLICATION: Final = entity(
    "application",
    """
    addIns:[addIn] api:apiApplication appId:String applicationTemplateId:String appRoles:[appRole]
    createdByAppId:String createdDateTime:DateTimeOffset defaultRedirectUri:String description:String
    disabledByMicrosoftStatus:String displayName:String groupMembershipClaims:String identifierUris:[String]
    info:informationalUrl isDeviceOnlyAuthSupported:Boolean isDisabled:Boolean
    isFallbackPublicClient:Boolean keyCredentials:[keyCredential] managerApplications:[Guid] notes:String
    oauth2RequirePostResponse:Boolean optionalClaims:optionalClaims
    parentalControlSettings:parentalControlSettings passwordCredentials:[passwordCredential]
    publicClient:publicClientApplication publisherDomain:String
    requestSignatureVerification:requestSignatureVerification
    requiredResourceAccess:[requiredResourceAccess] samlMetadataUrl:String serviceManagementReference:String
    servicePrincipalLockConfiguration:servicePrincipalLockConfiguration signInAudience:String
    spa:spaApplication tags:[String] tokenEncryptionKeyId:Guid uniqueName:String
    verifiedPublisher:verifiedPublisher web:webApplication
    """,
    read_only="""
    appId applicationTemplateId createdByAppId createdDateTime disabledByMicrosoftStatus managerApplications
    publisherDomain verifiedPublisher uniqueName
    """,
    unfilterable="passwordCredentials addIns appRoles info notes optionalClaims requiredResourceAccess spa",
    expandable="owners federatedIdentityCredentials appManagementPolicies",
    directory=True,
)

SERVICE_PRINCIPAL: Final = entity(
    "servicePrincipal",
    """
    accountEnabled:Boolean addIns:[addIn] alternativeNames:[String] appDescription:String
    appDisplayName:String appId:String applicationTemplateId:String appOwnerOrganizationId:Guid
    appRoleAssignmentRequired:Boolean appRoles:[appRole] createdByAppId:String description:String
    disabledByMicrosoftStatus:String displayName:String homepage:String info:informationalUrl
    isDisabled:Boolean keyCredentials:[keyCredential] loginUrl:String logoutUrl:String notes:String
    notificationEmailAddresses:[String] oauth2PermissionScopes:[permissionScope]
    passwordCredentials:[passwordCredential] preferredSingleSignOnMode:String
    preferredTokenSigningKeyThumbprint:String replyUrls:[String]
    resourceSpecificApplicationPermissions:[resourceSpecificPermission]
    samlSingleSignOnSettings:samlSingleSignOnSettings servicePrincipalNames:[String]
    servicePrincipalType:String signInAudience:String tags:[String] tokenEncryptionKeyId:Guid
    verifiedPublisher:verifiedPublisher
    """,
    read_only="""
    appDescription appDisplayName appId applicationTemplateId appOwnerOrganizationId createdByAppId
    disabledByMicrosoftStatus isDisabled oauth2PermissionScopes resourceSpecificApplicationPermissions
    servicePrincipalType signInAudience verifiedPublisher
    """,
    unfilterable="passwordCredentials addIns appRoles info notes oauth2PermissionScopes samlSingleSignOnSettings",
    expandable="owners appRoleAssignments appRoleAssignedTo oauth2PermissionGrants memberOf",
    directory=True,
)

USER: Final = entity(
    "user",
    """
    accountEnabled:Boolean ageGroup:String assignedLicenses:[assignedLicense] assignedPlans:[assignedPlan]
    businessPhones:[String] city:String companyName:String consentProvidedForMinor:String country:String
    createdDateTime:DateTimeOffset creationType:String department:String displayName:String
    employeeHireDate:DateTimeOffset employeeId:String employeeLeaveDateTime:DateTimeOffset
    employeeOrgData:employeeOrgData employeeType:String externalUserState:String
    externalUserStateChangeDateTime:DateTimeOffset faxNumber:String givenName:String
    identities:[objectIdentity] imAddresses:[String] isManagementRestricted:Boolean
    isResourceAccount:Boolean jobTitle:String lastPasswordChangeDateTime:DateTimeOffset
    legalAgeGroupClassification:String licenseAssignmentStates:[licenseAssignmentState] mail:String
    mailNickname:String mobilePhone:String officeLocation:String onPremisesDistinguishedName:String
    onPremisesDomainName:String onPremisesExtensionAttributes:onPremisesExtensionAttributes
    onPremisesImmutableId:String onPremisesLastSyncDateTime:DateTimeOffset
    onPremisesProvisioningErrors:[onPremisesProvisioningError] onPremisesSamAccountName:String
    onPremisesSecurityIdentifier:String onPremisesSyncEnabled:Boolean onPremisesUserPrincipalName:String
    otherMails:[String] passwordPolicies:String passwordProfile:passwordProfile postalCode:String
    preferredDataLocation:String preferredLanguage:String provisionedPlans:[provisionedPlan]
    proxyAddresses:[String] securityIdentifier:String serviceProvisioningErrors:[serviceProvisioningError]
    showInAddressList:Boolean signInActivity:signInActivity signInSessionsValidFromDateTime:DateTimeOffset
    state:String streetAddress:String surname:String usageLocation:String userPrincipalName:String
    userType:String
    """,
    read_only="""
    ageGroup assignedLicenses assignedPlans createdDateTime creationType externalUserStateChangeDateTime imAddresses
    isManagementRestricted isResourceAccount lastPasswordChangeDateTime legalAgeGroupClassification
    licenseAssignmentStates onPremisesDistinguishedName onPremisesDomainName onPremisesLastSyncDateTime
    onPremisesProvisioningErrors onPremisesSamAccountName onPremisesSecurityIdentifier onPremisesSyncEnabled
    onPremisesUserPrincipalName provisionedPlans proxyAddresses securityIdentifier serviceProvisioningErrors
    signInActivity signInSessionsValidFromDateTime
    """,
    default="""
    businessPhones displayName givenName jobTitle mail mobilePhone officeLocation preferredLanguage surname
    userPrincipalName
    """,
    unfilterable="passwordProfile passwordPolicies",
    expandable="memberOf transitiveMemberOf ownedObjects appRoleAssignments",
    directory=True,
)

GROUP: Final = entity(
    "group",
    """
    assignedLabels:[assignedLabel] assignedLicenses:[assignedLicense] classification:String
    createdDateTime:DateTimeOffset description:String displayName:String expirationDateTime:DateTimeOffset
    groupTypes:[String] isAssignableToRole:Boolean isManagementRestricted:Boolean
    licenseProcessingState:licenseProcessingState mail:String mailEnabled:Boolean mailNickname:String
    membershipRule:String membershipRuleProcessingState:String onPremisesDomainName:String
    onPremisesExtensionAttributes:onPremisesExtensionAttributes onPremisesLastSyncDateTime:DateTimeOffset
    onPremisesNetBiosName:String onPremisesProvisioningErrors:[onPremisesProvisioningError]
    onPremisesSamAccountName:String onPremisesSecurityIdentifier:String onPremisesSyncEnabled:Boolean
    organizationId:String preferredDataLocation:String preferredLanguage:String proxyAddresses:[String]
    renewedDateTime:DateTimeOffset resourceBehaviorOptions:[String] resourceProvisioningOptions:[String]
    securityEnabled:Boolean securityIdentifier:String serviceProvisioningErrors:[serviceProvisioningError]
    theme:String uniqueName:String visibility:String welcomeMessageEnabled:Boolean
    """,
    hidden="assignedLicenses isAssignableToRole isManagementRestricted licenseProcessingState organizationId",
    expandable="members owners memberOf",
    directory=True,
)

DIRECTORY_ROLE: Final = entity(
    "directoryRole",
    "description:String displayName:String roleTemplateId:String",
    expandable="members",
    directory=True,
)

ORGANIZATION: Final = entity(
    "organization",
    """
    assignedPlans:[assignedPlan] businessPhones:[String] city:String country:String countryLetterCode:String
    createdDateTime:DateTimeOffset defaultUsageLocation:String displayName:String
    marketingNotificationEmails:[String] mobileDeviceManagementAuthority:mdmAuthority
    onPremisesLastSyncDateTime:DateTimeOffset onPremisesSyncEnabled:Boolean
    partnerTenantType:partnerTenantType postalCode:String preferredLanguage:String
    privacyProfile:privacyProfile provisionedPlans:[provisionedPlan]
    securityComplianceNotificationMails:[String] securityComplianceNotificationPhones:[String] state:String
    street:String technicalNotificationMails:[String] tenantType:String verifiedDomains:[verifiedDomain]
    """,
    directory=True,
)

DOMAIN: Final = entity(
    "domain",
    """
    authenticationType:String availabilityStatus:String isAdminManaged:Boolean isDefault:Boolean
    isInitial:Boolean isRoot:Boolean isVerified:Boolean manufacturer:String model:String
    passwordNotificationWindowInDays:Int32 passwordValidityPeriodInDays:Int32 state:domainState
    supportedServices:[String]
    """,
)

SUBSCRIBED_SKU: Final = entity(
    "subscribedSku",
    """
    accountId:String accountName:String appliesTo:String capabilityStatus:String consumedUnits:Int32
    prepaidUnits:licenseUnitsDetail servicePlans:[servicePlanInfo] skuId:Guid skuPartNumber:String
    subscriptionIds:[String]
    """,
)

FEDERATED_CREDENTIAL: Final = entity(
    "federatedIdentityCredential",
    "audiences:[String] description:String issuer:String name:String subject:String",
)

APP_ROLE_ASSIGNMENT: Final = entity(
    "appRoleAssignment",
    """
    appRoleId:Guid createdDateTime:DateTimeOffset principalDisplayName:String principalId:Guid
    principalType:String resourceDisplayName:String resourceId:Guid
    """,
    directory=True,
)

PERMISSION_GRANT: Final = entity(
    "oAuth2PermissionGrant",
    "clientId:String consentType:String principalId:String resourceId:String scope:String",
)

# What a collection of mixed directory objects may be asked about: each row answers with what its own type has.
DIRECTORY_OBJECT: Final = EntityType(
    "directoryObject",
    {**DIRECTORY_ROLE.kinds, **GROUP.kinds, **SERVICE_PRINCIPAL.kinds, **APPLICATION.kinds, **USER.kinds},
    directory=True,
)
