"""The remediation actions: one module for each, found by its name; modules with a leading underscore serve them."""
