"""A cluster for clients to find."""

from pathlib import Path

import pytest

from tests.unit.hub.profiles.api import kubeconfig


@pytest.fixture(autouse=True)
def _kubernetes_is_configured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """KubeSpawner wants to know a cluster when it is made; its option ``k8s_api_host`` then says which."""
    path = kubeconfig(tmp_path / "kubeconfig", "http://127.0.0.1:9")
    monkeypatch.setattr("kubernetes_asyncio.config.kube_config.KUBE_CONFIG_DEFAULT_LOCATION", str(path))
    monkeypatch.delenv("POD_NAMESPACE", raising=False)
