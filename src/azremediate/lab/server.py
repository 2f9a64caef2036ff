"""The lab: a whole simulated tenant that is started, looked at, disturbed and stopped from Python."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from copy import deepcopy
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self, cast

from azremediate.lab.arm import arm_app
from azremediate.lab.authority import LabAuthority
from azremediate.lab.configuration import render_configuration
from azremediate.lab.connection import AsgiApp
from azremediate.lab.control import control_app
from azremediate.lab.exchange import Request
from azremediate.lab.faults import FaultRule, parse_faults
from azremediate.lab.files import write_private
from azremediate.lab.graph import graph_app
from azremediate.lab.key_vault import vault_app
from azremediate.lab.listener import HOST, Listener, bind
from azremediate.lab.login import login_app
from azremediate.lab.recording import Recording
from azremediate.lab.seed import demo_store
from azremediate.lab.store import Service, Store, WriteRecord
from azremediate.lab.throttle import Throttle, ThrottleProfile, load_profile
from azremediate.lab.tokens import ARM_AUDIENCE, GRAPH_AUDIENCE, VAULT_AUDIENCE, TokenAuthority
from azremediate.lab.wire import StepGate, Wire, WireSettings

SERVICES: Final = ("graph", "login", "arm", "vault")
_AUDIENCES: Final = {"graph": GRAPH_AUDIENCE, "arm": ARM_AUDIENCE, "vault": VAULT_AUDIENCE}


class Lab:
    """A running tenant; use it as a context manager or call `close`.

    It listens on 127.0.0.1 from construction on: on free ports, or on `port` (Graph) and the three after it (sign-in,
    Azure Resource Manager, Key Vault). `tls` puts Graph behind TLS too, the others always are. `directory` receives
    the CA file. `store` is kept and changed; `reset` goes back to what it held at the start. `throttle` is a profile,
    or the name or file of one. Raises LabStartError, LabFileError, and OSError for a file that cannot be written.
    """

    def __init__(
        self,
        store: Store | None = None,
        *,
        directory: Path,
        port: int = 0,
        tls: bool = False,
        latency_ms: float = 0,
        throttle: ThrottleProfile | str | None = None,
        faults: Sequence[Mapping[str, Any] | FaultRule] | None = None,
        record: Path | None = None,
        token_lifetime: int = 3599,
    ) -> None:
        self._store = store if store is not None else demo_store()
        self._initial = self._store.to_json()
        self._profile = load_profile(throttle) if isinstance(throttle, str) else throttle
        with ExitStack() as opened:
            recording = None if record is None else Recording(record)
            if recording is not None:
                opened.callback(recording.close)
            sockets = {name: opened.enter_context(bind(port and port + i)) for i, name in enumerate(SERVICES)}
            authority = LabAuthority(directory)
            rules = _as_rules(faults or ())
            opened.pop_all()
        self.ca_bundle = authority.ca_bundle
        secured = {name: authority.server_context for name in SERVICES if tls or name != "graph"}
        self.endpoints = {
            name: f"{'https' if name in secured else 'http'}://{HOST}:{listener.getsockname()[1]}"
            for name, listener in sockets.items()
        }
        self._tokens = TokenAuthority(lambda: self._store.clock.now(), lifetime=token_lifetime)
        self._tokens.aliases |= {self.endpoints[name]: audience for name, audience in _AUDIENCES.items()}
        self._settings = WireSettings(
            self._tokens.authenticate,
            now=self._tokens.now,
            latency=latency_ms / 1000,
            recording=recording,
            on_lost_write=self._record_lost,
        )
        self._settings.faults.replace(rules)
        self._settings.throttle = self._new_throttle()
        control = control_app(self)
        self._wires = {
            name: Wire(name, app, self._settings, control if name == "graph" else None)
            for name, app in self._build_apps().items()
        }
        self._listener = Listener(self._wires, sockets, secured)
        self._listener.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()

    @property
    def store(self) -> Store:
        """The current tenant; `reset` replaces it."""
        return self._store

    @property
    def writes(self) -> list[WriteRecord]:
        """Every request that was not a plain read, oldest first, whether or not it had an effect."""
        return list(self._store.writes)

    @property
    def effects(self) -> list[WriteRecord]:
        """The writes that changed the tenant."""
        return [record for record in self._store.writes if record.effect]

    def reset(self) -> None:
        """Go back to the tenant as it was at the start, without faults, writes and counts."""
        self._listener.call(self.restore)

    def set_faults(self, rules: Sequence[Mapping[str, Any] | FaultRule]) -> None:
        """Replace the faults; raises LabFileError for a rule that makes no sense."""
        checked = _as_rules(rules)
        self._listener.call(lambda: self.arm_faults(checked))

    def write_config(self, path: Path) -> None:
        """Write a configuration for azremediate, and beside it the responder's secret in a file of its own."""
        responder = self._store.responder
        if responder is None:
            raise ValueError("the tenant has no responder application to write a configuration for")
        path.parent.mkdir(parents=True, exist_ok=True)
        secret_file = path.with_suffix(".secret")
        write_private(secret_file, responder.secret.encode())
        text = render_configuration(
            self._store,
            client_id=responder.app_id,
            endpoints=self.endpoints,
            ca_bundle=self.ca_bundle,
            secret_file=secret_file,
            state=path.parent / ".azremediate",
        )
        path.write_text(text, encoding="utf-8")

    def close(self) -> None:
        """Stop serving; a second call does nothing."""
        self._listener.stop(self._release)
        if self._settings.recording is not None:
            self._settings.recording.close()

    # What follows is called in the lab's loop, by the control paths.

    def restore(self) -> None:
        """Do what `reset` promises."""
        self._store = Store.from_json(deepcopy(self._initial))
        self._settings.faults.replace([])
        self._settings.counts.clear()
        self._settings.throttle = self._new_throttle()
        for name, app in self._build_apps().items():
            self._wires[name].app = app

    def arm_faults(self, rules: list[FaultRule]) -> None:
        """Replace the faults by checked rules."""
        self._settings.faults.replace(rules)

    def fault_report(self) -> list[dict[str, Any]]:
        """Return the faults with how many requests they saw and hit."""
        return self._settings.faults.report()

    def request_counts(self) -> list[dict[str, Any]]:
        """Return how often each method and path was asked for, ids replaced by {id}."""
        counts = sorted(self._settings.counts.items())
        return [{"service": s, "method": m, "path": p, "count": count} for (s, m, p), count in counts]

    def _build_apps(self) -> dict[str, AsgiApp]:
        authenticate = self._tokens.authenticate
        login = self.endpoints["login"]
        vault_scope = self._store.named.get("key-vault", "")
        return {
            "graph": graph_app(self._store, authenticate, StepGate(self._settings)),
            "login": login_app(self._store, self._tokens),
            "arm": arm_app(self._store, authenticate),
            "vault": vault_app(self._store, authenticate, login=login, scope=vault_scope),
        }

    def _new_throttle(self) -> Throttle | None:
        return None if self._profile is None else Throttle(self._profile, self._store.tenant_id)

    def _record_lost(self, request: Request, status: int, app_id: str | None) -> None:
        self._store.record_write(
            service=cast(Service, request.service),
            method=request.method,
            path=request.path,
            status=status,
            app_id=app_id,
            effect=False,
            summary="kept from the service by a fault or quota",
        )

    def _release(self) -> None:
        for wire in self._wires.values():
            wire.release()


def _as_rules(rules: Sequence[Mapping[str, Any] | FaultRule]) -> list[FaultRule]:
    return [rule if isinstance(rule, FaultRule) else parse_faults([dict(rule)])[0] for rule in rules]
