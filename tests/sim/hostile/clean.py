"""The site without a violation, which the others change: nothing fires, and the doctor finds nothing."""

from hubmeter_promql import names
from tests.sim.hostile.frame import Numbers, Site, clean_world

# Usage by user and group is not recorded.
LEVELS = (names.user, names.group, names.hub)
EVERYTHING = Numbers(
    tuple(
        level(resource)
        for resource in (names.MEMORY_WORKING_SET, names.MEMORY_REQUESTS, names.CPU_USAGE, names.SERVERS, names.HOME)
        for level in LEVELS
    )
)

SITES = (Site("clean", (EVERYTHING,), clean_world()),)
