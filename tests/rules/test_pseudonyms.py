"""With pseudonyms the real exporter's metrics, pods and our rules still join, and no name is in what is recorded."""

import os
import re
import subprocess
import sys
from collections.abc import Callable

import pytest

from hubmeter_common.pseudonyms import Salt
from hubmeter_promql import names
from tests.rules.promtool import VERSIONS, Case, Expect, constant, merged, pod, usage
from tests.unit.exporter.broken_hub import fake_hub
from tests.waiting import PATIENCE

SALT = Salt(b"salt-of-this-test-0123456789")
PEOPLE = {"ana.lópez@uni.edu": ["bio", "chem", "math"], "Bob-Smith": [], "ann": ["bio"], "anna": ["chem"]}
LABEL = "annotation_hubmeter_pseudonym"


@pytest.fixture(scope="module")
def exported() -> dict[str, str]:
    """What the exporter, with a salt, exports of PEOPLE, as inputs of promtool."""
    with fake_hub() as hub:
        hub.users = PEOPLE
        environment = {
            **os.environ,
            "JUPYTERHUB_API_TOKEN": "secret-0123456789",
            "JUPYTERHUB_API_URL": hub.api_url,
            "NAMESPACE": "prod",
            "HUBMETER_PSEUDONYM_SALT": SALT.value.decode(),
        }
        command = [sys.executable, "-m", "hubmeter_exporter", "--once", "--multiple_groups", "split"]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=PATIENCE, check=True)
    page = done.stdout
    rows = [line.rpartition(" ") for line in page.splitlines() if not line.startswith("#")]
    return {name.replace("{", '{instance="exporter",', 1): constant(float(value)) for name, _, value in rows}


def of_pod(number: int, username: str) -> dict[str, str]:
    """Return what is exported of a user's pod, named by the user's number."""
    inputs = merged(pod(f"jupyter-{number}", SALT.pseudonym(username)), usage(f"jupyter-{number}"))
    return {row.replace("annotation_hub_jupyter_org_username", LABEL): values for row, values in inputs.items()}


@pytest.mark.parametrize("version", VERSIONS)
def test_pseudonyms_of_exporter_and_pods_join(
    version: str, exported: dict[str, str], check: Callable[[Case, str], None]
) -> None:
    inputs = merged(exported, *(of_pod(number, username) for number, username in enumerate(PEOPLE)))
    shown = "".join(inputs)
    assert not [name for name in PEOPLE if re.search(rf"\b{re.escape(name)}\b", shown)]
    users = {f'namespace="prod", username="{SALT.pseudonym(name)}"': 4096.0 for name in PEOPLE}
    third = 4096 / 3
    groups = {"bio": 4096 + third, "chem": 4096 + third, "math": third, "none": 4096}
    case = Case(
        "users and groups have what their pods request",
        inputs,
        (
            Expect("6m", names.user(names.MEMORY_REQUESTS), users),
            Expect(
                "6m",
                names.group(names.MEMORY_REQUESTS),
                {f'namespace="prod", usergroup="{group}"': value for group, value in groups.items()},
            ),
        ),
        settings={"username_annotation_label": LABEL},
    )
    check(case, version)
