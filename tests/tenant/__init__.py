"""Tests of the tenant access: against small servers on the loopback interface, and against the lab."""
