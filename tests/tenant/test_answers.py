"""The table from answers to outcomes: it covers every status, and shows nothing of the server's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from azremediate.core.errors import (
    Conflict,
    FeatureMissing,
    NotSent,
    ObjectMissing,
    OutcomeUnknown,
    PermissionMissing,
    RequestRefused,
    ServiceFailing,
    SignInFailed,
    TenantError,
    Throttled,
)
from azremediate.tenant.answers import (
    Answer,
    Effect,
    Passing,
    code_of,
    effect_of,
    harmless,
    read_error,
    write_error,
)

STATUSES = st.integers(100, 999)


@pytest.mark.fault("N12", "N14")
@given(STATUSES)
def test_every_status_of_a_write_has_one_outcome(status: int) -> None:
    """Success is three numbers, no effect is a 4xx other than 408, all else is unknown."""
    error = write_error(status, "Some_Code", "r-1", "PATCH /x")
    match effect_of(status):
        case Effect.DONE:
            assert (error, status in (200, 201, 204)) == (None, True)
        case Effect.NONE:
            assert isinstance(error, TenantError)
            assert not isinstance(error, OutcomeUnknown | NotSent)
            assert 400 <= status < 500
            assert status != 408
            assert (error.status, error.code, error.request_id) == (status, "Some_Code", "r-1")
        case Effect.UNKNOWN:
            assert isinstance(error, OutcomeUnknown)
            assert (error.status, error.code, error.request_id) == (status, "Some_Code", "r-1")


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (199, Effect.UNKNOWN),
        (200, Effect.DONE),
        (201, Effect.DONE),
        (202, Effect.UNKNOWN),
        (203, Effect.UNKNOWN),
        (204, Effect.DONE),
        (206, Effect.UNKNOWN),
        (302, Effect.UNKNOWN),
        (400, Effect.NONE),
        (408, Effect.UNKNOWN),
        (409, Effect.NONE),
        (499, Effect.NONE),
        (500, Effect.UNKNOWN),
        (503, Effect.UNKNOWN),
    ],
)
def test_effect(status: int, expected: Effect) -> None:
    """The table at its edges."""
    assert effect_of(status) is expected


REFUSALS = {401: SignInFailed, 403: PermissionMissing, 404: ObjectMissing, 409: Conflict, 429: Throttled}


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 405, 409, 410, 412, 429, 499])
def test_kind_of_a_refusal(status: int) -> None:
    """Whoever handles a refusal tells the kinds apart by their type."""
    error = write_error(status, "", "", "PATCH /x", 3.0)
    assert type(error) is REFUSALS.get(status, RequestRefused)
    assert isinstance(error, TenantError)
    assert error.status == status


PASSING = (408, 500, 502, 503, 504, 509)


@pytest.mark.parametrize("status", [*PASSING, 300, 307, 399, 501, 505, 510, 600])
def test_kind_of_a_failing_read(status: int) -> None:
    """Some failures pass by themselves, others do not; a redirect is called one."""
    error = read_error(status, "", "", "GET /x")
    assert type(error) is (Passing if status in PASSING else ServiceFailing)
    assert ("redirect" in str(error)) == (300 <= status < 400)


def test_a_read_that_is_refused() -> None:
    """From 400 on the answer is about the request."""
    assert type(read_error(400, "", "", "GET /x")) is RequestRefused


def test_a_licence_that_is_missing() -> None:
    """Known by its code, whatever the status."""
    error = read_error(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "", "GET /x")
    assert isinstance(error, FeatureMissing)
    assert not isinstance(read_error(403, "Authorization_RequestDenied", "", "GET /x"), FeatureMissing)


@given(STATUSES)
def test_every_status_of_a_read_has_one_error(status: int) -> None:
    """Only 200 is an answer; no read has an unknown outcome."""
    error = read_error(status, "", "", "GET /x", 3.0)
    assert (error is None) == (status == 200)
    assert not isinstance(error, OutcomeUnknown)
    assert isinstance(error, Throttled) == (status == 429)


@pytest.mark.fault("S1")
@given(st.text())
def test_only_codes_are_kept(text: str) -> None:
    """What passes is short and plain."""
    kept = harmless(text)
    assert kept in ("", text)
    assert len(kept) <= 80
    assert kept == "" or all(mark.isascii() and (mark.isalnum() or mark in "_.:-") for mark in kept)


def test_code_of_other_shapes() -> None:
    """An error body of another shape has no code."""
    assert code_of({"error": {"code": "Request_BadRequest"}}) == "Request_BadRequest"
    bodies: tuple[object, ...] = (
        None,
        [],
        "x",
        {},
        {"error": "x"},
        {"error": {}},
        {"error": {"code": 7}},
        {"error": {"code": "a b"}},
    )
    for body in bodies:
        assert code_of(body) == ""


def test_an_answer_does_not_show_its_body() -> None:
    """The body may hold a secret."""
    assert "obviously-fake" not in repr(Answer(200, {}, b"obviously-fake"))
    assert Answer(200, {"request-id": "a\x1b[31m"}).request_id == ""
    assert Answer(200, {"x-ms-request-id": "r-2"}).request_id == "r-2"
