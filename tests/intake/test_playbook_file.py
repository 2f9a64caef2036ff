"""Playbooks: what a good one becomes, and how everything wrong with a bad one is said at once."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.core.credential import Confidence, CredentialKind
from azremediate.core.errors import PlaybookInvalid
from azremediate.core.playbook import Selector, Source, Step, Usage
from azremediate.intake.playbook_file import parse_playbook, read_playbook
from azremediate.intake.playbook_model import playbook_schema
from tests.intake.fake_actions import fake_actions

HEAD = "name: own\ndescription: Ours.\nversion: 1\nsteps:\n"


def refusal(body: str) -> list[str]:
    """The lines with which a playbook is refused."""
    with pytest.raises(PlaybookInvalid) as caught:
        parse_playbook(body.encode(), "p.yaml", fake_actions())
    return str(caught.value).splitlines()


def test_a_playbook_becomes_steps(tmp_path: Path) -> None:
    """Selectors, sources and parameters arrive, with the line of each step and the hash of the file."""
    file = tmp_path / "own.yaml"
    file.write_text(
        HEAD + "  - action: change_secret\n"
        "    for: {kind: [client-secret], confidence: [known], usage: [unused], unused_days: 30}\n"
        "    with: {overlap: PT1H, days: 7}\n"
        "  - {action: change_tenant, from: tenant}\n",
        encoding="utf-8",
    )
    playbook = read_playbook(str(file), fake_actions())
    chosen = Selector((CredentialKind.CLIENT_SECRET,), (Confidence.KNOWN,), (Usage.UNUSED,), 30)
    assert playbook.steps == (
        Step("change_secret", Source.CREDENTIALS, chosen, {"overlap": "PT1H", "days": 7}, line=5),
        Step("change_tenant", Source.TENANT, line=8),
    )
    assert (playbook.name, playbook.description, playbook.version, playbook.file) == ("own", "Ours.", 1, str(file))
    assert playbook.needs_credentials
    assert len(playbook.sha256) == 64
    assert read_playbook(file, fake_actions()) == playbook


def test_everything_wrong_is_said_at_once() -> None:
    """Shape, actions and parameters of all steps, in the order of the file."""
    body = (
        "name: Own One\nversion: 2\nsteps:\n"
        "  - action: chang_secret\n"
        "    form: tenant\n"
        "  - action: change_secret\n"
        "    for: {kind: [client_secret], usage: []}\n"
        "    with: {overlap: 5m, dayz: 1, days: x}\n"
    )
    assert refusal(body) == [
        "p.yaml:1:1: description: is required",
        "p.yaml:1:7: name: must be lower-case words joined by '-', at most 64 characters",
        "p.yaml:2:10: version: must be 1",
        "p.yaml:4:13: steps[0].action: there is no action 'chang_secret'; did you mean 'change_secret'?",
        "p.yaml:5:5: steps[0].form: is not a known key; did you mean 'for'?",
        "p.yaml:7:18: steps[1].for.kind[0]: must be one of client-secret, certificate, federated-credential, "
        "user-password, session, storage-key or other; did you mean 'client-secret'?",
        "p.yaml:7:41: steps[1].for.usage: must not be empty",
        "p.yaml:8:21: steps[1].with.overlap: change_secret: overlap: '5m' is not an ISO 8601 duration; "
        "write for example PT15M, PT2H or P1D",
        "p.yaml:8:25: steps[1].with.dayz: change_secret has no parameter 'dayz'; did you mean 'days'?",
        "p.yaml:8:40: steps[1].with.days: change_secret: days is not a whole number",
    ]


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        pytest.param("{action: change_tenant}", "from: must be 'tenant'", id="tenant from the list"),
        pytest.param("{action: change_tenant, from: tenant, for: {}}", "for: selects nothing", id="tenant selected"),
        pytest.param("{action: change_user, from: tenant}", "takes no applications", id="all users"),
        pytest.param("{action: change_user, for: {usage: [active]}}", "known of applications only", id="users' usage"),
        pytest.param(
            "{action: change_secret, from: tenant}", "for.usage: is required, or audience", id="all applications"
        ),
        pytest.param(
            "{action: change_secret, for: {audience: [AzureADMyOrg]}}",
            "for.audience: has no meaning without 'from: tenant'",
            id="audience of the list",
        ),
        pytest.param(
            "{action: change_secret, from: tenant, for: {kind: [client-secret], usage: [unused]}}",
            "for.kind: has no meaning with 'from: tenant'",
            id="kind without list",
        ),
        pytest.param("{action: change_user, for: {kind: [certificate]}}", "does nothing about certificate", id="kind"),
        pytest.param("{action: change_secret, for: {unused_days: 9}}", "no meaning without usage", id="days only"),
        pytest.param(
            "{action: change_secret, for: {usage: [unused], unused_days: 9}, with: {unused_days: 8}}",
            "differs from unused_days in 'with'",
            id="two ages",
        ),
        pytest.param("{action: change_secret, for: {usage: [unused], unused_days: 0}}", "at least 1", id="no days"),
        pytest.param("{action: change_secret, for: {usage: unused}}", "must be a list", id="no list"),
        pytest.param("change_secret", "steps[0]: must be a section", id="only a word"),
        pytest.param("{with: {}}", "action: is required", id="no action"),
    ],
)
def test_a_step_that_makes_no_sense_is_refused(step: str, expected: str) -> None:
    """A step that could select nothing, or everything by accident, is an error."""
    (said,) = refusal(f"{HEAD}  - {step}\n")
    assert said.startswith("p.yaml:5:")
    assert expected in said


@pytest.mark.parametrize("body", ["", "- a", "text", "{}"])
def test_what_is_no_playbook_is_refused(body: str) -> None:
    """Nothing, a list, a word and an empty mapping."""
    assert refusal(body)[0].startswith("p.yaml:1:1: ")


def test_a_missing_file_points_to_the_built_in_ones(tmp_path: Path) -> None:
    """Whoever mistypes a path learns where the names are."""
    with pytest.raises(PlaybookInvalid, match="does not exist") as caught:
        read_playbook(str(tmp_path / "none.yaml"), fake_actions())
    assert "azremediate playbooks list" in caught.value.hint


WORDS = st.sampled_from(["action", "change_secret", "for", "from", "tenant", "with", "kind", "unused", "steps", "name"])
DATA = st.recursive(
    st.one_of(WORDS, st.integers(), st.none()), lambda inner: st.lists(inner) | st.dictionaries(WORDS, inner)
)


@given(st.dictionaries(st.sampled_from(["name", "description", "version", "steps"]), DATA))
def test_any_shape_is_a_playbook_or_a_refusal(data: dict[str, object]) -> None:
    """Nothing but PlaybookInvalid is raised, whatever stands where."""
    body = repr(data).replace("None", "null")
    with pytest.raises(PlaybookInvalid):
        parse_playbook(body.encode(), "p.yaml", fake_actions())


def test_the_schema_knows_what_the_reader_knows() -> None:
    """The published schema is of draft 2020-12 and has the words of the file, not those of the code."""
    schema = playbook_schema()
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["required"] == ["name", "description", "version", "steps"]
    text = repr(schema)
    for word in (
        "'action'",
        "'from'",
        "'for'",
        "'with'",
        "'unused_days'",
        "never_used",
        "'additionalProperties': False",
    ):
        assert word in text
    assert "'selector'" not in text
