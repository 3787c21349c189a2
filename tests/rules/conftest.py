"""What all tests of rules share."""

from collections.abc import Callable

import pytest

from tests.rules.promtool import Batches, Case
from tests.tools import tool


@pytest.fixture(scope="session")
def batches(tmp_path_factory: pytest.TempPathFactory) -> Batches:
    """The cases that have run."""
    return Batches(tmp_path_factory.mktemp("promtool"))


@pytest.fixture(scope="module")
def selected(request: pytest.FixtureRequest) -> list[Case]:
    """The cases that this run has of the module."""
    functions = [item for item in request.session.items if isinstance(item, pytest.Function)]
    calls = [item.callspec for item in functions if item.module is request.module and hasattr(item, "callspec")]
    cases: list[Case] = [call.params["case"] for call in calls if "case" in call.params]  # type: ignore[misc] # pytest says object
    return cases


@pytest.fixture
def check(batches: Batches, selected: list[Case]) -> Callable[[Case, str], None]:
    """A function that checks a case on a version, together with the module's other cases of the same rules."""

    def holds(case: Case, version: str) -> None:
        report = batches.report(tool(f"{version}/promtool"), case, selected)
        assert not report, report

    return holds
