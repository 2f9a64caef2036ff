"""Tests of what is found in mail."""
