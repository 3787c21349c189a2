"""Cost Explorer: through boto3 to the server of moto, and with stubbed responses for the rest."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING, Any
from unittest.mock import ANY

import boto3
import pytest
import requests
from botocore.stub import Stubber
from hypothesis import given, settings
from hypothesis import strategies as st
from moto.server import ThreadedMotoServer

from hubmeter_exporter.costs.model import BillRow, SourceError
from hubmeter_exporter.costs.reconciliation import Balance, balances
from hubmeter_exporter.costs.settings import AwsSettings, make
from hubmeter_exporter.costs.sources.aws import REASONS, AwsSource, connect
from tests.waiting import PATIENCE

if TYPE_CHECKING:  # a package of types only
    from mypy_boto3_ce import CostExplorerClient


FIRST, LAST = date(2026, 10, 30), date(2026, 10, 31)
SECRET = "wJalrXUtnFEMI"
HUB, HOME, SERVICE = "2i2c:hub-name", "2i2c:volume-purpose", "SERVICE"
EC2, EC2_OTHER = "Amazon Elastic Compute Cloud - Compute", "EC2 - Other"

Group = tuple[list[str], str]


@cache
def default_settings() -> AwsSettings:
    return aws_settings()


def aws_settings(**values: Any) -> AwsSettings:
    return make({"source": "aws", "aws": {"cluster_name": "earth", **values}}, "the test", {}).aws


def groups(
    day: date, *rows: Group, estimated: bool = False, unit: str = "USD", metric: str = "UnblendedCost"
) -> dict[str, Any]:
    """Return a day of a response of Cost Explorer; a row is (keys, amount)."""
    return {
        "TimePeriod": {"Start": day.isoformat(), "End": "the next day"},
        "Total": {},
        "Groups": [
            {"Keys": list(keys), "Metrics": {metric: {"Amount": amount, "Unit": unit}}} for keys, amount in rows
        ],
        "Estimated": estimated,
    }


def total(day: date, usage: str, others: Mapping[str, str] = {}, *, estimated: bool = False) -> dict[str, Any]:
    """Return a day of the account's costs by record type."""
    return groups(day, (["Usage"], usage), *(([name], usd) for name, usd in others.items()), estimated=estimated)


def answer(*days: dict[str, Any], token: str = "") -> dict[str, Any]:
    return {"ResultsByTime": list(days)} | ({"NextPageToken": token} if token else {})


@cache
def client_without_network() -> "CostExplorerClient":
    """Return the same client for all tests, because a new one takes 0.2 s."""
    return boto3.client("ce", "us-east-1", aws_access_key_id="AKIA", aws_secret_access_key=SECRET)


def stubbed_client() -> "tuple[CostExplorerClient, Stubber]":
    return client_without_network(), Stubber(client_without_network())


def read(*answers: dict[str, Any], **values: Any) -> tuple[list[BillRow], AwsSource]:
    """Return the bill from the responses of Cost Explorer, in the order of requests."""
    client, stubber = stubbed_client()
    source = AwsSource(aws_settings(**values), {}, 3600, lambda _: client)
    for response in answers:
        stubber.add_response("get_cost_and_usage", response)
    with stubber:
        rows = source.bill(FIRST, LAST)
    stubber.assert_no_pending_responses()
    return rows, source


def amounts(rows: Sequence[BillRow], day: date = FIRST) -> dict[tuple[str, str, str], str]:
    return {(row.hub, row.component, row.kind): str(row.amount) for row in rows if row.day == day}


def test_three_requests_read_any_range_of_days() -> None:
    client, stubber = stubbed_client()
    usage = {"Dimensions": {"Key": "RECORD_TYPE", "Values": ["Usage"]}}
    ours = {
        "And": [
            usage,
            {
                "Or": [
                    {"Tags": {"Key": key, "Values": [value], "MatchOptions": ["EQUALS"]}}
                    for key, value in (
                        ("alpha.eksctl.io/cluster-name", "earth"),
                        ("kubernetes.io/cluster/earth", "owned"),
                        ("2i2c.org/cluster-name", "earth"),
                    )
                ]
            },
        ]
    }
    moved = {
        "And": [
            ours,
            {"Dimensions": {"Key": "SERVICE", "Values": [EC2, EC2_OTHER]}},
            {
                "Or": [
                    *(
                        {"Tags": {"Key": key, "Values": [value], "MatchOptions": ["EQUALS"]}}
                        for key, value in (
                            ("2i2c:node-purpose", "core"),
                            ("kubernetes.io/created-for/pvc/name", "hub-db-dir"),
                            ("kubernetes.io/created-for/pvc/namespace", "support"),
                        )
                    ),
                    {
                        "Dimensions": {
                            "Key": "USAGE_TYPE_GROUP",
                            "Values": ["EC2: NAT Gateway - Running Hours", "EC2: NAT Gateway - Data Processed"],
                        }
                    },
                    {"Tags": {"Key": HOME, "Values": ["home-nfs"], "MatchOptions": ["EQUALS"]}},
                ]
            },
        ]
    }
    hub, home = {"Type": "TAG", "Key": HUB}, {"Type": "TAG", "Key": HOME}
    service, record_type = ({"Type": "DIMENSION", "Key": key} for key in (SERVICE, "RECORD_TYPE"))
    for only, group_by in ((ours, [hub, service]), (moved, [hub, home]), (None, [record_type])):
        expected = {
            "TimePeriod": {"Start": "2026-10-30", "End": "2026-11-01"},  # AWS leaves the end out
            "Granularity": "DAILY",
            "Metrics": ["UnblendedCost"],
            "GroupBy": group_by,
        } | ({"Filter": only} if only else {})
        stubber.add_response("get_cost_and_usage", answer(), expected)
    with stubber:
        assert AwsSource(aws_settings(), {}, 3600, lambda _: client).bill(FIRST, LAST) == []
    stubber.assert_no_pending_responses()


def test_services_become_components_and_other_costs_the_account() -> None:
    rows, _ = read(
        answer(
            groups(
                FIRST,
                ([f"{HUB}$prod", EC2], "7.1234567891"),
                ([f"{HUB}$prod", EC2_OTHER], "1.0000000001"),
                ([f"{HUB}$", "AWS Backup"], "0.5"),
                ([f"{HUB}$x--y", "Amazon Elastic File System"], "0.25"),
                ([f"{HUB}$x--y", "Amazon Elastic Container Service for Kubernetes"], "2.4"),
                ([f"{HUB}$a$b", "Amazon Elastic Load Balancing"], "0.1"),
                ([f"{HUB}$a$b", "Amazon Virtual Private Cloud"], "0.2"),
                ([f"{HUB}$", "Amazon Simple Storage Service"], "0.03"),
                ([f"{HUB}$", "Amazon Quantum Ledger"], "0.0004"),
                ([f"{HUB}$", "AWS Lambda"], "0"),
            )
        ),
        answer(),
        answer(total(FIRST, "20.5")),
    )
    assert amounts(rows) == {
        ("prod", "compute", "attributable"): "8.1234567892",
        ("", "backup", "attributable"): "0.5",
        ("x--y", "home storage", "attributable"): "0.25",
        ("x--y", "core", "attributable"): "2.4",
        ("a$b", "networking", "attributable"): "0.3",
        ("", "object storage", "attributable"): "0.03",
        ("", "other", "attributable"): "0.0004",
        ("", "other", "account"): "8.8961432108",
    }
    assert sum(row.amount for row in rows) == Decimal("20.5")


def test_home_storage_and_core_leave_compute() -> None:
    rows, _ = read(
        answer(groups(FIRST, ([f"{HUB}$prod", EC2], "10"), ([f"{HUB}$", EC2_OTHER], "3"))),
        answer(
            groups(
                FIRST,
                ([f"{HUB}$prod", f"{HOME}$home-nfs"], "2"),
                ([f"{HUB}$prod", f"{HOME}$"], "1.5"),
                ([f"{HUB}$", f"{HOME}$scratch"], "0.75"),  # a core volume with another purpose
            )
        ),
        answer(total(FIRST, "13")),
    )
    assert amounts(rows) == {
        ("prod", "compute", "attributable"): "6.5",
        ("prod", "home storage", "attributable"): "2",
        ("prod", "core", "attributable"): "1.5",
        ("", "compute", "attributable"): "2.25",
        ("", "core", "attributable"): "0.75",
    }


def test_a_move_of_more_than_compute_leaves_no_negative_cost_and_is_logged_once(
    caplog: pytest.LogCaptureFixture,
) -> None:
    answers = (
        answer(groups(FIRST, ([f"{HUB}$prod", EC2], "1"))),
        answer(groups(FIRST, ([f"{HUB}$prod", f"{HOME}$"], "0.7"), ([f"{HUB}$prod", f"{HOME}$home-nfs"], "0.8"))),
        answer(total(FIRST, "1")),
    )
    client, stubber = stubbed_client()
    source = AwsSource(aws_settings(), {}, 3600, lambda _: client)
    for response in answers * 2:
        stubber.add_response("get_cost_and_usage", response)
    with stubber:
        rows = source.bill(FIRST, LAST)
        source.bill(FIRST, LAST)
    assert amounts(rows) == {
        ("prod", "home storage", "attributable"): "0.8",
        ("prod", "core", "attributable"): "0.2",
    }
    [record] = caplog.records
    for fact in ("compute", "'prod'", "2026-10-30", "core", "0.7 USD"):
        assert fact in record.getMessage()


def test_pages_are_followed_and_counted() -> None:
    rows, source = read(
        answer(groups(FIRST, ([f"{HUB}$prod", EC2], "1")), token="two"),
        answer(groups(FIRST, ([f"{HUB}$prod", EC2_OTHER], "2")), groups(LAST), token="three"),
        answer(groups(LAST, ([f"{HUB}$prod", EC2], "4"))),
        answer(),
        answer(total(FIRST, "3"), total(LAST, "4")),
    )
    assert [(row.day, row.amount) for row in rows] == [(FIRST, Decimal(3)), (LAST, Decimal(4))]
    assert source.report().requests == 5
    assert source.report().requests * source.report().request_usd == pytest.approx(0.05)


def test_pages_that_do_not_end_are_an_error() -> None:
    with pytest.raises(SourceError, match="pages of Cost Explorer do not end") as error:
        read(answer(token="again"), answer(token="again"))
    assert error.value.reason == "answer"


def test_a_day_is_estimated_if_any_response_marks_it_so() -> None:
    rows, _ = read(
        answer(groups(FIRST, ([f"{HUB}$prod", EC2], "1")), groups(LAST, ([f"{HUB}$prod", EC2], "1"))),
        answer(),
        answer(total(FIRST, "2"), total(LAST, "2", estimated=True)),
    )
    assert {(row.day, row.estimated) for row in rows} == {(FIRST, False), (LAST, True)}


SAVINGS_PLAN = {"SavingsPlanCoveredUsage": "8", "SavingsPlanNegation": "-8", "SavingsPlanRecurringFee": "11"}


def excluded(source: AwsSource) -> dict[str, str]:
    return {part.category: str(part.usd) for part in source.report().parts if part.kind == "excluded"}


def balance(rows: Sequence[BillRow], source: AwsSource) -> Balance:
    [only] = balances(rows, source.report().parts)
    assert only.difference == 0
    return only


def test_record_types_that_do_not_count_are_named_and_commitments_give_advice() -> None:
    rows, source = read(
        answer(groups(FIRST, ([f"{HUB}$prod", EC2], "1.5"))),
        answer(),
        answer(total(FIRST, "2", {"Tax": "0.25", "Credit": "0", **SAVINGS_PLAN})),
    )
    assert amounts(rows) == {("prod", "compute", "attributable"): "1.5", ("", "other", "account"): "0.5"}
    assert excluded(source) == {"Tax": "0.25", **SAVINGS_PLAN}
    assert balance(rows, source).input == Decimal("13.25")
    [advice] = source.advice(balance(rows, source).excluded)
    for words in ("SavingsPlanCoveredUsage 8.00 USD", "SavingsPlanRecurringFee 11.00 USD", "aws.record_types"):
        assert words in advice
    assert "Tax" not in advice
    assert source.advice({"Tax": Decimal(5), "SavingsPlanNegation": Decimal(0)}) == []
    assert source.advice({"Savings Plan Covered Usage": Decimal(5)})  # as the console spells it
    assert source.advice({"RIFee": Decimal(5)})


def test_with_all_record_types_the_rows_are_the_account_s_bill() -> None:
    client, stubber = stubbed_client()
    source = AwsSource(aws_settings(record_types=[]), {}, 3600, lambda _: client)
    tags = {"Or": [{"Tags": ANY}] * 3}
    for response, only in (
        (answer(groups(FIRST, ([f"{HUB}$prod", EC2], "9.5"))), tags),
        (answer(), {"And": [tags, {"Dimensions": ANY}, ANY]}),
        (answer(total(FIRST, "2", {"Tax": "0.25", **SAVINGS_PLAN})), None),
    ):
        expected = {"TimePeriod": ANY, "Granularity": ANY, "Metrics": ANY, "GroupBy": ANY}
        stubber.add_response("get_cost_and_usage", response, expected | ({"Filter": only} if only else {}))
    with stubber:
        rows = source.bill(FIRST, LAST)
    assert amounts(rows) == {("prod", "compute", "attributable"): "9.5", ("", "other", "account"): "3.75"}
    assert excluded(source) == {}


def test_amortized_cost_counts_covered_usage() -> None:
    amortized = "AmortizedCost"
    rows, source = read(
        answer(groups(FIRST, ([f"{HUB}$prod", EC2], "9"), metric=amortized)),
        answer(),
        answer(
            groups(
                FIRST,
                (["Usage"], "2"),
                (["SavingsPlanCoveredUsage"], "7"),
                (["SavingsPlanRecurringFee"], "4"),  # the part of the fee that covers no usage
                metric=amortized,
            )
        ),
        metric=amortized,
        record_types=["Usage", "DiscountedUsage", "SavingsPlanCoveredUsage"],
    )
    assert amounts(rows) == {("prod", "compute", "attributable"): "9"}
    assert excluded(source) == {"SavingsPlanRecurringFee": "4"}
    assert balance(rows, source).input == 13


def test_a_value_of_the_hub_tag_can_have_another_namespace() -> None:
    client, stubber = stubbed_client()
    source = AwsSource(aws_settings(), {"prod": "jhub-prod"}, 3600, lambda _: client)
    stubber.add_response("get_cost_and_usage", answer(groups(FIRST, ([f"{HUB}$prod", EC2], "1"))))
    stubber.add_response("get_cost_and_usage", answer(groups(FIRST, ([f"{HUB}$prod", f"{HOME}$"], "0.25"))))
    stubber.add_response("get_cost_and_usage", answer(total(FIRST, "1")))
    with stubber:
        assert amounts(source.bill(FIRST, LAST)) == {
            ("jhub-prod", "compute", "attributable"): "0.75",
            ("jhub-prod", "core", "attributable"): "0.25",
        }


def test_without_moves_there_is_no_second_request() -> None:
    rows, source = read(
        answer(groups(FIRST, ([f"{HUB}$prod", EC2], "1"))),
        answer(total(FIRST, "1")),
        home_storage_tag="",
        home_storage_values=[],
        core_tags={},
        core_usage_type_groups=[],
    )
    assert amounts(rows) == {("prod", "compute", "attributable"): "1"}
    assert source.report().requests == 2


def test_tags_that_are_not_activated_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    rows, _ = read(answer(), answer(), answer(total(FIRST, "9.5")))
    assert amounts(rows) == {("", "other", "account"): "9.5"}
    assert "Activate them as cost allocation tags" in caplog.text


@pytest.mark.parametrize(
    ("code", "status", "reason", "words"),
    [
        ("ThrottlingException", 400, "throttled", "tries again later"),
        ("LimitExceededException", 400, "throttled", "tries again later"),
        ("ExpiredTokenException", 400, "credentials", "set valid credentials"),
        ("UnrecognizedClientException", 403, "credentials", "set valid credentials"),
        ("AccessDeniedException", 400, "forbidden", "allow ce:GetCostAndUsage"),
        ("DataUnavailableException", 400, "no_data", "enable Cost Explorer"),
        ("RequestChangedException", 400, "changed", "tries again later"),
        ("BillExpirationException", 400, "changed", "tries again later"),
        ("ValidationException", 400, "request", "check the tags and days"),
        ("InternalFailure", 500, "unavailable", "tries again later"),
        ("TeapotException", 418, "request", "documentation of AWS"),
    ],
)
def test_errors_are_named_in_a_sentence(code: str, status: int, reason: str, words: str) -> None:
    client, stubber = stubbed_client()
    stubber.add_client_error("get_cost_and_usage", code, "No way", status)
    with stubber, pytest.raises(SourceError) as error:
        AwsSource(aws_settings(), {}, 3600, lambda _: client).bill(FIRST, LAST)
    assert error.value.reason == reason
    assert reason in REASONS
    assert str(error.value).startswith(f"AWS answered GetCostAndUsage with {code} (No way): ")
    assert words in str(error.value)
    assert SECRET not in str(error.value)


@pytest.mark.parametrize(
    ("sentence", "days", "reason"),
    [
        ("another currency", [groups(FIRST, ([f"{HUB}$", EC2], "7"), unit="CNY")], "currency"),
        ("not a number", [groups(FIRST, ([f"{HUB}$", EC2], "much"))], "answer"),
        ("no metric", [groups(FIRST) | {"Groups": [{"Keys": [f"{HUB}$", EC2], "Metrics": {}}]}], "answer"),
        ("one key where there should be two", [groups(FIRST, ([f"{HUB}$"], "7"))], "answer"),
        ("no date", [groups(FIRST) | {"TimePeriod": {"Start": "soon", "End": "later"}}], "answer"),
    ],
)
def test_an_invalid_response_is_a_named_error(sentence: str, days: list[dict[str, Any]], reason: str) -> None:
    with pytest.raises(SourceError) as error:
        read(answer(*days), answer(), answer())
    assert error.value.reason == reason, sentence


MONEY = st.decimals(min_value=0, max_value=1000, places=10)


@settings(max_examples=60)
@given(
    services=st.dictionaries(
        st.tuples(st.sampled_from(["", "prod", "x--y"]), st.sampled_from([EC2, EC2_OTHER, "AWS Backup", "AWS Lambda"])),
        MONEY,
    ),
    moved=st.dictionaries(
        st.tuples(st.sampled_from(["", "prod", "ann"]), st.sampled_from(["", "home-nfs", "scratch"])), MONEY
    ),
    rest=MONEY,
    others=st.dictionaries(
        st.sampled_from(["Tax", "Credit", "SavingsPlanNegation", "RIFee"]), MONEY.map(lambda m: 5 - m)
    ),
)
def test_components_and_moves_keep_the_sum(
    services: dict[tuple[str, str], Decimal],
    moved: dict[tuple[str, str], Decimal],
    rest: Decimal,
    others: dict[str, Decimal],
) -> None:
    ours = sum(services.values(), Decimal(0))
    client, stubber = stubbed_client()
    for response in (
        answer(groups(FIRST, *(([f"{HUB}${hub}", name], str(usd)) for (hub, name), usd in services.items()))),
        answer(groups(FIRST, *(([f"{HUB}${hub}", f"{HOME}${tag}"], str(usd)) for (hub, tag), usd in moved.items()))),
        answer(total(FIRST, str(ours + rest), {name: str(usd) for name, usd in others.items()})),
    ):
        stubber.add_response("get_cost_and_usage", response)
    source = AwsSource(default_settings(), {}, 3600, lambda _: client)
    with stubber:
        rows = source.bill(FIRST, LAST)
    assert balance(rows, source).input == ours + rest + sum(others.values())
    assert balance(rows, source).excluded == {name: usd for name, usd in others.items() if usd}
    assert sum(row.amount for row in rows) == ours + rest
    assert sum(row.amount for row in rows if row.kind == "attributable") == ours
    assert all(row.amount > 0 for row in rows)
    for hub in ("", "prod", "x--y"):
        assert sum(row.amount for row in rows if row.hub == hub and row.kind == "attributable") == sum(
            usd for (name, _), usd in services.items() if name == hub
        )


@contextmanager
def moto(*answers: dict[str, Any]) -> Iterator[str]:
    """Yield the URL of a server of moto with these responses of Cost Explorer."""
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    url = f"http://{host}:{port}"
    try:
        requests.post(f"{url}/moto-api/reset", timeout=PATIENCE).raise_for_status()
        requests.post(
            f"{url}/moto-api/static/ce/cost-and-usage-results",
            data=json.dumps({"results": list(answers)}),
            timeout=PATIENCE,
        ).raise_for_status()
        yield url
    finally:
        server.stop()


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")


@pytest.mark.usefixtures("credentials")
@pytest.mark.parametrize("role", ["", "arn:aws:iam::123456789012:role/bills"])
def test_the_real_client_reads_pages_over_http_with_its_own_credentials_or_in_a_role(role: str) -> None:
    with moto(
        answer(groups(FIRST, ([f"{HUB}$prod", EC2], "1.5")), token="two"),
        answer(groups(LAST, ([f"{HUB}$prod", EC2], "2.5"))),
        answer(groups(LAST, ([f"{HUB}$prod", f"{HOME}$home-nfs"], "0.5"))),
        answer(total(FIRST, "2"), total(LAST, "3")),
    ) as url:
        rows = AwsSource(aws_settings(endpoint_url=url, role_arn=role), {}, 3600, connect).bill(FIRST, LAST)
    assert amounts(rows) == {("prod", "compute", "attributable"): "1.5", ("", "other", "account"): "0.5"}
    assert amounts(rows, LAST) == {
        ("prod", "compute", "attributable"): "2.0",
        ("prod", "home storage", "attributable"): "0.5",
        ("", "other", "account"): "0.5",
    }


@pytest.mark.usefixtures("credentials")
def test_a_refused_connection_is_named() -> None:
    source = AwsSource(aws_settings(endpoint_url="http://127.0.0.1:9"), {}, 3600, connect)
    with pytest.raises(SourceError, match=r"cannot be reached.*check aws\.region, aws\.endpoint_url") as error:
        source.bill(FIRST, LAST)
    assert error.value.reason == "connection"


@pytest.mark.usefixtures("credentials")
def test_missing_credentials_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")
    for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
        monkeypatch.setenv(name, str(tmp_path / "none"))
    source = AwsSource(aws_settings(endpoint_url="http://127.0.0.1:9"), {}, 3600, connect)
    with pytest.raises(SourceError, match="there are no AWS credentials") as error:
        source.bill(FIRST, LAST)
    assert error.value.reason == "credentials"


def test_the_basis_changes_with_the_settings_that_affect_the_bill() -> None:
    def basis(hubs: dict[str, str], **values: Any) -> str:
        return AwsSource(aws_settings(**values), hubs, 3600, connect).basis

    assert basis({}) == basis({}, interval="1h", endpoint_url="http://localhost:1")
    assert len({basis({}), basis({"a": "b"}), basis({}, hub_tag="x"), basis({}, metric="AmortizedCost")}) == 4
