"""The invariants, judged from the lab's own store and log of writes; the tool's word is only held against them."""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from azremediate.lab.sign_in import SignInVerdict
from azremediate.lab.store import Store, WriteRecord

_SURE = (SignInVerdict.ok, SignInVerdict.sp_disabled, SignInVerdict.sp_missing)
_STEPS = "SELECT change_id, name, attempt, service, method, path, started_at, state FROM step ORDER BY number"


@dataclass(frozen=True, slots=True)
class Broken:
    """One invariant that does not hold; `invariant` is its id, e.g. I2."""

    invariant: str
    what: str

    def __str__(self) -> str:
        return f"{self.invariant}: {self.what}"


@dataclass(frozen=True, slots=True)
class _Step:
    change_id: str
    name: str
    attempt: int
    service: str
    method: str
    path: str
    started_at: str
    state: str


class Ledger:
    """What happened in a tenant, against the plan that was applied and the books that were kept."""

    def __init__(self, store: Store, plan: Any, state: Path) -> None:
        self._store = store
        self._plan = plan
        self._state = state
        self._effects = [row for row in store.writes if row.effect]

    def judge(self) -> list[Broken]:
        """Every invariant that the tenant, the journal and the audit log can answer; I9 to I12 belong to commands."""
        found = [*self._secrets(), *self._order(), *self._protected()]
        if (self._state / "journal.db").exists():
            steps = self._steps()
            found += [*self._intents(steps), *self._audited(steps)]
        elif self._effects:
            found.append(Broken("I4", f"{len(self._effects)} writes and no journal"))
        return found

    def live(self) -> Iterator[tuple[str, str, str]]:
        """Every live secret that the tool made: appId, key id, change."""
        for shelf in (self._store.applications, self._store.service_principals):
            for row in shelf.values():
                for secret in row.get("passwordCredentials") or []:
                    name = secret.get("displayName") or ""
                    if name.startswith("azr-"):
                        yield row["appId"], secret["keyId"], name.rpartition("-")[0]

    def lost(self) -> list[str]:
        """Key ids of live secrets whose value nobody has: not in the vault, or there it does not sign in."""
        return [key_id for app_id, key_id, _ in self.live() if not self._known(app_id, key_id)]

    def doubles(self) -> list[str]:
        """Changes with more than one live secret or policy of theirs."""
        tags = [tag for _, _, tag in self.live()]
        names = [row["displayName"].split(" ")[0] for row in self._store.ca_policies.values()]
        tags += [name for name in names if name.startswith("azr-")]
        return sorted({tag for tag in tags if tags.count(tag) > 1})

    def unmatched(self) -> list[WriteRecord]:
        """Writes that took effect without an intent of their own that was durable before."""
        return _without_intent(self._effects, self._steps())

    def _known(self, app_id: str, key_id: str) -> bool:
        versions = [one for versions in self._store.vault.values() for one in versions]
        stored = [one["value"] for one in versions if one["tags"].get("azr-keyid") == key_id]
        return any(
            value == self._store.secrets[key_id].value and self._store.check_secret(app_id, value) in _SURE
            for value in stored
        )

    def _secrets(self) -> Iterator[Broken]:
        yield from (Broken("I1", f"the value of the live secret {key_id} is lost") for key_id in self.lost())
        yield from (Broken("I2", f"{tag} has more than one live object") for tag in self.doubles())

    def _order(self) -> Iterator[Broken]:
        """I3: when an old secret goes, a new one of the same application is live and in the vault."""
        rotated = {change["work"]["holder_id"] for change in self._plan["changes"] if "replaces" in change["work"]}
        stored = {version["tags"].get("azr-keyid") for versions in self._store.vault.values() for version in versions}
        live: dict[str, set[str]] = {}
        vaulted = False
        for row in self._effects:
            vaulted = vaulted or row.service == "vault"
            words = row.summary.split()
            if words[0] not in ("addPassword", "removePassword"):
                continue
            holder, key_id = words[1], words[2].removeprefix("keyId=")
            known = live.setdefault(holder, set())
            if words[0] == "addPassword":
                known.add(key_id)
            elif key_id in known:
                known.remove(key_id)
            elif holder in rotated and not (vaulted and known & stored):
                yield Broken("I3", f"{key_id} was removed before a new secret was stored")

    def _protected(self) -> Iterator[Broken]:
        ids = {value for name, value in self._store.named.items() if name.startswith("break-glass")}
        if self._store.responder is not None:
            ids |= {self._store.responder.application_id, self._store.responder.service_principal_id}
        for row in self._effects:
            if any(one in row.path for one in ids):
                yield Broken("I6", f"{row.method} {row.path}")

    def _steps(self) -> list[_Step]:
        with closing(sqlite3.connect(f"file:{self._state / 'journal.db'}?mode=ro", uri=True)) as journal:
            return [_Step(*row) for row in journal.execute(_STEPS).fetchall() if row[3] != "clock"]

    def _intents(self, steps: Sequence[_Step]) -> Iterator[Broken]:
        for row in _without_intent(self._effects, steps):
            yield Broken("I4", f"{row.method} {row.path} has no intent of its own")
        planned = {change["change_id"] for change in self._plan["changes"]}
        for step in steps:
            if step.change_id not in planned:
                yield Broken("I5", f"{step.name} belongs to no change of the plan")

    def _audited(self, steps: Sequence[_Step]) -> Iterator[Broken]:
        """I7: the log knows every intent, and of every effect how it was settled."""
        records = list(_records(self._state))
        told = {(row["change_id"], row["step"], row["attempt"]) for row in records if row.get("step")}
        for step in steps:
            if (step.change_id, step.name, step.attempt) not in told:
                yield Broken("I7", f"the audit log knows nothing of {step.name} {step.attempt}")
        paths = [(step.method, step.path) for step in steps if step.state == "performed"]
        for row in self._effects:
            if (row.method, _plain(row.path)) not in paths:
                yield Broken("I7", f"{row.method} {row.path} took effect and is not told as performed")


def holding(folder: Path, store: Store) -> list[Broken]:
    """I8: every file below the folder that holds a secret of the tenant as it is."""
    values = {record.value.encode() for record in store.secrets.values()}
    values |= {version["value"].encode() for versions in store.vault.values() for version in versions}
    files = [file for file in folder.rglob("*") if file.is_file() and file.suffix != ".secret"]
    return [Broken("I8", file.name) for file in files if any(value in file.read_bytes() for value in values)]


def _without_intent(effects: Sequence[WriteRecord], steps: Sequence[_Step]) -> list[WriteRecord]:
    """Each effect uses up one attempt of the same request that began before it."""
    left = list(steps)
    found: list[WriteRecord] = []
    for row in effects:
        moment = row.time.isoformat(timespec="milliseconds")[:23]
        own = [
            step
            for step in left
            if (step.method, step.path) == (row.method, _plain(row.path)) and step.started_at[:23] <= moment
        ]
        if own:
            left.remove(own[0])
        else:
            found.append(row)
    return found


def _records(state: Path) -> Iterator[Any]:
    for file in sorted((state / "audit").rglob("*.jsonl")):
        yield from (json.loads(line) for line in file.read_bytes().splitlines())


def _plain(path: str) -> str:
    return path.removeprefix("/v1.0")
