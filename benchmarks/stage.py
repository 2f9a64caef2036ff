"""Tenants and labs that benchmarks work on, made outside of the measuring process, which has to stay small."""

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from big_tenant import BigTenant, Leaked, make_tenant, write_list
from served_lab import ServedLab, served

LATENCY_MS = 80.0
_MAKE = "import sys; from stage import make_here; make_here(sys.argv[1])"


@dataclass(frozen=True, slots=True)
class Size:
    """How large a tenant is, and how much leaked from it."""

    applications: int
    principals: int
    users: int
    leaked: int


def tenant_of(folder: Path, size: Size) -> BigTenant:
    """The tenant, made in a process of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    order = json.dumps({"folder": str(folder), "size": asdict(size)})
    subprocess.run([sys.executable, "-c", _MAKE, order], check=True, cwd=Path(__file__).parent)  # noqa: S603 - ours
    said = json.loads((folder / "leaked.json").read_text(encoding="utf-8"))
    return BigTenant(folder / "tenant.json", said["tenant_id"], tuple(Leaked(*row) for row in said["leaked"]))


def make_here(order: str) -> None:
    """What the other process does."""
    asked = json.loads(order)
    folder, size = Path(asked["folder"]), Size(**asked["size"])
    made = make_tenant(
        folder, applications=size.applications, principals=size.principals, users=size.users, leaked=size.leaked
    )
    rows = [list(asdict(one).values()) for one in made.leaked]
    (folder / "leaked.json").write_text(json.dumps({"tenant_id": made.tenant_id, "leaked": rows}), encoding="utf-8")


@contextmanager
def lab_of(
    folder: Path, tenant: BigTenant, *, latency_ms: float = LATENCY_MS, throttle: str = "none"
) -> Iterator[ServedLab]:
    """A lab that serves the tenant from its start, with guards that let everything pass."""
    with served(folder, tenant=tenant.file, latency_ms=latency_ms, throttle=throttle) as lab:
        lab.allow_everything()
        yield lab


def list_of(folder: Path, leaked: Sequence[Leaked], *, users: int = 0) -> Path:
    """A credential list of these."""
    return write_list(folder / f"leaked-{len(leaked)}-{users}.csv", tuple(leaked), users=users)
