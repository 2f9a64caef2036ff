"""Read-only answers about a tenant: who is behind an identity, what a row means, what is used, who is privileged."""
