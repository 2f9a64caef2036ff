"""Gets an attacker out of a Microsoft Entra ID tenant after credentials leaked."""

__all__ = ["__version__"]

__version__ = "0.1.0"
