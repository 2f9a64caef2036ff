"""Whoever attaches a telemetry exporter learns nothing that must not leave: no body, no header, no secret."""

from collections.abc import Iterator

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tests.end_to_end.console import Console
from tests.end_to_end.whole_reach import use_everything

NAMES = {
    *("http.request.method", "url.scheme", "server.address", "http.port", "network.protocol.name"),
    *("http.request.header.content-type", "http.response.header.content-type"),
    *("http.request.body.size", "http.response.body.size", "http.response.status_code"),
}
"""All that a span may hold of a request: sizes and types, not even the path."""


@pytest.fixture
def exporter(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """An exporter that every tracer of the process reports to, as an agent that instruments Python attaches one."""
    found = InMemorySpanExporter()
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(found))
    monkeypatch.setattr(trace, "get_tracer_provider", lambda: provider)
    monkeypatch.setattr(trace, "get_tracer", lambda *words, **named: provider.get_tracer(str(words[0])))
    yield found
    provider.shutdown()


@pytest.mark.fault("S5")
def test_spans_hold_no_body_and_no_header(console: Console, exporter: InMemorySpanExporter) -> None:
    """After everything was used, no span has a secret, a token, a header or a body."""
    use_everything(console)
    spans = [span.to_json() for span in exporter.get_finished_spans()]
    assert spans, "the SDK traces its requests; without spans this test proves nothing"
    store = console.lab.store
    secrets = {record.value for record in store.secrets.values()}
    secrets |= {version["value"] for versions in store.vault.values() for version in versions}
    assert len(secrets) > 40
    text = "\n".join(spans)
    assert [value for value in secrets if value in text] == []
    assert "Bearer" not in text
    assert "eyJ" not in text
    held = {name for span in exporter.get_finished_spans() for name in span.attributes or {}}
    assert held <= NAMES
