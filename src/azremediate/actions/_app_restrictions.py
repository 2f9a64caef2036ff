"""The tenant's default app management policy as rules that can be compared: what it restricts, for whom, how far.

A policy is merged with what is asked for and never loosened: of two limits the shorter counts, of two starting dates
the earlier. Source: https://learn.microsoft.com/graph/api/resources/tenantappmanagementpolicy
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from azremediate.actions._reading import moment
from azremediate.core.clock import iso
from azremediate.core.errors import InputInvalid, ServiceFailing
from azremediate.core.json_value import Json, JsonObject, flag_at, object_of, objects_at, text_at
from azremediate.core.parameters import format_duration, parse_duration

SECTIONS: Final = ("applicationRestrictions", "servicePrincipalRestrictions")
PASSWORDS: Final = "passwordCredentials"
KEYS: Final = "keyCredentials"
PASSWORD_ADDITION: Final = "passwordAddition"
PASSWORD_LIFETIME: Final = "passwordLifetime"
KEY_LIFETIME: Final = "asymmetricKeyLifetime"

_TYPE: Final = "restrictionType"
_LIFE: Final = "maxLifetime"
_AFTER: Final = "restrictForAppsCreatedAfterDateTime"
_STATE: Final = "state"


@dataclass(frozen=True, slots=True)
class Rule:
    """One restriction. longest: None for none but being forbidden. after: for apps created after it, empty for all."""

    member: str
    kind: str
    longest: timedelta | None
    after: str

    def covers(self, other: "Rule") -> bool:
        """Whether whatever the other refuses is refused by this one."""
        if (self.member, self.kind) != (other.member, other.kind):
            return False
        if other.longest is not None and (self.longest is None or self.longest > other.longest):
            return False
        return not self.after or (bool(other.after) and moment(self.after) <= moment(other.after))

    def tightened(self, other: "Rule") -> "Rule":
        """The one rule that covers both."""
        limits = [one for one in (self.longest, other.longest) if one is not None]
        after = "" if not self.after or not other.after else min(self.after, other.after, key=moment)
        return Rule(self.member, self.kind, min(limits, default=None), after)

    @property
    def entry(self) -> dict[str, Json]:
        """As Graph writes it."""
        shown: dict[str, Json] = {_TYPE: self.kind, _STATE: "enabled", _AFTER: self.after or None}
        return {**shown, _LIFE: None if self.longest is None else format_duration(self.longest)}

    @property
    def words(self) -> str:
        """For people."""
        whom = f"applications created after {self.after}" if self.after else "every application"
        what = self.kind if self.longest is None else f"{self.kind} at most {format_duration(self.longest)}"
        return f"{what} for {whom}"


def policy_of(answer: JsonObject) -> JsonObject:
    """What of the answer an update sends back: isEnabled and both sections, without annotations."""
    sections = {name: _plain(answer.get(name)) for name in SECTIONS}
    return {"isEnabled": flag_at(answer, "isEnabled") is True, **sections}


def _plain(value: Json) -> Json:
    if isinstance(value, Mapping):
        return {name: _plain(item) for name, item in value.items() if "@" not in name}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value


def rules_in(policy: JsonObject, section: str) -> list[Rule]:
    """What a section of a policy restricts, whether the policy as a whole is enabled or not."""
    return [rule for _, _, rule in _entries(policy, section) if rule is not None]


def tightest(policy: JsonObject, wanted: Sequence[Rule]) -> JsonObject:
    """The policy, enabled, with these rules in both sections; no rule of it is loosened."""
    return {
        **policy,
        "isEnabled": True,
        **{name: _merged(policy, name, wanted) for name in SECTIONS},
    }


def _merged(policy: JsonObject, section: str, wanted: Sequence[Rule]) -> JsonObject:
    found = list(_entries(policy, section))
    merged: dict[str, Json] = {**_section(policy, section)}
    for member in (PASSWORDS, KEYS):
        entries: list[JsonObject] = []
        due = [rule for rule in wanted if rule.member == member]
        for _, entry, rule in (one for one in found if one[0] == member):
            same = [one for one in due if one.kind == text_at(entry, _TYPE)]
            due = [one for one in due if one not in same]
            if not same or (rule is not None and rule.covers(same[0])):
                entries.append(entry)
            else:
                entries.append({**entry, **(same[0] if rule is None else rule.tightened(same[0])).entry})
        merged[member] = [*entries, *(rule.entry for rule in due)]
    return merged


def at_least(policy: JsonObject, wanted: JsonObject) -> bool:
    """Whether one policy is enabled and refuses all that another, enabled one does."""
    return flag_at(policy, "isEnabled") is True and all(
        any(one.covers(rule) for one in rules_in(policy, section))
        for section in SECTIONS
        for rule in rules_in(wanted, section)
    )


def same_policy(one: JsonObject, other: JsonObject) -> bool:
    """Whether two policies restrict the same, in whatever order and form they are written."""
    return flag_at(one, "isEnabled") is flag_at(other, "isEnabled") and all(
        set(rules_in(one, section)) == set(rules_in(other, section)) for section in SECTIONS
    )


def _section(policy: JsonObject, section: str) -> JsonObject:
    value = policy.get(section)
    return {} if value is None else object_of(value, section)


def _entries(policy: JsonObject, section: str) -> Iterator[tuple[str, JsonObject, Rule | None]]:
    """Every entry with its rule; one that is switched off has none."""
    for member in (PASSWORDS, KEYS):
        for entry in objects_at(_section(policy, section), member):
            off = text_at(entry, _STATE, "enabled") != "enabled"
            yield member, entry, None if off else _rule(member, entry)


def _rule(member: str, entry: JsonObject) -> Rule:
    life = text_at(entry, _LIFE)
    try:
        longest = parse_duration(life) if life else None
    except InputInvalid:
        raise ServiceFailing(f"the policy limits a lifetime to {life[:40]!r}, which cannot be compared") from None
    after = text_at(entry, _AFTER)
    return Rule(member, text_at(entry, _TYPE), longest, iso(moment(after)) if after else "")
