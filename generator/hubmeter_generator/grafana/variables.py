"""The variables of dashboards."""

from typing import Final

from grafanalib import core

from hubmeter_generator.grafana.panels import DATASOURCE
from hubmeter_generator.grafana.values import Json
from hubmeter_promql import names

_CLUSTER: Final = "%(cluster_matcher)s"
_HUB: Final = '%(cluster_matcher)snamespace=~"$hub"'
_GROUP: Final = f'{_HUB}, usergroup=~"$usergroup"'
_PROFILE: Final = f'{_HUB}, profile=~"$profile"'


_CLOCKS: Final = (names.HUBS, f"%(metrics_prefix)s_{names.REFRESH_INTERVAL}")


class Variable(core.Template):  # type: ignore[misc] # grafanalib has no types
    """A variable in the current format of Grafana; grafanalib writes keys of all types into each."""

    def to_json_data(self) -> Json:
        """Return the variable's JSON."""
        common = {"type": self.type, "name": self.name, "label": self.label, "hide": self.hide, "query": self.query}
        if self.type == "datasource":
            return {**common, "regex": self.regex, "refresh": 1, "options": [], "includeAll": False, "multi": False}
        current = {"selected": True, "text": self.default, "value": self.default}
        if self.type in {"custom", "textbox"}:
            return {**common, "current": current, "options": [], "includeAll": False, "multi": False}
        return {
            **common,
            "datasource": self.dataSource,
            "refresh": self.refresh,
            "regex": "",
            "sort": self.sort,
            "multi": True,
            "includeAll": True,
            "allValue": self.allValue,
            "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
            "options": [],
        }


def _values(name: str, label: str, metric: str, source_label: str, matchers: str) -> Variable:
    """Return a variable of a label's values in the time range; one, several or all can be chosen, by default all.

    All is ``.*``, which includes rows without the label (unattributed usage).
    """
    query = {"query": f"label_values({metric}{{{matchers}}}, {source_label})", "refId": name, "qryType": 1}
    return Variable(name=name, label=label, query=query, dataSource=DATASOURCE, allValue=".*", refresh=2)


def datasource() -> Variable:
    """Return the variable ``datasource``."""
    return Variable(
        name="datasource", label="Data source", query="prometheus", type="datasource", regex="%(datasource_regex)s"
    )


def cluster() -> Variable:
    """Return the variable ``cluster``."""
    return _values("cluster", "Cluster", names.HUBS, "%(cluster_label)s", "")


class _Hidden(Variable):  # the base class has no types
    """A hidden variable with the text of query results that the regular expression captures."""

    def to_json_data(self) -> Json:
        """Return the variable's JSON."""
        row = {key: value for key, value in super().to_json_data().items() if key != "allValue"}
        own = {**row, "regex": self.regex, "skipUrlSync": True}
        if self.multi:
            return own
        current = {"selected": True, "text": self.default, "value": self.default}
        return {**own, "multi": False, "includeAll": False, "current": current}


def _hidden(name: str, label: str, query: str, regex: str, *, default: str = "", multi: bool = False) -> Variable:
    """Return a hidden variable: with ``multi`` all results, as a pattern of all of them, else the first."""
    return _Hidden(
        name=name,
        label=label,
        query={"query": f"query_result({query})", "refId": name, "qryType": 3},
        regex=regex,
        default=default,
        multi=multi,
        dataSource=DATASOURCE,
        refresh=2,
        hide=2,
    )


def now() -> Variable:
    """Return the hidden variable ``now``: the Unix time of the newest sample in the time range, for ``@ $now``.

    Ranges such as *Today* end in the future, and Grafana sends instant queries for that time, when no series has a
    sample. Clocks are a series of the rules and a metric of the exporter. Without both, it is the end of the range.
    """
    newest = f"max({' or '.join(f'timestamp({clock})' for clock in _CLOCKS)})"
    in_range = f"max_over_time({newest}[$__range:5m])"
    # Steps of 5 minutes find the newest sample if the range ends later; else the sample at the end counts.
    at_end = f'label_replace({newest}, "at", "end", "", "")'
    query = f"ceil(max({at_end} or {in_range})) or ceil(vector(time()))"
    return _hidden("now", "Now", query, "/ ([0-9.]+) /", default="end()")


def every() -> Variable:
    """Return the hidden variable ``every``: a 48th of the time range in seconds, in whole minutes, for ``most``."""
    return _hidden("every", "Step", "ceil(vector($__range_s) / 2880) * 60", "/ ([0-9]+) /", default="3600")


def days() -> list[Variable]:
    """Return the hidden variables by which panels read the sums of whole days in the time range (parts/usage/period).

    ``days_begin`` and ``days_end`` are the first and the last midnight (UTC) in the range so far, in Unix time. The
    lengths of the parts before, between and after them are in milliseconds. ``range_end`` is the end of the range,
    because Grafana evaluates variables up to a second later than panels. ``by_day`` is ``|yes``, or ``no`` where a hub
    lacks the sum of a day: before it is recorded, after an outage, and of the time before rules recorded such sums.
    """
    end, begin = "vector(time())", "(vector(time()) - $__range_s)"
    # A bucket of 5 minutes belongs to the day in which it began.
    first = f"(ceil(({begin} - 299.997) / 86400) * 86400)"
    last = f"(floor((clamp_max({end}, $now) - 299.997) / 86400) * 86400)"
    numbers = {
        "days_begin": ("Begin of days", first),
        "days_end": ("End of days", last),
        "range_end": ("End of range", end),
        "before_days": ("Before days", f"clamp_min(round(({first} + 299.997 - {begin}) * 1000), 1)"),
        "days": ("Days", f"clamp_min(({last} - {first}) * 1000, 1)"),
        "after_days": ("After days", f"clamp_min(round(({end} - {last} - 299.997) * 1000), 1)"),
    }
    variables = [_hidden(name, label, query, "/ ([0-9.]+) /", default="1") for name, (label, query) in numbers.items()]
    # With two days before: charts by day show the day before each point, and Grafana's first point is before the range.
    buckets = f"{names.USAGE_RECORDED}{{{_HUB}}}[2d${{days}}ms] @ ${{days_end}} offset -299999ms"
    sums = f"{names.USAGE_RECORDED_DAY}{{{_HUB}}}[2d${{days}}ms] @ ${{days_end}} offset -86399999ms"
    by = "by (%(cluster)snamespace)"
    complete = f"sum {by} (sum_over_time({sums})) == sum {by} (sum_over_time({buckets}))"
    lacking = f"count(group {by} ({names.HUBS}{{{_HUB}}} @ $now) unless on (%(cluster)snamespace) ({complete}))"
    no, yes = (f'label_replace(vector(1), "by_day", "{value}", "", "")' for value in ("no", "|yes"))
    query = f"{no} and on () ({lacking} or {last} - {first} < 86400) or on () {yes}"
    return [*variables, _hidden("by_day", "By day", query, '/by_day="([^"]+)"/', default="no")]


def most(name: str, label: str, users: str) -> Variable:
    """Return a hidden variable with the usernames of a query's result.

    Panels of users read the series of these only: a selector by name costs little, and one of all users reads each.
    PromQL has no other way to read the series of users that a query finds. Where the query cannot be asked (deploy.py
    of jupyterhub/grafana-dashboards), the value is ``.*``, and panels have the same rows in more time.
    """
    return _hidden(name, label, f"group by (username) ({users})", r'/^\{username="([\s\S]+)"\} /', multi=True)


def hub() -> Variable:
    """Return the variable ``hub``: namespaces with a hub."""
    return _values("hub", "Hub", names.HUBS, "namespace", _CLUSTER)


def group() -> Variable:
    """Return the variable ``usergroup``: groups of the chosen hubs."""
    return _values("usergroup", "User group", names.SHARE, "usergroup", _HUB)


def user() -> Variable:
    """Return the variable ``username``: members of the chosen groups."""
    return _values("username", "User", names.SHARE, "username", _GROUP)


def profile() -> Variable:
    """Return the variable ``profile``: profiles of the chosen hubs."""
    return _values("profile", "Profile", names.profile(names.SERVERS), "profile", f'{_HUB}, profile!=""')


def size() -> Variable:
    """Return the variable ``size``: sizes of the chosen profiles."""
    return _values("size", "Size", names.profile(names.SERVERS), "size", f'{_PROFILE}, size!=""')


def image() -> Variable:
    """Return the variable ``image``: images of the chosen profiles."""
    return _values("image", "Image", names.profile(names.SERVERS), "image", f'{_PROFILE}, image!=""')


def server() -> Variable:
    """Return the variable ``server``: profiles and sizes of servers of the chosen hubs."""
    return _values("server", "Server", names.SERVER_REQUESTS, "server", _HUB)


def choice(name: str, label: str, values: str, default: str) -> Variable:
    """Return a variable with fixed values, separated by commas (may be a placeholder)."""
    return Variable(name=name, label=label, query=values, type="custom", options=[{"selected": False}], default=default)


def textbox(name: str, label: str, default: str) -> Variable:
    """Return a variable whose value is typed in."""
    return Variable(name=name, label=label, query=default, type="textbox", default=default)
