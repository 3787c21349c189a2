"""Values: what they do to the exporters and the policies, and the sentence that says what is wrong with them."""

import copy
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import helm_python
import pytest
import yaml

from hubmeter_common.settings_file import SettingsError
from hubmeter_exporter import cli
from hubmeter_exporter.costs import cli as costs_cli
from hubmeter_exporter.membership import GroupPatterns, Strategy
from hubmeter_exporter.report import cli as report_cli
from hubmeter_exporter.report.delivery.courier import NO_RECIPIENT
from hubmeter_generator import settings
from hubmeter_generator.operate import doctor
from hubmeter_generator.write import chart as generated
from hubmeter_generator.write import chart_readme
from tests.chart import golden
from tests.chart.charts import CHART, Json, manifests, objects, of_kind, the
from tests.chart.sites import EVERYTHING, SITES

COSTS: Json = {"enabled": True, "prometheusUrl": "http://p:9090", "config": {"source": "aws"}}

PSEUDONYMS: Json = {"username_annotation_label": "annotation_hubmeter_pseudonym"}

REFUSED: dict[str, tuple[Json, str]] = {
    "reports without the cost API": (
        {"reports": {"enabled": True}},
        "but costs.enabled is false: reports read the cost API",
    ),
    "reports before the month is settled": (
        {"costs": {**COSTS, "config": {"source": "aws", "settlement_days": 4}}, "reports": {"enabled": True}},
        "reports.dayOfMonth is 4, but the last day of a month is settled on day 5 of the next one",
    ),
    "reports on day 2": (
        {"costs": COSTS, "reports": {"enabled": True, "dayOfMonth": 2}},
        "reports.dayOfMonth is 2, but the last day of a month is settled on day 3 of the next one",
    ),
    "reports that are lost": (
        {"costs": COSTS, "reports": {"enabled": True, "persistence": {"enabled": False}}},
        "reports.persistence.enabled is false, but the files, or the ledger of what was sent, would be lost",
    ),
    "a ledger of reports that is lost": (
        {
            "costs": COSTS,
            "reports": {
                "enabled": True,
                "out": "s3://bucket",
                "webhook": {"form": "slack"},
                "persistence": {"enabled": False},
            },
        },
        "the ledger of what was sent, would be lost",
    ),
    "mails of nobody": (
        {"costs": COSTS, "reports": {"enabled": True, "mail": {"host": "smtp.uni.edu"}}},
        'reports.mail.host is "smtp.uni.edu" and reports.mail.sender is "": set both, or neither.',
    ),
    "recipients without mails": (
        {"costs": COSTS, "reports": {"enabled": True, "recipients": {"bio": ["ana@uni.edu"]}}},
        "but reports.mail.host is empty, so nothing would be mailed: set it.",
    ),
    "leads without an address": (
        {
            "costs": COSTS,
            "reports": {"enabled": True, "leads": {"bio": ["ana"]}, "mail": {"host": "smtp", "sender": "a@b.c"}},
        },
        "reports.leads or reports.leadsGroup is set, but reports.address is empty",
    ),
    "a claim of reports that is not used": (
        {
            "costs": COSTS,
            "reports": {
                "enabled": True,
                "out": "s3://bucket",
                "persistence": {"enabled": False, "existingClaim": "mine"},
            },
        },
        'reports.persistence.existingClaim is "mine", but reports.persistence.enabled is false',
    ),
    "the hub's Secret of another namespace": (
        {"hub": {"namespace": "staging"}},
        'hub.namespace is "staging", but this release is in "prod", and a pod cannot read a Secret of another',
    ),
    "metrics of a hub that a scrape by annotations cannot read": (
        {"hub": {"metrics": {"enabled": True}}},
        'hub.metrics.enabled is true, but scrape.method is "annotations", which passes no token to the hub',
    ),
    "metrics of a hub without a Service": (
        {
            "hub": {"metrics": {"enabled": True}, "url": "https://hub.example.org"},
            "scrape": {"method": "serviceMonitor"},
        },
        'hub.metrics.enabled is true, but hub.url is "https://hub.example.org", and a ServiceMonitor scrapes a Service',
    ),
    "metrics of a hub whose token is in another namespace": (
        {"hub": {"metrics": {"enabled": True}, "namespace": "staging"}, "exporter": {"enabled": False}},
        "a ServiceMonitor cannot read a Secret of another namespace: set hub.metrics.token.secretName",
    ),
    "a key of no Secret for the hub's metrics": (
        {"hub": {"metrics": {"token": {"key": "token"}}}},
        'hub.metrics.token.key is "token", but hub.metrics.token.secretName is empty',
    ),
    "a key of no Secret": (
        {"exporter": {"token": {"key": "token"}}},
        'exporter.token.key is "token", but exporter.token.secretName is empty',
    ),
    "a hub that no policy lets through": (
        {"hub": {"url": "https://hub.example.org"}},
        'hub.url is "https://hub.example.org", but exporter.networkPolicy.extraEgress is empty',
    ),
    "a release that nothing asks for": (
        {"hub": {"release": "jupyter"}},
        'hub.release is "jupyter", but it applies only if hub.fullnameOverride is null: now the hub is named "hub"',
    ),
    "pseudonyms that no rule looks for": (
        {"exporter": {"pseudonymSalt": {"secretName": "salt"}}, "rules": {"enabled": True}},
        'exporter.pseudonymSalt.secretName is "salt", but settings.username_annotation_label is "annotation_hub',
    ),
    "pseudonyms that nobody tells": (
        {"settings": PSEUDONYMS},
        "but exporter.pseudonymSalt.secretName is empty: the exporter would export usernames",
    ),
    "a path for the key of the salt": (
        {"exporter": {"pseudonymSalt": {"secretName": "salt", "key": "a/b"}}},
        "at '/exporter/pseudonymSalt/key'",
    ),
    "a scrape that takes longer than its interval": (
        {"scrape": {"method": "serviceMonitor", "interval": "15s"}},
        'scrape.timeout is "30s", longer than scrape.interval, which is "15s"',
    ),
    "costs from nowhere": (
        {"costs": {**COSTS, "config": {}}},
        "costs.config.source is missing: set it to aws, focus or",
    ),
    "costs of unknown usage": (
        {"costs": {**COSTS, "prometheusUrl": ""}},
        "costs.prometheusUrl is empty: set it to the Prometheus that evaluates the rules",
    ),
    "a cost exporter that no rule reads": (
        {"costs": COSTS, "settings": {"cost_source": "opencost"}},
        'costs.enabled is true, but settings.cost_source is "opencost": the rules would not read the prices',
    ),
    "two prefixes": (
        {"costs": {**COSTS, "config": {"source": "aws", "metrics_prefix": "jhub"}}},
        'costs.config.metrics_prefix is "jhub", but settings.metrics_prefix is "jupyterhub": omit the former',
    ),
    "a claim that is not used": (
        {"costs": {"persistence": {"existingClaim": "bills"}}},
        'costs.persistence.existingClaim is "bills", but costs.persistence.enabled is false',
    ),
    "rights that are not granted": (
        {"profiles": {"imageStreams": True}},
        "but profiles.rbac is false: no permissions would be",
    ),
    "several clusters in rules that read one": (
        {"rules": {"enabled": True, "kind": "ClusterRules"}, "settings": {"cluster_label": "k8s"}},
        'settings.cluster_label is "k8s", but rules.kind is ClusterRules',
    ),
    "a namespace for objects of the whole cluster": (
        {"rules": {"enabled": True, "kind": "ClusterRules", "namespace": "monitoring"}},
        'rules.namespace is "monitoring", but ClusterRules have no namespace',
    ),
    "dashboards for no Grafana": (
        {"dashboards": {"enabled": True, "kind": "GrafanaDashboard"}},
        "dashboards.instanceSelector is empty: no Grafana would show them",
    ),
    "a dashboard that does not exist": (
        {"dashboards": {"exclude": ["quota"]}},
        'dashboards.exclude contains "quota", which is no dashboard; allowed are activity, ',
    ),
    "more rules than an object holds": (
        {"rules": {"enabled": True}, "settings": {"hub_selector": f'namespace!="{"x" * 20000}"'}},
        "more than the 524288 that Kubernetes accepts: use fewer settings.windows or shorter selectors",
    ),
    "a hub without a group in its expression": (
        {"settings": {"pod_namespaces": [{"namespaces": r"(?:hub)-(\(.*)", "hub": "$1-${2}"}]}},
        'settings.pod_namespaces has the hub "$1-${2}"; "(?:hub)-(\\\\(.*)" has no group 2.',
    ),
    "an expression of namespaces that is none": (
        {"settings": {"pod_namespaces": [{"namespaces": "hub-(.*", "hub": "$1"}]}},
        'settings.pod_namespaces contains "hub-(.*", which is not a valid regular expression (RE2).',
    ),
    "a GPU's name as in a pod": (
        {"settings": {"gpu_resources": [{"resource": "nvidia.com/gpu", "part": "1"}]}},
        'settings.gpu_resources contains "nvidia.com/gpu"; use the name of kube-state-metrics',
    ),
    "a short time for sizes of home directories": (
        {"settings": {"home_carry_forward": "5m"}},
        'settings.home_carry_forward is "5m"; it must be at least 30m',
    ),
    "a value that does not exist": ({"exporter": {"intervall": 60}}, "additional properties 'intervall' not allowed"),
    "a section that does not exist": ({"exporters": {}}, "additional properties 'exporters' not allowed"),
    "a number in quotes": ({"exporter": {"interval": "1h"}}, "at '/exporter/interval': got string, want integer"),
    "another word": (
        {"exporter": {"multipleGroups": "both"}},
        "at '/exporter/multipleGroups': value must be one of 'default', 'split', 'all'",
    ),
    "another source of costs": (
        {"costs": {"config": {"source": "azure"}}},
        "at '/costs/config/source': value must be one of 'aws', 'focus', 'static'",
    ),
    "a digest that is none": ({"exporter": {"image": {"digest": "latest"}}}, "at '/exporter/image/digest'"),
    "a service's name that is no key of a Secret": (
        {"exporter": {"serviceName": "groups exporter"}},
        "at '/exporter/serviceName': 'groups exporter' does not match pattern",
    ),
    "a key that no Secret can have": (
        {"exporter": {"token": {"secretName": "s", "key": "a/b"}}},
        "at '/exporter/token/key'",
    ),
    "a name of a hub that is none": ({"hub": {"fullnameOverride": "My Hub"}}, "at '/hub/fullnameOverride'"),
    "an image with its tag as a name": (
        {"exporter": {"image": {"repository": "r/x y"}}},
        "at '/exporter/image/repository'",
    ),
    "a tag that is none": ({"costs": {"image": {"tag": "1.0 beta"}}}, "at '/costs/image/tag'"),
    "a storage class that is none": (
        {"costs": {"persistence": {"storageClass": "Fast Disk"}}},
        "at '/costs/persistence/storageClass'",
    ),
    "a password in a URL": ({"costs": {"prometheusUrl": "http://a:b@p:9090"}}, "at '/costs/prometheusUrl'"),
    "a label that is no text": ({"commonLabels": {"year": 2026}}, "at '/commonLabels/year': got number, want string"),
    "a port that is none": ({"networkPolicy": {"prometheus": {"port": 0}}}, "at '/networkPolicy/prometheus/port'"),
    "a value taken away": ({"exporter": {"interval": None}}, "at '/exporter': missing property 'interval'"),
}


@pytest.mark.parametrize(("values", "sentence"), REFUSED.values(), ids=REFUSED)
def test_refused_with_a_sentence(values: Json, sentence: str) -> None:
    with pytest.raises(helm_python.HelmError) as caught:
        manifests(values)
    assert sentence in str(caught.value)


# Of the fields that Kubernetes defines, all can be removed, and a hub can have no fullnameOverride.
REMOVABLE = re.compile(
    r"hub\.fullnameOverride|(exporter|costs|reports)\.resources\..+|pods\.(containerS|s)ecurityContext\..+"
)


def paths_of_values(found: Json, *above: str) -> Iterator[tuple[str, ...]]:
    for key, value in found.items():
        yield (*above, key)
        if isinstance(value, dict):
            yield from paths_of_values(value, *above, key)


@pytest.mark.parametrize("base", ["the defaults", "everything"])
def test_a_value_set_to_null_is_named_in_a_sentence(base: str) -> None:
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))
    for path in paths_of_values(values):
        changed = copy.deepcopy(SITES[base])
        place = changed
        for key in path[:-1]:
            place = place.setdefault(key, {})
        place[path[-1]] = None
        try:
            manifests(changed)
        except helm_python.HelmError as error:
            parent = "/" + "/".join(path[:-1]) if path[1:] else ""
            assert f"at '{parent}': missing property '{path[-1]}'" in str(error), path  # noqa: PT017 - not all are errors
        else:
            assert REMOVABLE.fullmatch(".".join(path)), path


def test_all_contradictions_are_told_at_once() -> None:
    with pytest.raises(helm_python.HelmError) as caught:
        manifests(
            {"hub": {"url": "https://hub.example.org"}, "costs": {"enabled": True}, "settings": {"interval": "7m"}}
        )
    told = str(caught.value)
    assert all(word in told for word in ("hub.url", "costs.config", "costs.prometheusUrl", "settings.interval"))


@pytest.mark.parametrize(
    "values",
    [
        {"hub": {"namespace": "staging"}, "exporter": {"enabled": False}},
        {"hub": {"namespace": "staging"}, "exporter": {"token": {"secretName": "token", "key": "token"}}},
        {"hub": {"url": "https://hub.example.org"}, "networkPolicy": {"enabled": False}},
        {"hub": {"release": "jupyter", "fullnameOverride": None}},
        {"exporter": {"pseudonymSalt": {"secretName": "salt"}}},
        {"scrape": {"method": "serviceMonitor", "interval": "15s", "timeout": "10s"}},
        {"scrape": {"method": "serviceMonitor", "interval": "1m"}},
        {"exporter": {"extraEnv": [{"name": "HUBMETER_PSEUDONYM_SALT", "value": "x"}]}, "settings": PSEUDONYMS},
        {"costs": {**COSTS, "config": {"source": "aws", "metrics_prefix": "jupyterhub"}}},
        {"dashboards": {"kind": "GrafanaDashboard"}},
        {"global": {"whatever": 1}, "enabled": True},
    ],
    ids=json.dumps,
)
def test_not_refused(values: Json) -> None:
    assert manifests(values)


# ---- The hub --------------------------------------------------------------------------------------


def exporter(rendered: list[Json]) -> Json:
    container: Json
    (container,) = the(rendered, "Deployment", "-exporter")["spec"]["template"]["spec"]["containers"]
    return container


@pytest.mark.parametrize(
    ("hub", "release", "name"),
    [
        ({}, "hubmeter", "hub"),
        ({"fullnameOverride": "x"}, "hubmeter", "x-hub"),
        ({"fullnameOverride": None}, "science", "science-jupyterhub-hub"),
        ({"fullnameOverride": None}, "my-jupyterhub", "my-jupyterhub-hub"),
        ({"fullnameOverride": None, "release": "jhub"}, "hubmeter", "jhub-jupyterhub-hub"),
    ],
)
def test_the_hub_is_called_as_zero_to_jupyterhub_calls_it(hub: Json, release: str, name: str) -> None:
    rendered = objects({"hub": hub, "profiles": {"rbac": True}}, name=release)
    container = exporter(rendered)
    assert container["args"][0] == f"--hub_url=http://{name}:8081/"
    (token,) = the(rendered, "Deployment")["spec"]["template"]["spec"]["volumes"]
    items = [{"key": "hub.services.groups-exporter.apiToken", "path": "token"}]
    assert token["secret"] == {"secretName": name, "items": items}
    assert the(rendered, "RoleBinding")["subjects"] == [{"kind": "ServiceAccount", "name": name, "namespace": "prod"}]


@pytest.mark.parametrize(
    ("values", "url"),
    [
        ({"hub": {"baseUrl": "/jupyter/"}}, "http://hub:8081/jupyter"),
        ({"hub": {"namespace": "prod"}}, "http://hub:8081/"),
        ({"hub": {"namespace": "staging"}, "exporter": {"token": {"secretName": "s"}}}, "http://hub.staging:8081/"),
        (
            {"hub": {"url": "https://hub.example.org/a/"}, "networkPolicy": {"enabled": False}},
            "https://hub.example.org/a/",
        ),
    ],
)
def test_the_hub_is_found_at(values: Json, url: str) -> None:
    assert exporter(objects(values))["args"][0] == f"--hub_url={url}"


def with_token(arguments: list[str], folder: Path) -> list[str]:
    """Return the options with the token's file in a folder."""
    (folder / "token").write_text("secret", encoding="utf-8")
    return [word.replace("/etc/hubmeter/token/", f"{folder}/") for word in arguments]


def test_the_exporter_understands_its_options(tmp_path: Path) -> None:
    groups = ["-staff", "course::101", "ana lópez", "a,b"]
    values: Json = {
        "hub": {"baseUrl": "/jupyter"},
        "exporter": {
            "multipleGroups": "split",
            "defaultGroup": "--none",
            "allowedGroups": groups,
            "listedGroups": groups[:2],
            "interval": 600,
        },
        "settings": {"metrics_prefix": "jhub"},
    }
    found = cli.parse(with_token(exporter(objects(values))["args"], tmp_path), {})
    assert found.api_url == "http://hub:8081/jupyter/hub/api"
    assert (found.port, found.interval) == (9090, 600.0)
    assert (found.origin.namespace, found.origin.prefix) == ("prod", "jhub")
    assert found.accounting.allowed_groups == GroupPatterns(groups)
    assert found.accounting.listed_groups == GroupPatterns(groups[:2])
    assert (found.accounting.strategy, found.accounting.default_group) == (Strategy.SPLIT, "--none")


@pytest.mark.parametrize(
    ("values", "listed"),
    [({}, None), ({"listedGroups": ["*"]}, None), ({"listedGroups": []}, GroupPatterns([]))],
    ids=["by default all groups", "all groups", "no group"],
)
def test_the_exporter_lists_all_groups_or_none(
    values: dict[str, list[str]], listed: GroupPatterns | None, tmp_path: Path
) -> None:
    arguments = exporter(objects({"exporter": values}))["args"]
    assert cli.parse(with_token(arguments, tmp_path), {}).accounting.listed_groups == listed


def test_the_exporter_reads_the_salt_that_is_mounted(tmp_path: Path) -> None:
    values: Json = {
        "exporter": {
            "pseudonymSalt": {"secretName": "pseudonyms", "key": "the.salt"},
            "extraVolumes": [{"name": "ca", "configMap": {"name": "ca"}}],
            "extraVolumeMounts": [{"name": "ca", "mountPath": "/ca"}],
        },
        "rules": {"enabled": True},
        "settings": PSEUDONYMS,
    }
    pod = the(objects(values), "Deployment", "-exporter")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    (token, salt, authority), (token_mount, mounted, _) = pod["volumes"], container["volumeMounts"]
    assert (token["name"], salt["name"], authority["name"]) == (token_mount["name"], mounted["name"], "ca")
    ((key, file),) = (item.values() for item in salt["secret"]["items"])
    assert (salt["secret"]["secretName"], key, mounted["readOnly"]) == ("pseudonyms", "the.salt", True)
    (tmp_path / file).write_text("a salt of sixteen bytes, and more", encoding="utf-8")
    arguments = [word.replace(mounted["mountPath"], str(tmp_path)) for word in container["args"]]
    assert cli.parse(with_token(arguments, tmp_path), {}).salt is not None
    assert cli.parse(with_token(exporter(objects())["args"], tmp_path), {}).salt is None


def test_the_exporter_reads_the_token_that_is_mounted_as_a_file_that_is_replaced() -> None:
    pod = the(objects(), "Deployment", "-exporter")["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    (volume,), (mount,) = pod["volumes"], container["volumeMounts"]
    ((_, file),) = (item.values() for item in volume["secret"]["items"])
    assert f"--api_token_file={mount['mountPath']}/{file}" in container["args"]
    assert "subPath" not in mount  # the kubelet never replaces a file mounted so
    assert (volume["name"], mount["readOnly"]) == (mount["name"], True)
    assert "env" not in container


@pytest.mark.parametrize("example", ["costs-aws", "costs-s3", "costs-static"])
def test_the_cost_exporter_understands_its_options_and_settings(example: str, tmp_path: Path) -> None:
    rendered = objects({**golden.values(example), "settings": {"metrics_prefix": "jhub"}})
    (container,) = the(rendered, "Deployment", "-costs")["spec"]["template"]["spec"]["containers"]
    config = tmp_path / "costs.yaml"
    (text,) = (o["data"]["costs.yaml"] for o in of_kind(rendered, "ConfigMap") if "costs.yaml" in o["data"])
    config.write_text(text, encoding="utf-8")
    arguments = [word.replace("/etc/hubmeter/costs.yaml", str(config)) for word in container["args"]]
    found = costs_cli.parse(arguments, {})
    assert (found.settings.metrics_prefix, found.port) == ("jhub", 9091)
    assert found.settings.source == {"costs-s3": "focus"}.get(example, example.removeprefix("costs-"))
    assert str(found.ledger) == "/var/lib/hubmeter/costs.sqlite"
    assert found.prometheus_url == golden.values(example)["costs"]["prometheusUrl"]


REPORTS: Json = {"costs": COSTS, "reports": {"enabled": True}}


def reports(**values: Any) -> Json:
    return {"costs": COSTS, "reports": {"enabled": True, **values}}


def test_the_job_of_reports_understands_its_options_and_settings(tmp_path: Path) -> None:
    rendered = objects({**golden.values("reports"), "settings": {"metrics_prefix": "jhub"}})
    job = the(rendered, "CronJob")["spec"]
    pod = job["jobTemplate"]["spec"]["template"]["spec"]
    (container,) = pod["containers"]
    (text,) = (o["data"]["send.yaml"] for o in of_kind(rendered, "ConfigMap") if "send.yaml" in o["data"])
    (tmp_path / "send.yaml").write_text(text, encoding="utf-8")
    found = report_cli.parse([word.replace("/etc/hubmeter", str(tmp_path)) for word in container["args"]], {})
    assert container["command"] == ["hubmeter-report"]
    assert (found.out, found.formats, found.metrics_prefix) == ("/var/lib/hubmeter/reports", ("html", "csv"), "jhub")
    service = the(rendered, "Service", "-costs")
    assert found.cost_api_url == f"http://{service['metadata']['name']}:{service['spec']['ports'][0]['port']}"
    assert (found.groups, found.month, found.dry_run, str(found.sent)) == (
        (),
        "",
        False,
        "/var/lib/hubmeter/sent.sqlite",
    )
    assert found.delivery
    assert found.delivery.mail
    assert (found.delivery.mail.host, found.delivery.mail.port, found.delivery.mail.tls) == (
        "smtp.uni.edu", 587, "starttls",
    )  # fmt: skip
    assert found.delivery.recipients == {"biology": ["ana@uni.edu"]}
    assert (job["schedule"], job["timeZone"], pod["restartPolicy"]) == ("17 6 4 * *", "Etc/UTC", "Never")
    (rule,) = job["jobTemplate"]["spec"]["podFailurePolicy"]["rules"]
    assert rule["onExitCodes"] == {"containerName": container["name"], "operator": "In", "values": [2, NO_RECIPIENT]}
    claims = [volume["persistentVolumeClaim"] for volume in pod["volumes"] if "persistentVolumeClaim" in volume]
    assert claims == [{"claimName": the(rendered, "PersistentVolumeClaim", "-reports")["metadata"]["name"]}]


def test_the_job_of_reports_reaches_what_it_reads_and_sends_to_and_nothing_reaches_it() -> None:
    ports = {
        "files on the volume": (REPORTS, []),
        "mails": (reports(mail={"host": "smtp", "sender": "a@b.c", "port": 465, "tls": "tls"}), [465]),
        "a webhook": (reports(webhook={"form": "teams"}), [443]),
        "a bucket": (reports(out="gs://bucket/reports"), [443, 80, 988]),
    }
    for values, expected in ports.values():
        rendered = objects(values)
        spec = the(rendered, "NetworkPolicy", "-reports")["spec"]
        assert (spec["policyTypes"], "ingress" in spec) == (["Ingress", "Egress"], False)
        found = [port["port"] for rule in spec["egress"] for port in rule["ports"]]
        assert found == [53, 53, 5353, 5353, 9090, 9091, *expected]
        (entry,) = the(rendered, "NetworkPolicy", "-costs")["spec"]["ingress"]
        labels = the(rendered, "CronJob")["spec"]["jobTemplate"]["spec"]["template"]["metadata"]["labels"]
        assert {"podSelector": {"matchLabels": labels}} in entry["from"]
        image = the(rendered, "CronJob")["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"][0]["image"]
        assert image.endswith("-cloud") is (expected == [443, 80, 988])
    for values, expected_image in (
        (reports(formats=["html", "pdf"], out="gs://bucket/reports"), "/hubmeter-costs:0.1.0-pdf"),
        (reports(image={"tag": "mine"}), "/hubmeter-costs:mine"),
        (reports(image={"digest": f"sha256:{'0' * 64}"}), f"/hubmeter-costs@sha256:{'0' * 64}"),
    ):
        pod = the(objects(values), "CronJob")["spec"]["jobTemplate"]["spec"]["template"]["spec"]
        assert pod["containers"][0]["image"].endswith(expected_image)
    costs_only = the(objects({"costs": COSTS}), "NetworkPolicy", "-costs")["spec"]["ingress"][0]["from"]
    assert len(costs_only) == 1


# ---- Who may talk to whom -------------------------------------------------------------------------


def peers(rules: list[Json]) -> list[Any]:
    return [(rule.get("from", rule.get("to")), [port["port"] for port in rule.get("ports", [])]) for rule in rules]


PROMETHEUS = [{"namespaceSelector": {}, "podSelector": {"matchLabels": {"app.kubernetes.io/name": "prometheus"}}}]


def test_the_exporter_reaches_the_hub_and_name_servers_only_and_prometheus_reaches_it() -> None:
    spec = the(objects(), "NetworkPolicy")["spec"]
    assert spec["policyTypes"] == ["Ingress", "Egress"]
    assert peers(spec["ingress"]) == [(PROMETHEUS, [9090])]
    hub = [{"podSelector": {"matchLabels": {"app": "jupyterhub", "component": "hub"}}}]
    assert peers(spec["egress"]) == [(None, [53, 53, 5353, 5353]), (hub, [8081])]


def test_the_hubs_policy_lets_the_exporter_in_from_its_namespace_and_from_others() -> None:
    def label(values: Json) -> str | None:
        labels: Json = the(objects(values), "Deployment")["spec"]["template"]["metadata"]["labels"]
        return labels.get("hub.jupyter.org/network-access-hub")

    elsewhere = {"hub": {"namespace": "staging"}, "exporter": {"token": {"secretName": "s"}}}
    no_pod = {"hub": {"url": "https://hub.example.org"}, "networkPolicy": {"enabled": False}}
    assert (label({}), label(elsewhere), label(no_pod)) == ("true", "true", None)
    (_, (to, _)) = peers(the(objects(elsewhere), "NetworkPolicy")["spec"]["egress"])
    assert to[0]["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": "staging"}}


@pytest.mark.parametrize(
    "selector",
    [
        {"matchLabels": {"app": "prometheus", "component": "server"}},
        {"matchExpressions": [{"key": "app", "operator": "In", "values": ["vmagent"]}]},
    ],
    ids=json.dumps,
)
def test_prometheus_pods_can_be_others_than_those_of_its_charts(selector: Json) -> None:
    values = {"networkPolicy": {"prometheus": {"podSelector": selector}}}
    ((peer,),) = (found for found, _ in peers(the(objects(values), "NetworkPolicy")["spec"]["ingress"]))
    assert peer["podSelector"] == selector
    notes = manifests(values)["hubmeter/templates/NOTES.txt"]
    assert f"admit the pods selected by {json.dumps(selector, separators=(',', ':'))}" in notes


def test_a_hubs_pod_can_have_other_labels() -> None:
    spec = the(objects({"hub": {"podLabels": {"app": "my-hub"}}}), "NetworkPolicy")["spec"]
    (_, (to, _)) = peers(spec["egress"])
    assert to == [{"podSelector": {"matchLabels": {"app": "my-hub"}}}]


URLS = [
    ("s3://b/f", 2),
    ("gs://b/f", 3),
    ("abfs://c@a.dfs.core.windows.net/f", 2),
    ("abfss://c/f", 2),
    ("bigquery://p/d/t", 3),
    ("/s3://b", 0),
]


@pytest.mark.parametrize(("path", "clouds"), URLS)
def test_a_bill_at_a_url_needs_its_image_room_and_the_network(path: str, clouds: int) -> None:
    rendered = objects({"costs": {**COSTS, "config": {"source": "focus", "focus": {"path": path}}}})
    assert len(the(rendered, "NetworkPolicy", "-costs")["spec"]["egress"]) == 2 + clouds
    spec = the(rendered, "Deployment", "-costs")["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    assert container["image"].endswith("-cloud") == bool(clouds)
    mounts = {mount["name"]: mount["mountPath"] for mount in container["volumeMounts"]}
    assert mounts.get("temporary") == ("/tmp" if clouds else None)  # noqa: S108 - of the pod
    assert ({"name": "temporary", "emptyDir": {}} in spec["volumes"]) == bool(clouds)


def test_an_image_of_ones_own_keeps_its_tag() -> None:
    costs = {**COSTS, "config": {"source": "focus", "focus": {"path": "gs://b"}}, "image": {"tag": "mine"}}
    spec = the(objects({"costs": costs}), "Deployment", "-costs")["spec"]["template"]["spec"]
    assert spec["containers"][0]["image"].endswith(":mine")


def test_a_pod_with_an_identity_of_azure_has_the_label_of_its_webhook() -> None:
    label = "azure.workload.identity/use"
    annotations = {"azure.workload.identity/client-id": "00000000-0000-0000-0000-000000000000"}
    for account, wanted in (({"annotations": annotations}, "true"), ({}, None)):
        rendered = objects({"costs": {**COSTS, "serviceAccount": account}})
        metadata = the(rendered, "Deployment", "-costs")["spec"]["template"]["metadata"]
        assert metadata["labels"].get(label) == wanted
        assert label not in the(rendered, "Deployment", "-exporter")["spec"]["template"]["metadata"]["labels"]


@pytest.mark.parametrize(("source", "clouds"), [("aws", 2), ("focus", 0), ("static", 0)])
def test_the_cost_exporter_reaches_prometheus_and_the_cloud_where_it_asks_one(source: str, clouds: int) -> None:
    spec = the(objects({"costs": {**COSTS, "config": {"source": source}}}), "NetworkPolicy", "-costs")["spec"]
    assert peers(spec["ingress"]) == [(PROMETHEUS, [9091])]
    assert peers(spec["egress"])[:2] == [(None, [53, 53, 5353, 5353]), (PROMETHEUS, [9090])]
    assert len(spec["egress"]) == 2 + clouds


def test_the_cost_exporter_reaches_aws_credentials_over_ipv4_and_ipv6() -> None:
    spec = the(objects({"costs": COSTS}), "NetworkPolicy", "-costs")["spec"]
    (to, ports) = peers(spec["egress"])[-1]
    assert [peer["ipBlock"]["cidr"] for peer in to] == [
        "169.254.169.254/32",
        "169.254.170.23/32",
        "fd00:ec2::254/128",
        "fd00:ec2::23/128",
    ]
    assert ports == [80]


def test_rules_of_ones_own_are_added_and_policies_can_be_left_out() -> None:
    rule = {"ports": [{"port": 443, "protocol": "TCP"}]}
    more = {"exporter": {"networkPolicy": {"extraIngress": [rule], "extraEgress": [rule]}}}
    spec = the(objects(more), "NetworkPolicy")["spec"]
    assert (spec["ingress"][-1], spec["egress"][-1]) == (rule, rule)
    assert of_kind(objects({"networkPolicy": {"enabled": False}}), "NetworkPolicy") == []


# ---- Prometheus -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("method", "annotated", "monitors"), [("annotations", True, 0), ("serviceMonitor", False, 2), ("none", False, 0)]
)
def test_each_exporter_is_scraped_in_one_way(method: str, annotated: bool, monitors: int) -> None:
    rendered = objects({"scrape": {"method": method, "labels": {"release": "x"}}, "costs": COSTS})
    for service in of_kind(rendered, "Service"):
        (port,) = service["spec"]["ports"]
        wanted = {
            "prometheus.io/scrape": "true",
            "prometheus.io/port": str(port["port"]),
            "prometheus.io/path": "/metrics",
        }
        assert service["metadata"].get("annotations") == (wanted if annotated else None)
    found = of_kind(rendered, "ServiceMonitor")
    assert [one["metadata"]["labels"]["release"] for one in found] == ["x"] * monitors


@pytest.mark.parametrize(
    ("hub", "path", "secret", "service"),
    [
        ({}, "/hub/metrics", {"name": "hub", "key": "hub.services.prometheus.apiToken"}, "hub"),
        (
            {"fullnameOverride": "x", "baseUrl": "/lab/", "metrics": {"serviceName": "monitoring"}},
            "/lab/hub/metrics",
            {"name": "x-hub", "key": "hub.services.monitoring.apiToken"},
            "x-hub",
        ),
        (
            {"metrics": {"token": {"secretName": "metrics", "key": "token"}}},
            "/hub/metrics",
            {"name": "metrics", "key": "token"},
            "hub",
        ),
    ],
)
def test_prometheus_reads_the_hubs_metrics_with_a_token_of_their_own(
    hub: Json, path: str, secret: Json, service: str
) -> None:
    metrics = {"enabled": True, **hub.get("metrics", {})}
    rendered = objects(
        {"hub": {**hub, "metrics": metrics}, "scrape": {"method": "serviceMonitor", "labels": {"a": "b"}}}
    )
    monitor = the(rendered, "ServiceMonitor", "-hub")
    (endpoint,) = monitor["spec"]["endpoints"]
    assert monitor["metadata"]["labels"]["a"] == "b"
    assert monitor["spec"]["selector"] == {"matchLabels": {"app": "jupyterhub", "component": "hub"}}
    assert "namespaceSelector" not in monitor["spec"]
    assert (endpoint["port"], endpoint["path"]) == ("hub", path)
    assert endpoint["authorization"] == {"credentials": secret}
    assert endpoint["relabelings"][0]["regex"] == service
    assert (endpoint["interval"], endpoint["scrapeTimeout"]) == ("60s", "30s")


def test_the_hubs_metrics_are_not_scraped_by_default_and_a_hub_elsewhere_is_found() -> None:
    monitors = {"scrape": {"method": "serviceMonitor"}}
    assert [one["metadata"]["name"] for one in of_kind(objects(monitors), "ServiceMonitor")] == ["hubmeter-exporter"]
    metrics = {"enabled": True, "token": {"secretName": "s"}}
    elsewhere = {"exporter": {"enabled": False}, "hub": {"namespace": "staging", "metrics": metrics}}
    (monitor,) = of_kind(objects({**monitors, **elsewhere}), "ServiceMonitor")
    assert monitor["spec"]["namespaceSelector"] == {"matchNames": ["staging"]}


# ---- helm test ------------------------------------------------------------------------------------


def test_helm_test_runs_the_doctor_with_the_settings_of_the_rules() -> None:
    values: Json = {
        "test": {"prometheusUrl": "http://p:9090", "envFrom": [{"secretRef": {"name": "s"}}]},
        "settings": PSEUDONYMS,
    }
    pod = the(objects({**values, "exporter": {"enabled": False}}), "Pod")
    annotations = pod["metadata"]["annotations"]
    assert (annotations["helm.sh/hook"], annotations["helm.sh/hook-delete-policy"]) == ("test", "before-hook-creation")
    (container,) = pod["spec"]["containers"]
    assert container["command"] == ["hubmeter-doctor"]
    options = doctor.parser().parse_args(container["args"])
    assert options.url == "http://p:9090"
    (volume,) = pod["spec"]["volumes"]
    (mount,) = container["volumeMounts"]
    (item,) = volume["downwardAPI"]["items"]
    assert options.settings == Path(mount["mountPath"], item["path"])
    assert item["fieldRef"] == {"fieldPath": "metadata.annotations['hubmeter/settings']"}
    assert settings.make(json.loads(annotations["hubmeter/settings"]), "") == settings.make(PSEUDONYMS, "")
    assert container["envFrom"] == values["test"]["envFrom"]
    assert pod["spec"]["restartPolicy"] == "Never"


def test_helm_test_reads_the_prometheus_of_costs_unless_another_is_set() -> None:
    urls = [
        [pod["spec"]["containers"][0]["args"][-1] for pod in of_kind(objects(values), "Pod")]
        for values in ({}, {"costs": COSTS}, {"costs": COSTS, "test": {"prometheusUrl": "http://other"}})
    ]
    assert urls == [[], ["http://p:9090"], ["http://other"]]


# ---- The rest -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "release", "name"),
    [
        ({}, "hubmeter", "hubmeter"),
        ({}, "jhub", "jhub-hubmeter"),
        ({"fullnameOverride": "usage"}, "jhub", "usage"),
        ({"nameOverride": "usage"}, "jhub", "jhub-usage"),
        ({}, "x" * 53, f"{'x' * 53}"),
        ({}, "my.hub", "my-hub-hubmeter"),
        ({}, "2026.hub", "hub-2026-hub-hubmeter"),
        ({}, f"{'x' * 50}-.1", f"{'x' * 50}--1"),
        ({"fullnameOverride": "usage.v1"}, "jhub", "usage-v1"),
        ({"nameOverride": "usage.v1"}, "jhub", "jhub-usage-v1"),
        ({"nameOverride": f"{'x' * 53}.y"}, "jhub", f"jhub-{'x' * 49}"),
    ],
)
def test_objects_have_names_by_the_release_that_kubernetes_accepts(values: Json, release: str, name: str) -> None:
    rendered = objects({**EVERYTHING, **values}, name=release)
    assert [one["metadata"]["name"] for one in of_kind(rendered, "Service")] == [f"{name}-costs", f"{name}-exporter"]
    for one in rendered:
        # A Service's name is a label of RFC 1035, the others are subdomains of RFC 1123.
        pattern = "[a-z]([-a-z0-9]{0,61}[a-z0-9])?" if one["kind"] == "Service" else "[a-z0-9][-a-z0-9]*[a-z0-9]"
        assert re.fullmatch(pattern, one["metadata"]["name"]), one["metadata"]["name"]
        for label in labels_of(one):
            assert re.fullmatch(r"[A-Za-z0-9]([-_.A-Za-z0-9]{0,61}[A-Za-z0-9])?", label), label


def labels_of(node: Any) -> Iterator[str]:
    """Yield the values of all labels and selectors."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("labels", "matchLabels") and isinstance(value, dict):
                yield from value.values()
            elif key != "groups":  # labels of rules are Prometheus'
                yield from labels_of(value)
    elif isinstance(node, list):
        for value in node:
            yield from labels_of(value)


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ({}, "ghcr.io/hubmeter/hubmeter-exporter:0.1.0"),
        ({"repository": "r/x", "tag": "1"}, "r/x:1"),
        ({"tag": "1", "digest": f"sha256:{'0' * 64}"}, f"ghcr.io/hubmeter/hubmeter-exporter@sha256:{'0' * 64}"),
    ],
)
def test_the_image_is(image: Json, expected: str) -> None:
    assert exporter(objects({"exporter": {"image": image}}))["image"] == expected


@pytest.mark.parametrize(
    ("persistence", "claims", "volume"),
    [
        ({}, 0, {"emptyDir": {}}),
        ({"enabled": True}, 1, {"persistentVolumeClaim": {"claimName": "hubmeter-costs"}}),
        ({"enabled": True, "existingClaim": "bills"}, 0, {"persistentVolumeClaim": {"claimName": "bills"}}),
    ],
)
def test_the_ledger_is_kept_in(persistence: Json, claims: int, volume: Json) -> None:
    rendered = objects({"costs": {**COSTS, "persistence": persistence}})
    assert len(of_kind(rendered, "PersistentVolumeClaim")) == claims
    volumes = the(rendered, "Deployment", "-costs")["spec"]["template"]["spec"]["volumes"]
    assert {"name": "ledger", **volume} in volumes


def test_the_cost_exporters_settings_are_the_sites_with_the_prefix_and_a_change_restarts_it() -> None:
    def made(config: Json) -> tuple[Json, str]:
        rendered = objects({"costs": {**COSTS, "config": config}, "settings": {"metrics_prefix": "jhub"}})
        pod = the(rendered, "Deployment", "-costs")["spec"]["template"]
        text = the(rendered, "ConfigMap", "-costs")["data"]["costs.yaml"]
        return yaml.safe_load(text), pod["metadata"]["annotations"]["checksum/config"]

    one, its_checksum = made({"source": "static", "static": {"gpu_hour": 0.9}})
    other, another_checksum = made({"source": "static", "static": {"gpu_hour": 0.8}})
    assert one == {"source": "static", "static": {"gpu_hour": 0.9}, "metrics_prefix": "jhub"}
    assert other["static"] == {"gpu_hour": 0.8}
    assert its_checksum != another_checksum


def test_no_service_account_means_the_default_one() -> None:
    rendered = objects({"exporter": {"serviceAccount": {"create": False}}})
    assert of_kind(rendered, "ServiceAccount") == []
    assert the(rendered, "Deployment")["spec"]["template"]["spec"]["serviceAccountName"] == "default"


def test_the_hub_may_read_config_maps_for_profiles_and_no_more_than_asked_for() -> None:
    services = [{"apiGroups": ["example.org"], "resources": ["sparkclusters"]}]
    assert of_kind(objects(), "Role") == []
    assert the(objects({"profiles": {"rbac": True}}), "Role")["rules"] == [
        {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get", "list"]}
    ]
    more = the(objects({"profiles": {"rbac": True, "imageStreams": True, "services": services}}), "Role")["rules"]
    assert more[1:] == [
        {"apiGroups": ["image.openshift.io"], "resources": ["imagestreams"], "verbs": ["list"]},
        {**services[0], "verbs": ["create", "patch", "delete"]},
    ]


def test_a_dashboard_can_be_left_out_and_dashboards_be_elsewhere() -> None:
    rendered = objects({"dashboards": {"enabled": True, "exclude": ["quotas"], "namespace": "grafana", "folder": ""}})
    found = of_kind(rendered, "ConfigMap")
    assert "hubmeter-dashboard-quotas" not in {one["metadata"]["name"] for one in found}
    assert {one["metadata"]["namespace"] for one in found} == {"grafana"}
    assert not any("annotations" in one["metadata"] for one in found)


@pytest.mark.parametrize(
    ("dashboards", "labels"),
    [
        ({}, {"grafana_dashboard": "1"}),
        ({"labels": {"dashboards": "here"}}, {"dashboards": "here"}),
        ({"kind": "GrafanaDashboard", "instanceSelector": {"matchLabels": {"a": "b"}}}, {}),
    ],
)
def test_dashboards_have_the_labels_that_find_them(dashboards: Json, labels: Json) -> None:
    rendered = objects({"dashboards": {"enabled": True, **dashboards}})
    kind = dashboards.get("kind", "ConfigMap")
    found = [one["metadata"]["labels"] for one in of_kind(rendered, kind)]
    assert found
    for one in found:
        assert {key: value for key, value in one.items() if "/" not in key} == labels


def test_rules_without_alerts() -> None:
    rendered = objects({"rules": {"enabled": True, "alerts": False, "namespace": "monitoring"}})
    assert [one["metadata"]["name"] for one in of_kind(rendered, "PrometheusRule")] == ["hubmeter"]
    assert the(rendered, "PrometheusRule")["metadata"]["namespace"] == "monitoring"


# ---- As a dependency of another chart -------------------------------------------------------------


@pytest.fixture(scope="module")
def umbrella(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A chart that depends on ours, beside one that stands for Zero to JupyterHub."""
    folder = tmp_path_factory.mktemp("umbrella") / "site"
    for name in ("hubmeter", "jupyterhub"):
        (folder / "charts" / name).mkdir(parents=True)
    shutil.copytree(CHART, folder / "charts" / "hubmeter", dirs_exist_ok=True)
    (folder / "charts" / "jupyterhub" / "Chart.yaml").write_text("apiVersion: v2\nname: jupyterhub\nversion: 4.0.0\n")
    dependencies = [
        {"name": "jupyterhub", "version": "4.0.0"},
        {"name": "hubmeter", "version": "0.1.0", "condition": "hubmeter.enabled"},
    ]
    described = {"apiVersion": "v2", "name": "site", "version": "1.0.0", "dependencies": dependencies}
    (folder / "Chart.yaml").write_text(yaml.safe_dump(described))
    return folder


def test_beside_zero_to_jupyterhub_in_one_chart(umbrella: Path) -> None:
    values = {"global": {"x": 1}, "hubmeter": {"rules": {"enabled": True}, "hub": {"fullnameOverride": None}}}
    rendered = objects(values, name="science", of=umbrella)
    assert exporter(rendered)["args"][0] == "--hub_url=http://science-jupyterhub-hub:8081/"
    assert {one["metadata"]["name"] for one in of_kind(rendered, "PrometheusRule")} == {
        "science-hubmeter",
        "science-hubmeter-alerts",
    }


def test_switched_off_by_the_chart_that_depends_on_it(umbrella: Path) -> None:
    assert objects({"hubmeter": {"enabled": False}}, of=umbrella) == []


def test_a_wrong_value_in_the_chart_that_depends_on_it_is_refused_too(umbrella: Path) -> None:
    with pytest.raises(helm_python.HelmError, match="additional properties 'rule' not allowed"):
        objects({"hubmeter": {"rule": {}}}, of=umbrella)


# ---- The schema and the page ----------------------------------------------------------------------


def schemas(node: Any, path: str = "") -> Iterator[tuple[str, Json]]:
    """Yield every schema of an object with named properties, with its place."""
    if isinstance(node, dict):
        if "properties" in node and isinstance(node["properties"], dict):
            yield path, node
        for key, value in node.items():
            yield from schemas(value, f"{path}/{key}")
    elif isinstance(node, list):
        for value in node:
            yield from schemas(value, path)


def test_the_schema_is_strict_but_for_settings_that_a_program_checks_itself() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    lax = [place for place, found in schemas(schema) if found.get("additionalProperties") is not False]
    assert lax == ["/properties/costs/properties/config"]


def test_every_value_is_in_the_schema_and_the_other_way_round() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    values = yaml.safe_load((CHART / "values.yaml").read_text(encoding="utf-8"))

    def keys(found: Json, known: Json, path: str) -> None:
        if reference := known.get("$ref"):
            known = schema["definitions"][reference.rsplit("/", 1)[1]]
        if known.get("additionalProperties") is not False or path.endswith("/resources"):
            return
        assert set(found) == set(known["properties"]) - {"global"}, path
        for key, value in found.items():
            if isinstance(value, dict):
                keys(value, known["properties"][key], f"{path}/{key}")

    keys(values, schema, "")


def test_what_is_generated_is_committed() -> None:
    for path, text in generated.files((CHART / "values.yaml").read_text(encoding="utf-8")).items():
        assert (CHART / path).read_text(encoding="utf-8") == text, f"{path}: make generate"
    present = {path.relative_to(CHART).as_posix() for path in (CHART / "files").rglob("*") if path.is_file()}
    assert present == {path for path in generated.files("") if path.startswith("files/")}


def test_the_page_has_every_value_with_its_default() -> None:
    page = (CHART / "README.md").read_text(encoding="utf-8")
    assert "| `exporter.interval` | `3600` | Seconds between two readings of the hub. |" in page
    assert r'| `settings.gpu_resources` | `[{"resource": "nvidia_com_gpu\|amd_com_gpu", "part": "1"}, ' in page
    described = chart_readme.documented((CHART / "values.yaml").read_text(encoding="utf-8"))
    assert len(re.findall(r"(?m)^\| ", page)) == len(described) + 1
    assert all(value.comment.endswith((".", ":", "]")) for value in described)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ("# One.\na: 1\n", [("a", 1, "One.")]),
        ("# One,\n# and more.\na: {b: 1}\n", [("a", {"b": 1}, "One, and more.")]),
        ("# Not this one.\n\n# A.\na:\n  # B.\n  b: 1\n", [("a", None, "A."), ("a.b", 1, "B.")]),
    ],
)
def test_comments_describe_the_keys_below_them(values: str, expected: list[tuple[str, Any, str]]) -> None:
    assert [(value.path, value.default, value.comment) for value in chart_readme.documented(values)] == expected


@pytest.mark.parametrize(("values", "place"), [("a: 1\n", "a"), ("a:\n  # B.\n  b: 1\n  c: 2\n", "a.c")])
def test_a_value_without_a_comment_is_an_error(values: str, place: str) -> None:
    with pytest.raises(SettingsError, match=rf"values.yaml: {re.escape(place)} has no comment above it"):
        chart_readme.documented(values)
