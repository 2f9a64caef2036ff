"""The clouds that azremediate works in, and whether a run is for real."""

from enum import StrEnum


class Cloud(StrEnum):
    """A cloud with its own endpoints; `custom` is a server on the loopback interface, such as the lab."""

    PUBLIC = "public"
    USGOV = "usgov"
    USGOV_DOD = "usgov-dod"
    CHINA = "china"
    CUSTOM = "custom"


class Environment(StrEnum):
    """Whether a plan is for a real tenant or for a simulated one; neither is accepted for the other."""

    LIVE = "live"
    LAB = "lab"
