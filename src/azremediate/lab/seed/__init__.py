"""The demo tenant: contoso, made the same way every time from one number."""

from azremediate.lab.seed.demo import demo_store
from azremediate.lab.seed.directory_roles import RESPONDER_PERMISSIONS

__all__ = ["RESPONDER_PERMISSIONS", "demo_store"]
