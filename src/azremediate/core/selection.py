"""Which targets each step of a playbook takes, from the list or from the whole tenant."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from azremediate.core.action import Action
from azremediate.core.clock import iso
from azremediate.core.credential import CompromisedCredential, CredentialKind
from azremediate.core.errors import InputInvalid
from azremediate.core.events import Listener, Progressed
from azremediate.core.playbook import Source, Step, Usage
from azremediate.core.survey import Survey, UsageVerdict
from azremediate.core.target import Resolved, Selected, Target, TargetKind, Unresolved

_OUTSIDE = frozenset({CredentialKind.OTHER})
_DEFAULT_UNUSED_DAYS = 90
_MOST_UNUSED_DAYS = 3650
_NO_EVIDENCE = UsageVerdict(Usage.UNKNOWN, "there is no evidence of its use")


@dataclass(frozen=True, slots=True)
class Selection:
    """A resolved list; `outside` are the rows of kinds that no object of the tenant stands behind."""

    survey: Survey
    resolved: tuple[Resolved, ...]
    unresolved: tuple[Unresolved, ...]
    outside: tuple[CompromisedCredential, ...]

    @classmethod
    async def of(cls, survey: Survey, credentials: Sequence[CompromisedCredential], listener: Listener) -> "Selection":
        """Resolve every row that can have an object behind it."""
        outside = tuple(credential for credential in credentials if credential.kind in _OUTSIDE)
        inside = [credential for credential in credentials if credential.kind not in _OUTSIDE]
        found = await survey.resolver.resolve(inside) if inside else ()
        listener(Progressed("resolving identities", len(inside), len(inside)))
        return cls(
            survey,
            tuple(item for item in found if isinstance(item, Resolved)),
            tuple(item for item in found if isinstance(item, Unresolved)),
            outside,
        )

    async def for_step(self, step: Step, action: Action, params: Any, tenant_target: Target) -> list[Selected]:
        """The targets of one step, each once."""
        if TargetKind.TENANT in action.targets:
            return [Selected(tenant_target)]
        if step.source is Source.TENANT and step.selector.audience:
            found = [Selected(target) for target in await self.survey.inventory.applications(step.selector.audience)]
        elif step.source is Source.TENANT:
            found = [Selected(target) for target in await self.survey.inventory.service_principals()]
        else:
            found = _grouped([item for item in self.resolved if _takes(step, action, item)])
        if not step.selector.usage:
            return found
        return await self._by_usage(step, params, found)

    async def _by_usage(self, step: Step, params: Any, found: Sequence[Selected]) -> list[Selected]:
        days = step.selector.unused_days
        if days is None:
            days = int(getattr(params, "unused_days", _DEFAULT_UNUSED_DAYS))
        if not 1 <= days <= _MOST_UNUSED_DAYS:
            # With 0 days or fewer, everything that is not in use this very moment would count as unused.
            raise InputInvalid(f"step {step.action}: unused_days is {days}, not between 1 and {_MOST_UNUSED_DAYS}")
        verdicts = await self.survey.usage.verdicts([item.target for item in found], unused_days=days)
        chosen = []
        for item in found:
            verdict = verdicts.get(item.target.app_id.lower(), _NO_EVIDENCE)
            if verdict.usage in step.selector.usage:
                chosen.append(replace(item, note=_noted(item, verdict), owners=verdict.owners))
        return chosen


def _noted(item: Selected, verdict: UsageVerdict) -> str:
    grade = f" ({verdict.grade} evidence)" if verdict.grade is not None else ""
    usage = "; ".join((f"usage {verdict.usage}{grade}: {verdict.reason}", *verdict.evidence, *verdict.gaps))
    return f"{item.note}; {usage}" if item.note else usage


def _takes(step: Step, action: Action, item: Resolved) -> bool:
    selector, credential = step.selector, item.credential
    if action.takes and credential.kind not in action.takes:
        return False
    if selector.kind and credential.kind not in selector.kind:
        return False
    if selector.confidence and credential.confidence not in selector.confidence:
        return False
    return _family(item.target.kind) in {_family(kind) for kind in action.targets}


def _family(kind: TargetKind) -> TargetKind:
    """An application and its service principal are one identity, seen from two sides."""
    return TargetKind.APPLICATION if kind is TargetKind.SERVICE_PRINCIPAL else kind


def _grouped(items: Sequence[Resolved]) -> list[Selected]:
    """One selection for each identity, with the exposed credentials of all its rows."""
    groups: dict[str, list[Resolved]] = {}
    for item in items:
        groups.setdefault(item.target.id, []).append(item)
    return [_merged(group) for group in groups.values()]


def _merged(group: Sequence[Resolved]) -> Selected:
    exposed = {(one.holder_id, one.key_id): one for item in group for one in item.target.exposed}
    notes: Mapping[str, None] = dict.fromkeys(item.note for item in group if item.note)
    times = [item.credential.exposed_at for item in group if item.credential.exposed_at is not None]
    since = iso(min(times)) if times else ""
    return Selected(
        replace(group[0].target, exposed=tuple(exposed.values()), exposed_since=since),
        tuple(item.credential for item in group),
        "; ".join(notes),
    )
