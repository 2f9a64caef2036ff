"""Runs a lab in the foreground until it is told to stop: what `azremediate lab serve` does."""

from __future__ import annotations

import json
import os
import signal
import sys
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azremediate.lab.faults import load_faults
from azremediate.lab.files import LabFileError, read_json_file
from azremediate.lab.listener import LabStartError
from azremediate.lab.server import Lab
from azremediate.lab.store import Store
from azremediate.lab.throttle import load_profile

EXIT_OK = 0
EXIT_FAILED = 1
EXIT_USAGE = 2


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """The options of one served lab.

    `port` 0 takes free ports; another is Graph's, followed by sign-in, Azure Resource Manager and Key Vault. `throttle`
    is none, published, tight or the name of a JSON file. `directory` receives the CA file; without it that is the
    folder of `write_config`, else a temporary one.
    """

    port: int = 0
    tenant: Path | None = None
    record: Path | None = None
    latency_ms: float = 0
    throttle: str = "none"
    faults: Path | None = None
    tls: bool = False
    write_config: Path | None = None
    directory: Path | None = None


def serve(options: ServeOptions) -> int:
    """Serve until SIGTERM or SIGINT and return the exit code.

    Standard output receives one line of JSON with the endpoints, the CA file, the tenant's id and the process id, once
    everything answers. What is wrong with a file or port is one sentence on standard error.
    """
    try:
        if options.directory is not None or options.write_config is not None:
            return _serve_in(options, options.directory or _folder_of(options.write_config))
        with tempfile.TemporaryDirectory(prefix="azremediate-lab-") as folder:
            return _serve_in(options, Path(folder))
    except LabFileError as error:
        return _fail(str(error), EXIT_USAGE)
    except LabStartError as error:
        return _fail(f"The lab {error}. Choose another --port, or none for free ones.", EXIT_FAILED)
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}", EXIT_FAILED)


def _serve_in(options: ServeOptions, directory: Path) -> int:
    store = None if options.tenant is None else _load_tenant(options.tenant)
    faults = [] if options.faults is None else load_faults(options.faults)
    profile = load_profile(options.throttle)
    stop = threading.Event()
    _stop_on_signals(stop)
    with Lab(
        store,
        directory=directory,
        port=options.port,
        tls=options.tls,
        latency_ms=options.latency_ms,
        throttle=profile,
        faults=faults,
        record=options.record,
    ) as lab:
        if options.write_config is not None:
            lab.write_config(options.write_config)
        sys.stdout.write(json.dumps(_describe(lab)) + "\n")
        sys.stdout.flush()
        try:
            # Windows delivers a signal only between two waits.
            while not stop.wait(0.5):
                pass
        except KeyboardInterrupt:
            pass
    return EXIT_OK


def _describe(lab: Lab) -> dict[str, Any]:
    return {
        **lab.endpoints,
        "ca_bundle": str(lab.ca_bundle.absolute()),
        "tenant_id": lab.store.tenant_id,
        "pid": os.getpid(),
    }


def _load_tenant(path: Path) -> Store:
    value = read_json_file(path)
    try:
        return Store.from_json(value)
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        missing = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise LabFileError(f"{path}: is not a tenant the lab can serve ({missing})") from error


def _folder_of(path: Path | None) -> Path:
    return Path.cwd() if path is None else path.absolute().parent


def _stop_on_signals(stop: threading.Event) -> None:
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda _number, _frame: stop.set())


def _fail(message: str, code: int) -> int:
    sys.stderr.write(f"error: {message}\n")
    return code
