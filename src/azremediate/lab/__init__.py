"""A simulated Microsoft Entra tenant on 127.0.0.1: Graph, sign-in, Azure Resource Manager and Key Vault."""
