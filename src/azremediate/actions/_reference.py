"""How a request about one directory object names another one."""

from azremediate.core.cloud import Cloud

_GRAPH = {
    Cloud.USGOV: "https://graph.microsoft.us",
    Cloud.USGOV_DOD: "https://dod-graph.microsoft.us",
    Cloud.CHINA: "https://microsoftgraph.chinacloudapi.cn",
}


def reference_to(cloud: Cloud, object_id: str) -> dict[str, str]:
    """The body that adds an object to a list of references, such as members or owners."""
    return {"@odata.id": f"{_GRAPH.get(cloud, 'https://graph.microsoft.com')}/v1.0/directoryObjects/{object_id}"}
