"""What holds for every test."""

from hypothesis import settings

# Machines are shared: how long one example takes says nothing about the code.
settings.register_profile("untimed", settings.get_profile(settings.get_current_profile_name()), deadline=None)
settings.load_profile("untimed")
