"""Complex types as v1.0 publishes them: what a nested object may hold."""

from __future__ import annotations

from typing import Final

from azremediate.lab.schema.entity import Kinds, parse_kinds

COMPLEX: Final[dict[str, Kinds]] = {
    name: parse_kinds(table)
    for name, table in {
        "addIn": "id:Guid properties:[keyValue] type:String",
        "apiApplication": """
            acceptMappedClaims:Boolean knownClientApplications:[Guid] oauth2PermissionScopes:[permissionScope]
            preAuthorizedApplications:[preAuthorizedApplication] requestedAccessTokenVersion:Int32
            """,
        "appIdentity": "appId:String displayName:String servicePrincipalId:String servicePrincipalName:String",
        "appManagementApplicationConfiguration": """
            identifierUris:identifierUriConfiguration keyCredentials:[keyCredentialConfiguration]
            passwordCredentials:[passwordCredentialConfiguration]
            """,
        "appManagementServicePrincipalConfiguration": """
            keyCredentials:[keyCredentialConfiguration] passwordCredentials:[passwordCredentialConfiguration]
            """,
        "appRole": """
            allowedMemberTypes:[String] description:String displayName:String id:Guid isEnabled:Boolean
            origin:String value:String
            """,
        "applicationEnforcedRestrictionsSessionControl": "isEnabled:Boolean",
        "appliedConditionalAccessPolicy": """
            displayName:String enforcedGrantControls:[String] enforcedSessionControls:[String] id:String
            result:appliedConditionalAccessPolicyResult
            """,
        "assignedLabel": "displayName:String labelId:String",
        "assignedLicense": "disabledPlans:[Guid] skuId:Guid",
        "assignedPlan": "assignedDateTime:DateTimeOffset capabilityStatus:String service:String servicePlanId:Guid",
        "auditActivityInitiator": "app:appIdentity user:userIdentity",
        "cloudAppSecuritySessionControl": "cloudAppSecurityType:cloudAppSecuritySessionControlType isEnabled:Boolean",
        "conditionalAccessApplications": """
            applicationFilter:conditionalAccessFilter excludeApplications:[String] includeApplications:[String]
            includeAuthenticationContextClassReferences:[String] includeUserActions:[String]
            """,
        "conditionalAccessAuthenticationFlows": "transferMethods:conditionalAccessTransferMethods",
        "conditionalAccessClientApplications": """
            excludeServicePrincipals:[String] includeServicePrincipals:[String]
            servicePrincipalFilter:conditionalAccessFilter
            """,
        "conditionalAccessConditionSet": """
            applications:conditionalAccessApplications authenticationFlows:conditionalAccessAuthenticationFlows
            clientApplications:conditionalAccessClientApplications clientAppTypes:[conditionalAccessClientApp]
            devices:conditionalAccessDevices insiderRiskLevels:conditionalAccessInsiderRiskLevels
            locations:conditionalAccessLocations platforms:conditionalAccessPlatforms
            servicePrincipalRiskLevels:[riskLevel] signInRiskLevels:[riskLevel] userRiskLevels:[riskLevel]
            users:conditionalAccessUsers
            """,
        "conditionalAccessDevices": "deviceFilter:conditionalAccessFilter",
        "conditionalAccessExternalTenants": "membershipKind:conditionalAccessExternalTenantsMembershipKind",
        "conditionalAccessFilter": "mode:filterMode rule:String",
        "conditionalAccessGrantControls": """
            builtInControls:[conditionalAccessGrantControl] customAuthenticationFactors:[String] operator:String
            termsOfUse:[String] authenticationStrength:authenticationStrengthPolicy
            """,
        "conditionalAccessGuestsOrExternalUsers": """
            externalTenants:conditionalAccessExternalTenants
            guestOrExternalUserTypes:conditionalAccessGuestOrExternalUserTypes
            """,
        "conditionalAccessLocations": "excludeLocations:[String] includeLocations:[String]",
        "conditionalAccessPlatforms": """
            excludePlatforms:[conditionalAccessDevicePlatform]
            includePlatforms:[conditionalAccessDevicePlatform]
            """,
        "conditionalAccessSessionControls": """
            applicationEnforcedRestrictions:applicationEnforcedRestrictionsSessionControl
            cloudAppSecurity:cloudAppSecuritySessionControl disableResilienceDefaults:Boolean
            persistentBrowser:persistentBrowserSessionControl secureSignInSession:secureSignInSessionControl
            signInFrequency:signInFrequencySessionControl
            """,
        "conditionalAccessUsers": """
            excludeGroups:[String] excludeGuestsOrExternalUsers:conditionalAccessGuestsOrExternalUsers
            excludeRoles:[String] excludeUsers:[String] includeGroups:[String]
            includeGuestsOrExternalUsers:conditionalAccessGuestsOrExternalUsers includeRoles:[String]
            includeUsers:[String]
            """,
        "defaultUserRolePermissions": """
            allowedToCreateApps:Boolean allowedToCreateSecurityGroups:Boolean allowedToCreateTenants:Boolean
            allowedToReadBitlockerKeysForOwnedDevice:Boolean allowedToReadOtherUsers:Boolean
            permissionGrantPoliciesAssigned:[String]
            """,
        "customAppManagementConfiguration": """
            keyCredentials:[keyCredentialConfiguration] passwordCredentials:[passwordCredentialConfiguration]
            """,
        "deviceDetail": """
            browser:String deviceId:String displayName:String isCompliant:Boolean isManaged:Boolean
            operatingSystem:String trustType:String
            """,
        "domainState": "lastActionDateTime:DateTimeOffset operation:String status:String",
        "employeeOrgData": "costCenter:String division:String",
        "expirationPattern": "duration:Duration endDateTime:DateTimeOffset type:expirationPatternType",
        "geoCoordinates": "altitude:Double latitude:Double longitude:Double",
        "identifierUriConfiguration": """
            nonDefaultUriAddition:identifierUriRestriction
            uriAdditionWithoutUniqueTenantIdentifier:identifierUriRestriction
            """,
        "identifierUriRestriction": """
            excludeAppsReceivingV2Tokens:Boolean excludeSaml:Boolean isStateSetByMicrosoft:Boolean
            restrictForAppsCreatedAfterDateTime:DateTimeOffset state:appManagementRestrictionState
            """,
        "implicitGrantSettings": "enableAccessTokenIssuance:Boolean enableIdTokenIssuance:Boolean",
        "informationalUrl": """
            logoUrl:String marketingUrl:String privacyStatementUrl:String supportUrl:String
            termsOfServiceUrl:String
            """,
        "keyCredential": """
            customKeyIdentifier:Binary displayName:String endDateTime:DateTimeOffset key:Binary keyId:Guid
            startDateTime:DateTimeOffset type:String usage:String
            """,
        "keyCredentialConfiguration": """
            maxLifetime:Duration restrictForAppsCreatedAfterDateTime:DateTimeOffset
            restrictionType:appKeyCredentialRestrictionType state:appManagementRestrictionState
            """,
        "keyValue": "key:String value:String",
        "licenseAssignmentState": """
            assignedByGroup:String disabledPlans:[Guid] error:String lastUpdatedDateTime:DateTimeOffset
            skuId:Guid state:String
            """,
        "licenseProcessingState": "state:String",
        "licenseUnitsDetail": "enabled:Int32 lockedOut:Int32 suspended:Int32 warning:Int32",
        "modifiedProperty": "displayName:String newValue:String oldValue:String",
        "objectIdentity": "issuer:String issuerAssignedId:String signInType:String",
        "onPremisesExtensionAttributes": """
            extensionAttribute1:String extensionAttribute10:String extensionAttribute11:String
            extensionAttribute12:String extensionAttribute13:String extensionAttribute14:String
            extensionAttribute15:String extensionAttribute2:String extensionAttribute3:String
            extensionAttribute4:String extensionAttribute5:String extensionAttribute6:String
            extensionAttribute7:String extensionAttribute8:String extensionAttribute9:String
            """,
        "onPremisesProvisioningError": """
            category:String occurredDateTime:DateTimeOffset propertyCausingError:String value:String
            """,
        "optionalClaim": "additionalProperties:[String] essential:Boolean name:String source:String",
        "optionalClaims": "accessToken:[optionalClaim] idToken:[optionalClaim] saml2Token:[optionalClaim]",
        "parentalControlSettings": "countriesBlockedForMinors:[String] legalAgeGroupRule:String",
        "passwordCredential": """
            customKeyIdentifier:Binary displayName:String endDateTime:DateTimeOffset hint:String keyId:Guid
            secretText:String startDateTime:DateTimeOffset
            """,
        "passwordCredentialConfiguration": """
            maxLifetime:Duration restrictForAppsCreatedAfterDateTime:DateTimeOffset
            restrictionType:appCredentialRestrictionType state:appManagementRestrictionState
            """,
        "passwordProfile": """
            forceChangePasswordNextSignIn:Boolean forceChangePasswordNextSignInWithMfa:Boolean password:String
            """,
        "permissionScope": """
            adminConsentDescription:String adminConsentDisplayName:String id:Guid isEnabled:Boolean
            origin:String type:String userConsentDescription:String userConsentDisplayName:String value:String
            """,
        "persistentBrowserSessionControl": "mode:persistentBrowserSessionMode isEnabled:Boolean",
        "preAuthorizedApplication": "appId:String delegatedPermissionIds:[String]",
        "privacyProfile": "contactEmail:String statementUrl:String",
        "provisionedPlan": "capabilityStatus:String provisioningStatus:String service:String",
        "publicClientApplication": "redirectUris:[String]",
        "emailAddress": "address:String name:String",
        "recipient": "emailAddress:emailAddress",
        "redirectUriSettings": "index:Int32 uri:String",
        "requestSchedule": "expiration:expirationPattern startDateTime:DateTimeOffset",
        "requestSignatureVerification": "allowedWeakAlgorithms:weakAlgorithms isSignedRequestRequired:Boolean",
        "requiredResourceAccess": "resourceAccess:[resourceAccess] resourceAppId:String",
        "resourceAccess": "id:Guid type:String",
        "resourceSpecificPermission": "description:String displayName:String id:Guid isEnabled:Boolean value:String",
        "samlSingleSignOnSettings": "relayState:String",
        "secureSignInSessionControl": "isEnabled:Boolean",
        "servicePlanInfo": "appliesTo:String provisioningStatus:String servicePlanId:Guid servicePlanName:String",
        "servicePrincipalLockConfiguration": """
            allProperties:Boolean credentialsWithUsageSign:Boolean credentialsWithUsageVerify:Boolean
            isEnabled:Boolean tokenEncryptionKeyId:Boolean
            """,
        "serviceProvisioningError": "createdDateTime:DateTimeOffset isResolved:Boolean serviceInstance:String",
        "signInActivity": """
            lastNonInteractiveSignInDateTime:DateTimeOffset lastNonInteractiveSignInRequestId:String
            lastSignInDateTime:DateTimeOffset lastSignInRequestId:String
            lastSuccessfulSignInDateTime:DateTimeOffset lastSuccessfulSignInRequestId:String
            """,
        "signInFrequencySessionControl": """
            authenticationType:signInFrequencyAuthenticationType frequencyInterval:signInFrequencyInterval
            type:signinFrequencyType value:Int32 isEnabled:Boolean
            """,
        "signInLocation": "city:String countryOrRegion:String geoCoordinates:geoCoordinates state:String",
        "signInStatus": "additionalDetails:String errorCode:Int32 failureReason:String",
        "spaApplication": "redirectUris:[String]",
        "targetResource": """
            displayName:String groupType:groupType id:String modifiedProperties:[modifiedProperty] type:String
            userPrincipalName:String
            """,
        "ticketInfo": "ticketNumber:String ticketSystem:String",
        "unifiedRolePermission": "allowedResourceActions:[String] condition:String excludedResourceActions:[String]",
        "userIdentity": "ipAddress:String userPrincipalName:String displayName:String id:String",
        "verifiedDomain": "capabilities:String isDefault:Boolean isInitial:Boolean name:String type:String",
        "verifiedPublisher": "addedDateTime:DateTimeOffset displayName:String verifiedPublisherId:String",
        "webApplication": """
            homePageUrl:String implicitGrantSettings:implicitGrantSettings logoutUrl:String
            redirectUris:[String] redirectUriSettings:[redirectUriSettings]
            """,
        "authenticationStrengthPolicy": """
            id:String allowedCombinations:[authenticationMethodModes] createdDateTime:DateTimeOffset
            description:String displayName:String modifiedDateTime:DateTimeOffset
            policyType:authenticationStrengthPolicyType
            requirementsSatisfied:authenticationStrengthRequirements
            """,
    }.items()
}
