"""What users sign in with: the types of authentication methods, as published."""

from __future__ import annotations

from typing import Final

from azremediate.lab.schema.entity import EntityType, entity

PASSWORD_METHOD: Final = entity("passwordAuthenticationMethod", "password:String createdDateTime:DateTimeOffset")

FIDO2_METHOD: Final = entity(
    "fido2AuthenticationMethod",
    """
    aaGuid:String attestationCertificates:[String] attestationLevel:attestationLevel displayName:String
    model:String passkeyType:passkeyType createdDateTime:DateTimeOffset
    """,
)

AUTHENTICATOR_METHOD: Final = entity(
    "microsoftAuthenticatorAuthenticationMethod",
    "deviceTag:String displayName:String phoneAppVersion:String createdDateTime:DateTimeOffset",
)

PHONE_METHOD: Final = entity(
    "phoneAuthenticationMethod",
    """
    phoneNumber:String phoneType:authenticationPhoneType smsSignInState:authenticationMethodSignInState
    createdDateTime:DateTimeOffset
    """,
)

SOFTWARE_OATH_METHOD: Final = entity(
    "softwareOathAuthenticationMethod", "secretKey:String createdDateTime:DateTimeOffset"
)

EMAIL_METHOD: Final = entity("emailAuthenticationMethod", "emailAddress:String createdDateTime:DateTimeOffset")

TEMPORARY_PASS_METHOD: Final = entity(
    "temporaryAccessPassAuthenticationMethod",
    """
    isUsable:Boolean isUsableOnce:Boolean lifetimeInMinutes:Int32 methodUsabilityReason:String
    startDateTime:DateTimeOffset temporaryAccessPass:String createdDateTime:DateTimeOffset
    """,
)

WINDOWS_HELLO_METHOD: Final = entity(
    "windowsHelloForBusinessAuthenticationMethod",
    "displayName:String keyStrength:authenticationMethodKeyStrength createdDateTime:DateTimeOffset",
)

PLATFORM_METHOD: Final = entity(
    "platformCredentialAuthenticationMethod",
    """
    displayName:String keyStrength:authenticationMethodKeyStrength platform:authenticationMethodPlatform
    createdDateTime:DateTimeOffset
    """,
)

EXTERNAL_METHOD: Final = entity(
    "externalAuthenticationMethod",
    "configurationId:String displayName:String createdDateTime:DateTimeOffset",
)

METHODS: Final = (
    *(PASSWORD_METHOD, FIDO2_METHOD, AUTHENTICATOR_METHOD, PHONE_METHOD, SOFTWARE_OATH_METHOD, EMAIL_METHOD),
    *(TEMPORARY_PASS_METHOD, WINDOWS_HELLO_METHOD, PLATFORM_METHOD, EXTERNAL_METHOD),
)

AUTHENTICATION_METHOD: Final = EntityType(
    "authenticationMethod", {name: kind for method in METHODS for name, kind in method.kinds.items()}
)
