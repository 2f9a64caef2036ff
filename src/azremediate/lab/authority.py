"""The lab's own certificate authority: who trusts its file trusts the lab's servers, and nothing else does."""

from __future__ import annotations

import ssl
from pathlib import Path
from typing import Final

import trustme

from azremediate.lab.files import write_private

CA_FILE: Final = "lab-ca.pem"
_KEY_FILE: Final = "lab-server-key.pem"


class LabAuthority:
    """A throwaway authority with one server certificate for 127.0.0.1 and localhost.

    `ca_bundle` is the file clients trust. The private keys live in memory; the server's key is on disk, readable by
    the owner only, for the moment in which OpenSSL loads it.
    """

    def __init__(self, directory: Path) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        authority = trustme.CA(organization_name="azremediate lab")
        certificate = authority.issue_cert("127.0.0.1", "localhost")
        self.ca_bundle = directory / CA_FILE
        self.ca_bundle.write_bytes(authority.cert_pem.bytes())
        self.server_context = _context(directory / _KEY_FILE, certificate.private_key_and_cert_chain_pem.bytes())


def _context(path: Path, key_and_chain: bytes) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    write_private(path, key_and_chain)
    try:
        context.load_cert_chain(path)
    finally:
        path.unlink()
    return context
