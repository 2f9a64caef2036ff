"""Searches mail for secrets."""
