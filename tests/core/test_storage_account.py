"""A resource id is taken apart strictly, and equal ids are equal whatever their case."""

import pytest

from azremediate.core.storage_account import StorageAccountId

ID = "99999999-0000-4000-8000-000000000001"
GOOD = f"/subscriptions/{ID}/resourceGroups/rg-payroll/providers/Microsoft.Storage/storageAccounts/contosopayroll"


@pytest.mark.parametrize("text", [GOOD, GOOD.upper(), f" {GOOD.lower()} "], ids=["as it is", "upper", "lower"])
def test_spellings(text: str) -> None:
    """One id has one spelling here."""
    found = StorageAccountId.parse(text)
    assert found is not None
    assert str(found) == GOOD
    assert found.secret_name("key1") == "storage-contosopayroll-key1"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "contosopayroll",
        GOOD + "/",
        GOOD + "/regenerateKey",
        GOOD + "?x=1",
        GOOD.replace("contosopayroll", "con-toso"),
        GOOD.replace("contosopayroll", "ab"),
        GOOD.replace("contosopayroll", "a" * 25),
        GOOD.replace("rg-payroll", ".."),
        GOOD.replace("rg-payroll", "rg/x"),
        GOOD.replace("rg-payroll", "rg%2e"),
        GOOD.replace("rg-payroll", "gr\u00fcn"),
        GOOD.replace(ID, "production"),
        GOOD.replace("Storage/storageAccounts", "Compute/virtualMachines"),
        "https://management.azure.com" + GOOD,
        GOOD + "\u212a",
        GOOD + "\nx",
    ],
)
def test_anything_else(text: str) -> None:
    """What is not exactly a resource id is none."""
    assert StorageAccountId.parse(text) is None
