"""How the containers run: as nobody in particular, with nothing to write on, and silent about secrets."""

import json

from tests.e2e.images import run
from tests.e2e.stack import Stack


def test_no_container_is_root_or_can_write_to_its_root_or_gain_rights(stack: Stack) -> None:
    containers = json.loads(run("docker", "inspect", *stack.compose("ps", "--quiet").split()))
    assert len(containers) == 5
    for container in containers:
        assert int(container["Config"]["User"].partition(":")[0]) > 0, container["Name"]
        host = container["HostConfig"]
        assert host["ReadonlyRootfs"]
        assert host["CapDrop"] == ["ALL"]
        assert host["SecurityOpt"] == ["no-new-privileges:true"]


def test_tokens_are_neither_in_logs_nor_in_metrics_nor_on_command_lines(stack: Stack, tokens: dict[str, str]) -> None:
    logs = stack.compose("logs", "--no-color")
    assert "exporter" in logs
    shown = logs + stack.get("exporter", "/metrics").text + stack.compose("top")
    assert not [name for name, token in tokens.items() if token in shown]
