"""A reference names the object by the Graph of the tenant's own cloud."""

import pytest

from azremediate.actions._reference import reference_to
from azremediate.core.cloud import Cloud


@pytest.mark.parametrize(
    ("cloud", "host"),
    [
        (Cloud.PUBLIC, "graph.microsoft.com"),
        (Cloud.USGOV, "graph.microsoft.us"),
        (Cloud.CHINA, "microsoftgraph.chinacloudapi.cn"),
        (Cloud.CUSTOM, "graph.microsoft.com"),
    ],
)
def test_reference(cloud: Cloud, host: str) -> None:
    """A lab reads ids only, and gets that of the global cloud."""
    assert reference_to(cloud, "x") == {"@odata.id": f"https://{host}/v1.0/directoryObjects/x"}
