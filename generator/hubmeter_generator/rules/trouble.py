"""The recording rules of trouble: start times, servers that wait, failed starts, OOM kills, restarts and evictions."""

from hubmeter_generator.model import BUCKET, MINUTE, Rule, RuleGroup
from hubmeter_promql import names, render


def groups() -> tuple[RuleGroup, ...]:
    """Return the groups."""
    events = "trouble/server_events"
    return (
        RuleGroup(
            "hubmeter-waiting",
            MINUTE,
            (Rule(names.WAITING_SERVERS, "trouble/waiting_servers", _of_servers("waiting")),),
        ),
        RuleGroup(
            "hubmeter-trouble",
            BUCKET,
            (
                Rule(names.SERVER_START, "trouble/server_start_seconds", _of_servers("first_starts")),
                Rule(names.SERVER_EVENTS, events, {**_of_servers("restarts"), "event": ", event"}),
                *(
                    Rule(
                        names.SERVER_EVENTS, events, {**_of_servers(f"{event}s"), "event": ""}, labels={"event": event}
                    )
                    for event in ("failed_start", "eviction")
                ),
            ),
        ),
    )


def _of_servers(pods: str) -> dict[str, str]:
    found = render.part(f"parts/trouble/{pods}.promql", {})
    return {"of_servers": render.part("parts/trouble/of_servers.promql", {"pods": found})}
