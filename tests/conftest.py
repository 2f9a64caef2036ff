"""What holds for every test."""

import pytest
from azure.keyvault.secrets._shared import http_challenge_cache
from hypothesis import settings

# Machines are shared: how long one example takes says nothing about the code.
settings.register_profile("untimed", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("untimed")


@pytest.fixture(autouse=True)
def _challenges_of_this_test_alone() -> None:
    """The library keeps the challenge of a vault by its port, which another test's vault may have had."""
    http_challenge_cache.clear()
