"""Attaches an OpenTelemetry exporter to this process, as an agent that watches programs does; spans go to a file."""

from pathlib import Path

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor


def attach(file: Path) -> None:
    """From now on each span of this process becomes one line of JSON in `file`, as soon as it ends.

    A process has one provider and keeps it, so only a process that lives for one command may be given one.
    """
    opened = file.open("a", encoding="utf-8")
    exporter = ConsoleSpanExporter(out=opened, formatter=lambda span: span.to_json(indent=None) + "\n")
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    trace.set_tracer_provider(provider)
