"""The sign-in log as beta shows it: with the kinds of sign-in and the credential that v1.0 does not have."""

from __future__ import annotations

from typing import Final

from azremediate.lab.schema.entity import EntityType, parse_kinds
from azremediate.lab.schema.logs import SIGN_IN

# Beta only: resource page signIn.
BETA_SIGN_IN: Final = EntityType(
    "signIn",
    {
        **SIGN_IN.kinds,
        **parse_kinds(
            """
            authenticationProtocol:String autonomousSystemNumber:Int64 clientCredentialType:String
            federatedCredentialId:String incomingTokenType:String resourceServicePrincipalId:String
            servicePrincipalCredentialKeyId:String servicePrincipalCredentialThumbprint:String sessionId:String
            signInEventTypes:[String] uniqueTokenIdentifier:String
            """
        ),
    },
)
