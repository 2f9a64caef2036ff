"""The demo's proof: every old secret is tried before and after, and every new credential, with real token requests."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from azremediate.cli.configuration import configuration
from azremediate.cli.main import run_async
from azremediate.cli.output import Output
from azremediate.cli.plan_file import read_plan
from azremediate.cli.session import open_session
from azremediate.cli.settings import Settings
from azremediate.cli.stored_run import read_run
from azremediate.core.errors import IntegrityBroken
from azremediate.core.events import ignore
from azremediate.core.ports import SignIn, SignInAnswer
from azremediate.core.secret import Secret
from azremediate.core.write import Intent


@dataclass(frozen=True, slots=True)
class Tried:
    """One old secret and what the sign-in service said to it."""

    application: str
    key_id: str
    answer: SignInAnswer


def try_old(config: Path, plan_file: Path, old: Mapping[str, str]) -> list[Tried]:
    """Try each exposed secret that the plan names; `old` holds the leaked values by key id, as the lab knows them."""
    return run_async(_try_old(config, plan_file, old))


def prove(config: Path, before: list[Tried], after: list[Tried], shown: Output, wrong: list[str]) -> None:
    """Show how the old and the new secrets sign in, and add to `wrong` what should not be."""
    rows = [
        [then.application, f"old, key id {then.key_id[:8]}", _said(then.answer), _said(now.answer)]
        for then, now in zip(before, after, strict=True)
    ]
    new = run_async(_try_new(config))
    rows += [[one.application, f"new, {one.key_id}", "", _said(one.answer)] for one in new]
    shown.text("\nWho can sign in? Asked of the sign-in service itself, with each credential:")
    shown.table(["APPLICATION", "CREDENTIAL", "BEFORE", "NOW"], rows)
    shown.data({"sign_ins": [dict(zip(("application", "secret", "before", "now"), row, strict=True)) for row in rows]})
    wrong += [f"{one.application}: an old secret still works" for one in after if _accepted(one)]
    wrong += [f"{one.application}: an old secret did not work before" for one in before if not _accepted(one)]
    wrong += [f"{one.application}: the new credential does not work" for one in new if not _accepted(one)]
    if not before or not new:
        wrong.append("no secret was tried")


async def _try_old(config: Path, plan_file: Path, old: Mapping[str, str]) -> list[Tried]:
    plan = read_plan(plan_file)
    async with open_session(Settings(config=config, quiet=True), ignore) as session:
        prover = session.tenant.writer(_refuse).prover
        tried = []
        for change in plan.changes:
            if "secret" in change.action:
                app_id, name = change.target.app_id, change.target.display_name
                for exposed in change.target.exposed:
                    answer = await prover.try_secret(app_id, Secret(old[exposed.key_id]))
                    tried.append(Tried(name, exposed.key_id, answer))
        return tried


async def _try_new(config: Path) -> list[Tried]:
    settings = Settings(config=config, quiet=True)
    stored = await read_run(configuration(settings), None)
    async with open_session(settings, ignore) as session:
        prover = session.tenant.writer(_refuse).prover
        tried = []
        for change in stored.plan.changes:
            proof = stored.results[change.change_id].proof
            if proof and "vault_secret" in proof:
                name, version = str(proof["vault_secret"]), str(proof["vault_version"])
                value = await session.tenant.secrets.value(name, version)
                attempt = prover.try_certificate if "certificate" in change.action else prover.try_secret
                answer = await attempt(change.target.app_id, value)
                tried.append(Tried(change.target.display_name, name, answer))
        return tried


def _accepted(tried: Tried) -> bool:
    return tried.answer.result is SignIn.ACCEPTED


def _said(answer: SignInAnswer) -> str:
    return "yes" if answer.result is SignIn.ACCEPTED else f"no ({answer.code or answer.result.value})"


def _refuse(intent: Intent) -> None:
    raise IntegrityBroken(f"the proof writes nothing, also not {intent.step}")
