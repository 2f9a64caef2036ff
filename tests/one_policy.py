"""A playbook that makes a single policy."""

from pathlib import Path

ONE_POLICY = str(Path(__file__).with_name("one_policy.yaml"))
