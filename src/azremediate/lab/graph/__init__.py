"""Microsoft Graph of the simulated tenant, v1.0 and the beta reads that have no v1.0 form."""

from azremediate.lab.graph.service import StepGate, graph_app

__all__ = ["StepGate", "graph_app"]
