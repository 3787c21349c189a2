"""Deleted home directories count no longer, on each engine."""

from pathlib import Path

import pytest

from tests.engines.engine import ENGINES, running
from tests.sim.hostile.frame import Numbers, Site, play
from tests.sim.hostile.homes import SITES

DELETED = [site for site in SITES if site.name.startswith("a deleted directory")]

STILL_REPORTED = {"a deleted directory": "; 1 that dirsize no longer measures count as deleted"}


@pytest.mark.parametrize("name", ENGINES)
@pytest.mark.parametrize("site", DELETED, ids=lambda site: site.name)
def test_a_deleted_directory_counts_no_longer(name: str, site: Site, tmp_path: Path) -> None:
    with running(name, tmp_path) as engine:
        outcome = play(site, engine)
        assert [wrong for item in site.outcomes if isinstance(item, Numbers) for wrong in outcome.wrong(item)] == []
        assert outcome.findings["home directories"].meaning == (
            "2 home directories are measured, 2 of them with a limit" + STILL_REPORTED.get(site.name, "")
        )
