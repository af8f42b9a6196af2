"""Metrics: what the server has done, for Prometheus."""

import time

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, disable_created_metrics, generate_latest
from prometheus_client.gc_collector import GCCollector
from prometheus_client.process_collector import ProcessCollector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from postagger.serving.tagging import TaggedJob

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SENTENCES = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """Counters of one application."""

    def __init__(self) -> None:
        disable_created_metrics()  # type: ignore[no-untyped-call] # which double the text and tell nothing
        self.registry = CollectorRegistry()
        ProcessCollector(registry=self.registry)
        GCCollector(registry=self.registry)
        self.requests = self._counter("requests", "Requests, by path and status.", ["path", "status"])
        self.tokens = self._counter("tokens", "Tokens tagged.", [])
        self.sentences = self._counter("sentences", "Sentences tagged.", [])
        self.seconds = Histogram(
            "postagger_request_seconds", "From head to end.", ["path"], buckets=_SECONDS, registry=self.registry
        )
        self.batches = Histogram(
            "postagger_batch_requests", "Requests answered together.", buckets=_SENTENCES, registry=self.registry
        )
        self.in_flight = Gauge("postagger_requests_in_flight", "Requests being worked on.", registry=self.registry)

    def tagged(self, job: TaggedJob) -> None:
        """A request was answered."""
        self.sentences.inc(job.sentences)
        self.tokens.inc(job.tokens)

    def text(self) -> bytes:
        """All of them, as Prometheus reads them."""
        return generate_latest(self.registry)

    def _counter(self, name: str, text: str, labels: list[str]) -> Counter:
        return Counter(f"postagger_{name}", text, labels, registry=self.registry)


class MeasuredApp:
    """An application whose requests are counted and timed. paths: those that are told apart; others are "other"."""

    def __init__(self, app: ASGIApp, metrics: Metrics, paths: frozenset[str]) -> None:
        self._app, self._metrics, self._paths = app, metrics, paths

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass it on, and look at the clock."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"] if scope["path"] in self._paths else "other"
        start, status = time.perf_counter(), "none"

        async def send_and_look(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = str(message["status"])
            await send(message)

        try:
            await self._app(scope, receive, send_and_look)
        finally:
            self._metrics.requests.labels(path, status).inc()
            self._metrics.seconds.labels(path).observe(time.perf_counter() - start)
