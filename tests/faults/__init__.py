"""Faults: what must hold when processes die, networks lie and files are altered."""
