"""Members of the enumerations the simulated Graph checks; a flags enum takes several, separated by commas."""

from __future__ import annotations

from typing import Final

ENUMS: Final[dict[str, frozenset[str]]] = {
    name: frozenset(members.split())
    for name, members in {
        "allowInvitesFrom": "none adminsAndGuestInviters adminsGuestInvitersAndAllMembers everyone",
        "appCredentialRestrictionType": """passwordAddition passwordLifetime symmetricKeyAddition
            symmetricKeyLifetime customPasswordAddition""",
        "appKeyCredentialRestrictionType": "asymmetricKeyLifetime",
        "appManagementRestrictionState": "enabled disabled",
        "appliedConditionalAccessPolicyResult": """success failure notApplied notEnabled unknown reportOnlySuccess
            reportOnlyFailure reportOnlyNotApplied reportOnlyInterrupted""",
        "attestationLevel": "attested notAttested",
        "authenticationMethodKeyStrength": "normal weak unknown",
        "authenticationMethodPlatform": "unknown windows macOS iOS android linux",
        "authenticationMethodModes": """password voice hardwareOath softwareOath sms fido2 windowsHelloForBusiness
            microsoftAuthenticatorPush deviceBasedPush temporaryAccessPassOneTime temporaryAccessPassMultiUse email
            x509CertificateSingleFactor x509CertificateMultiFactor federatedSingleFactor federatedMultiFactor
            qrCodePin""",
        "authenticationMethodSignInState": """notSupported notAllowedByPolicy notEnabled phoneNumberNotUnique ready
            notConfigured""",
        "authenticationPhoneType": "mobile alternateMobile office",
        "authenticationStrengthPolicyType": "builtIn custom",
        "authenticationStrengthRequirements": "none mfa",
        "cloudAppSecuritySessionControlType": "mcasConfigured monitorOnly blockDownloads",
        "conditionalAccessClientApp": """all browser mobileAppsAndDesktopClients exchangeActiveSync easSupported
            other""",
        "conditionalAccessDevicePlatform": "android iOS windows windowsPhone macOS all linux",
        "conditionalAccessExternalTenantsMembershipKind": "all enumerated",
        "conditionalAccessGrantControl": """block mfa compliantDevice domainJoinedDevice approvedApplication
            compliantApplication passwordChange riskRemediation""",
        "conditionalAccessGuestOrExternalUserTypes": """none internalGuest b2bCollaborationGuest
            b2bCollaborationMember b2bDirectConnectUser otherExternalUser serviceProvider""",
        "conditionalAccessInsiderRiskLevels": "minor moderate elevated",
        "conditionalAccessPolicyState": "enabled disabled enabledForReportingButNotEnforced",
        "conditionalAccessStatus": "success failure notApplied",
        "conditionalAccessTransferMethods": "none deviceCodeFlow authenticationTransfer",
        "expirationPatternType": "notSpecified noExpiration afterDateTime afterDuration",
        "filterMode": "include exclude",
        "groupType": "unifiedGroups azureAD",
        "mdmAuthority": "unknown intune sccm office365",
        "operationResult": "success failure timeout",
        "partnerTenantType": """microsoftSupport syndicatePartner breadthPartner breadthPartnerDelegatedAdmin
            resellerPartnerDelegatedAdmin valueAddedResellerPartnerDelegatedAdmin""",
        "passkeyType": "deviceBound synced",
        "persistentBrowserSessionMode": "always never",
        "privilegedAccessGroupMemberType": "direct group",
        "privilegedAccessGroupRelationships": "owner member",
        "riskDetail": """none hidden adminConfirmedUserCompromised adminConfirmedServicePrincipalCompromised
            adminDismissedAllRiskForUser adminDismissedAllRiskForServicePrincipal""",
        "riskLevel": "low medium high hidden none",
        "riskState": "none confirmedSafe remediated dismissed atRisk confirmedCompromised",
        "signInFrequencyAuthenticationType": "primaryAndSecondaryAuthentication secondaryAuthentication",
        "signInFrequencyInterval": "timeBased everyTime",
        "signInUserType": "member guest",
        "signinFrequencyType": "days hours",
        "unifiedRoleScheduleRequestActions": """adminAssign adminUpdate adminRemove selfActivate selfDeactivate
            adminExtend adminRenew selfExtend selfRenew""",
        "userDefaultAuthenticationMethod": "push oath voiceMobile voiceAlternateMobile voiceOffice sms none",
        "weakAlgorithms": "rsaSha1",
    }.items()
}

FLAGS: Final = frozenset(
    {
        "authenticationMethodModes",
        "authenticationStrengthRequirements",
        "conditionalAccessGuestOrExternalUserTypes",
        "conditionalAccessInsiderRiskLevels",
        "conditionalAccessTransferMethods",
        "weakAlgorithms",
    }
)
