"""The demo: a list of leaked credentials, from intake to proof, against the simulated tenant over real sockets."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from time import monotonic

import click

from azremediate.cli.command_line import quoted
from azremediate.cli.demo_list import write_list
from azremediate.cli.demo_mail import write_mail
from azremediate.cli.demo_proof import prove, try_old
from azremediate.cli.main import run_command
from azremediate.cli.output import Output
from azremediate.cli.settings import Settings
from azremediate.core.exit_code import ExitCode
from azremediate.lab.server import Lab

_PLAYBOOK = "respond-to-exposed-credentials"


@dataclass(slots=True)
class Story:
    """One telling; `old` are the lab's secrets as they leaked, `wrong` collects what did not come out as it should."""

    lab: Lab
    folder: Path
    settings: Settings
    shown: Output
    old: dict[str, str]
    wrong: list[str]

    @property
    def config(self) -> Path:
        """The configuration that points to the lab."""
        return self.folder / "config.yaml"

    def say(self, text: str) -> None:
        """Tell the reader what comes next."""
        self.shown.text(f"\n{text}")

    def call(self, arguments: Sequence[str], expected: ExitCode = ExitCode.DONE) -> None:
        """Run one command as a person would and show it."""
        self.shown.text(f"\n$ azremediate {' '.join(quoted(word) for word in arguments)}")
        flags = ["--config", str(self.config), *([] if self.settings.color else ["--no-color"])]
        flags += ["--quiet"] if self.settings.quiet else []
        flags += ["--json"] if self.settings.json else []
        code = run_command([*flags, *arguments])
        if code != expected:
            self.wrong.append(f"`azremediate {arguments[0]}` ended with {code} instead of {int(expected)}")


def tell(folder: Path, settings: Settings, shown: Output) -> int:
    """Tell the whole story in `folder`, which must be new or empty; the exit code."""
    started = monotonic()
    with Lab(directory=folder / "lab") as lab:
        old = {key_id: record.value for key_id, record in lab.store.secrets.items()}
        story = Story(lab, folder, settings, shown, old, [])
        lab.write_config(story.config)
        _quicken(story.config)
        _respond(story)
        _second_look(story)
    story.say(_ending(story, monotonic() - started))
    shown.data({"folder": str(folder), "wrong": list(story.wrong), "seconds": round(monotonic() - started, 1)})
    return ExitCode.FAILED if story.wrong else ExitCode.DONE


def _respond(story: Story) -> None:
    store = story.lab.store
    leaked = story.folder / "leaked.csv"
    rows = write_list(leaked, store)
    mail, found = story.folder / "leaked.mbox", story.folder / "findings.jsonl"
    plan = story.folder / "respond.plan.json"
    story.say(
        "LAB: a simulated tenant of Contoso serves Microsoft Graph, sign-in, Azure Resource\n"
        f"Manager and Key Vault on 127.0.0.1. A list of {rows} rows says which credentials leaked;\n"
        f"some rows are duplicates, ambiguous or broken:\n{leaked}"
    )
    messages = write_mail(mail, store)
    story.say(f"And {messages} messages were read by the attacker. What do they hold, and whose is it?\n{mail}")
    story.call(["scan", str(mail), "-o", str(found), "--jobs", "1", "--link"])
    story.say("List and mail together make one plan:")
    story.call(["plan", _PLAYBOOK, "--credentials", str(leaked), "--findings", str(found), "-o", str(plan)])
    planned = len([write for write in story.lab.effects if write.service in ("graph", "vault")])
    story.say(f"Planning sent {planned} writes to the tenant (counted by the tenant itself). Now exactly this plan:")
    if planned:
        story.wrong.append("planning wrote to the tenant")
    leaked_secrets = try_old(story.config, plan, story.old)
    story.call(["apply", str(plan), "--yes", "--confirm-tenant", store.tenant_id])
    story.call(["verify"])
    prove(story.config, leaked_secrets, try_old(story.config, plan, story.old), story.shown, story.wrong)
    before = len(story.lab.effects)
    story.say("The same plan once more writes nothing:")
    story.call(["apply", str(plan), "--yes", "--confirm-tenant", store.tenant_id])
    if len(story.lab.effects) != before:
        story.wrong.append("the second apply wrote to the tenant")


def _second_look(story: Story) -> None:
    story.say("Everything that happened is in a log whose alteration would be noticed:")
    story.call(["audit", "verify"])
    report = story.folder / "report.txt"
    story.call(["report", "-o", str(report)])


def _ending(story: Story, seconds: float) -> str:
    if story.wrong:
        return "The demo did NOT come out as it should:\n" + "\n".join(f"  - {one}" for one in story.wrong)
    return (
        f"Done in {seconds:.0f} s. Everything is in {story.folder}: the leaked list and mail, the findings, the plan,\n"
        "the report and the state with journal and audit log. Nothing of it concerns a real tenant.\n\n"
        "Try next:\n"
        "  azremediate lab serve --write-config lab.yaml     keep a tenant running, and in a second terminal:\n"
        "  azremediate --config lab.yaml doctor              what works and what is missing\n"
        "  azremediate --config lab.yaml plan disable-unused-service-principals\n"
        "  azremediate --config lab.yaml run revoke_sessions alice.admin@contoso.onmicrosoft.com --apply"
    )


def _quicken(config: Path) -> None:
    """The lab answers at once and has no quotas, so nobody has to wait; a real tenant keeps the defaults."""
    lines = [
        "reconcile: {settle: PT0.1S, window: PT0.2S, deadline: PT10S, verify: PT20S, poll: PT0.2S}",
        "throttle: {policy_per_second: 1000, reports_per_10s: 1000}",
        "",
    ]
    text = config.read_text(encoding="utf-8")
    if "\nreconcile:" not in text:
        config.write_text(text.rstrip("\n") + "\n" + "\n".join(lines), encoding="utf-8")


def new_folder(asked: Path | None) -> Path:
    """The folder for the demo's files: the asked one, which must be new or empty, or a new one beside earlier demos."""
    if asked is None:
        asked = next(one for one in _names() if not one.exists())
    if asked.exists() and any(asked.iterdir()):
        raise click.UsageError(f"{asked} is not empty; name another folder with --directory, or remove it")
    asked.mkdir(parents=True, exist_ok=True)
    return asked


def _names() -> Iterator[Path]:
    yield Path("azremediate-demo")
    yield from (Path(f"azremediate-demo-{number}") for number in count(2))
