"""Tests of azremediate; the folders mirror the package."""
