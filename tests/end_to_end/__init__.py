"""Tests of whole commands against the lab over real sockets."""
