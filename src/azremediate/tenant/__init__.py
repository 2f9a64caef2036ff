"""The way into a tenant: Microsoft's services behind the ports of the domain."""

from azremediate.tenant.opening import open_tenant

__all__ = ["open_tenant"]
