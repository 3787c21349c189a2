"""The bill of an AWS account, from Cost Explorer.

https://docs.aws.amazon.com/aws-cost-management/latest/APIReference/API_GetCostAndUsage.html. A request, and each page
of its response, costs 0.01 USD. There are three requests for any range of days:

1. the costs with the cluster's tags, by hub tag and service;
2. those among them that have a service of compute but are home storage or core, by hub tag and home storage tag: these
   move to another component;
3. all costs of the account by record type, so that each is in the bill or among the excluded ones.

Metrics and record types: https://docs.aws.amazon.com/cost-management/latest/userguide/ce-advanced.html.
"""

import logging
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any, Final

import boto3
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError,  # noqa: A004 - botocore's, not Python's
    ConnectTimeoutError,
    CredentialRetrievalError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
    ReadTimeoutError,
    TokenRetrievalError,
    UnauthorizedSSOTokenError,
)

from hubmeter_exporter.costs.model import CORE, OTHER, BillRow, Part, PartKind, Revises, SourceError, SourceReport
from hubmeter_exporter.costs.settings import AwsSettings
from hubmeter_exporter.costs.sources.moves import Move, move
from hubmeter_promql.bills import COMPUTE, HOME_STORAGE

if TYPE_CHECKING:  # a package of types only
    from mypy_boto3_ce import CostExplorerClient
    from mypy_boto3_ce.type_defs import ExpressionTypeDef, GroupDefinitionTypeDef

REQUEST_USD: Final = 0.01
# Beginnings of the record types of Savings Plans and reservations, in lower case and without spaces.
_COMMITMENTS: Final = ("savingsplan", "discountedusage", "rifee")
_MAX_PAGES: Final = 500  # 5 USD; a year of a large site has a dozen
_log = logging.getLogger(__name__)

_RETRIED: Final = "the exporter tries again later"
_CREDENTIALS: Final = "set valid credentials (docs/costs.md, 'AWS')"
_POLICY: Final = "allow ce:GetCostAndUsage, and sts:AssumeRole if aws.role_arn is set (docs/costs.md, 'AWS')"

# Reason and remedy of the error codes of AWS.
_CODES: Final = {
    **dict.fromkeys(
        ("ThrottlingException", "Throttling", "LimitExceededException", "TooManyRequestsException"),
        ("throttled", "the exporter tries again later; if this persists, reduce the programs that query Cost Explorer"),
    ),
    **dict.fromkeys(
        (
            "ExpiredToken",
            "ExpiredTokenException",
            "RequestExpired",
            "InvalidClientTokenId",
            "UnrecognizedClientException",
            "InvalidSignatureException",
            "SignatureDoesNotMatch",
            "IncompleteSignature",
            "MissingAuthenticationToken",
        ),
        ("credentials", _CREDENTIALS),
    ),
    **dict.fromkeys(("AccessDenied", "AccessDeniedException", "OptInRequired"), ("forbidden", _POLICY)),
    "DataUnavailableException": (
        "no_data",
        "enable Cost Explorer in the billing console of the account, and wait a day for its first data",
    ),
    **dict.fromkeys(
        ("RequestChangedException", "InvalidNextTokenException", "BillExpirationException"),
        ("changed", "the bill changed while it was read; the exporter tries again later"),
    ),
    "ValidationException": (
        "request",
        "check the tags and days in the settings; history_days is at most 13 months",
    ),
}
REASONS: Final[tuple[str, ...]] = (
    "connection", "timeout", "throttled", "credentials", "forbidden", "no_data", "changed", "request", "unavailable",
    "answer", "currency",
)  # fmt: skip


class AwsSource:
    """Cost Explorer as a source of bills."""

    name = "aws"
    reasons = REASONS
    revises = Revises.OPEN_MONTHS
    complete = False

    def __init__(
        self,
        settings: AwsSettings,
        hubs: Mapping[str, str],
        interval: float,
        make_client: "Callable[[AwsSettings], CostExplorerClient]",
    ) -> None:
        """Take the settings, the namespaces by value of the hub tag, and the function that connects at each reading."""
        self._settings = settings
        self._hubs = hubs
        self._make_client = make_client
        self._requests = 0
        self._parts: tuple[Part, ...] = ()
        self._warned: set[str] = set()
        self.interval = interval
        self.basis = f"aws {settings.model_dump_json(exclude={'interval', 'endpoint_url'})} {sorted(hubs.items())}"

    def report(self) -> SourceReport:
        """Return the number of requests, and the record types that do not count."""
        return SourceReport(requests=self._requests, request_usd=REQUEST_USD, parts=self._parts)

    def advice(self, excluded: Mapping[str, Decimal]) -> list[str]:
        """Name the settings if costs of Savings Plans or reservations do not count."""
        commitments = [
            f"{record_type} {usd:.2f} USD"
            for record_type, usd in sorted(excluded.items())
            if _commits(record_type) and usd
        ]
        if not commitments:
            return []
        return [
            f"record types of Savings Plans or reservations do not count ({', '.join(commitments)}): set aws.metric "
            "and aws.record_types (docs/costs.md, 'Savings Plans and reservations')"
        ]

    def bill(self, first: date, last: date) -> list[BillRow]:
        """Return the rows of the days from ``first`` to ``last``. Raises `SourceError`."""
        with _errors_as_sentences():
            client = self._make_client(self._settings)
            counted = [_dimension("RECORD_TYPE", names)] if (names := self._settings.record_types) else []
            attributable = _all_of(*counted, self._tags(self._settings.attributable_tags))
            return self._rows(
                self._query(client, first, last, attributable, [_tag_group(self._settings.hub_tag), _SERVICE]),
                self._query_moves(client, first, last, attributable),
                self._query(client, first, last, None, [_RECORD_TYPE]),
            )

    def _query_moves(
        self, client: "CostExplorerClient", first: date, last: date, attributable: "ExpressionTypeDef"
    ) -> list[Any]:
        settings = self._settings
        services = sorted(name for name, component in settings.components.items() if component == COMPUTE)
        parts = [_tag(key, values) for key, values in settings.core_tags.items()]
        if settings.core_usage_type_groups:
            parts.append(_dimension("USAGE_TYPE_GROUP", settings.core_usage_type_groups))
        groups = [_tag_group(settings.hub_tag)]
        if settings.home_storage_tag:
            parts.append(_tag(settings.home_storage_tag, settings.home_storage_values))
            groups.append(_tag_group(settings.home_storage_tag))
        if not services or not parts:
            return []
        expression = _all_of(attributable, _dimension("SERVICE", services), _any_of(parts))
        return self._query(client, first, last, expression, groups)

    def _query(
        self,
        client: "CostExplorerClient",
        first: date,
        last: date,
        expression: "ExpressionTypeDef | None",
        groups: "list[GroupDefinitionTypeDef]",
    ) -> list[Any]:
        """Return the days of all pages: the ``ResultsByTime`` of AWS."""
        request: dict[str, Any] = {
            "TimePeriod": {"Start": first.isoformat(), "End": (last + timedelta(1)).isoformat()},  # the end is excluded
            "Granularity": "DAILY",
            "Metrics": [self._settings.metric],
            "GroupBy": groups,
        }
        if expression is not None:
            request["Filter"] = expression
        days: list[Any] = []
        for _ in range(_MAX_PAGES):
            answer = client.get_cost_and_usage(**request)
            self._requests += 1
            days += answer["ResultsByTime"]
            token = answer.get("NextPageToken")
            if not token:
                return days
            if token == request.get("NextPageToken"):
                break
            request["NextPageToken"] = token
        raise SourceError("answer", "the pages of Cost Explorer do not end; report this with the log at level DEBUG")

    def _rows(self, by_service: list[Any], by_home: list[Any], by_record_type: list[Any]) -> list[BillRow]:
        amounts: dict[date, dict[tuple[str, str], Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        moves: dict[date, dict[tuple[str, str], Decimal]] = defaultdict(lambda: defaultdict(Decimal))
        counted: dict[date, Decimal] = defaultdict(Decimal)
        parts: dict[tuple[date, PartKind, str], Decimal] = defaultdict(Decimal)
        estimated: dict[date, bool] = defaultdict(bool)
        for answer in (by_service, by_home, by_record_type):
            for result in answer:
                estimated[_day(result)] |= bool(result.get("Estimated"))
        for day, (hub, service), amount in self._groups(by_service):
            component = self._settings.components.get(service, OTHER)
            amounts[day][self._hub(hub), component] += amount
        for day, (hub, *home), amount in self._groups(by_home):
            is_home = bool(home) and _tag_value(home[0]) in self._settings.home_storage_values
            moves[day][self._hub(hub), HOME_STORAGE if is_home else CORE] += amount
        for day, (record_type,), amount in self._groups(by_record_type):
            parts[day, "input", ""] += amount
            if not self._settings.record_types or record_type in self._settings.record_types:
                counted[day] += amount
            elif amount:
                parts[day, "excluded", record_type] += amount
        if any(counted.values()) and not amounts:
            self._warn(
                "no tags",
                "No cost of the account has one of the cluster's tags. Activate them as cost allocation tags in the "
                "billing console, and check aws.cluster_name and aws.attributable_tags.",
            )
        rows: list[BillRow] = []
        for day in sorted(estimated):
            parts[day, "input", ""] += 0
            rows += self._day_rows(day, amounts[day], moves[day], counted[day], estimated=estimated[day])
        self._parts = tuple(Part(*key, 0, usd) for key, usd in sorted(parts.items()))
        return rows

    def _day_rows(
        self,
        day: date,
        amounts: Mapping[tuple[str, str], Decimal],
        moves: Mapping[tuple[str, str], Decimal],
        counted: Decimal,
        *,
        estimated: bool,
    ) -> Iterator[BillRow]:
        # Home storage first: a home volume of the support namespace is home storage.
        steps = sorted(
            (Move(hub, COMPUTE, target, amount) for (hub, target), amount in moves.items()),
            key=lambda step: (step.hub, step.target != HOME_STORAGE),
        )
        moved = move(amounts, steps)
        for short in moved.short:
            self._warn(
                f"{day} {short.hub} {short.target}",
                f"The cost of compute of hub {short.hub!r} on {day} is less than its part for {short.target}, "
                f"{short.amount} USD; all of it was moved.",
            )
        rest = counted - sum(amounts.values(), Decimal(0))
        for (hub, component), amount in sorted(moved.amounts.items()):
            if amount:
                yield BillRow(day, hub, component, "attributable", amount, estimated)
        if rest:
            yield BillRow(day, "", OTHER, "account", rest, estimated)

    def _groups(self, results: Iterable[Any]) -> Iterator[tuple[date, list[str], Decimal]]:
        """Yield (day, keys, US dollars) of each group."""
        for result in results:
            for group in result.get("Groups", ()):
                value = group["Metrics"][self._settings.metric]
                amount = Decimal(value["Amount"])
                if value["Unit"] != "USD" and amount:
                    raise SourceError(
                        "currency",
                        f"AWS bills this account in {value['Unit']}, not in US dollars: use the source focus instead",
                    )
                yield _day(result), group["Keys"], amount

    def _hub(self, key: str) -> str:
        value = _tag_value(key)
        return self._hubs.get(value, value)

    def _tags(self, tags: Mapping[str, Iterable[str]]) -> "ExpressionTypeDef":
        def filled(text: str) -> str:
            return text.replace("{cluster_name}", self._settings.cluster_name)

        return _any_of([_tag(filled(key), [filled(value) for value in values]) for key, values in tags.items()])

    def _warn(self, key: str, sentence: str) -> None:
        """Log a warning once per key, because the same days are read repeatedly."""
        if key not in self._warned:
            self._warned.add(key)
            _log.warning("%s", sentence)


def connect(settings: AwsSettings) -> "CostExplorerClient":
    """Return a client with the credentials of boto3, in the role of the settings if there is one."""
    config = Config(connect_timeout=5, read_timeout=60, retries={"mode": "standard", "max_attempts": 4})
    endpoint = settings.endpoint_url or None
    session = boto3.Session(region_name=settings.region)
    if settings.role_arn:
        sts = session.client("sts", endpoint_url=endpoint, config=config)
        answer = sts.assume_role(RoleArn=settings.role_arn, RoleSessionName="hubmeter-costs", DurationSeconds=900)
        credentials = answer["Credentials"]
        session = boto3.Session(
            region_name=settings.region,
            aws_access_key_id=credentials["AccessKeyId"],
            aws_secret_access_key=credentials["SecretAccessKey"],
            aws_session_token=credentials["SessionToken"],
        )
    return session.client("ce", endpoint_url=endpoint, config=config)


@contextmanager
def _errors_as_sentences() -> Iterator[None]:
    try:
        yield
    except ClientError as error:
        code = error.response.get("Error", {}).get("Code", "no code")
        message = error.response.get("Error", {}).get("Message", "nothing")
        status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        unknown = ("unavailable", _RETRIED) if status >= 500 else ("request", "see the documentation of AWS")
        reason, remedy = _CODES.get(code, unknown)
        raise SourceError(reason, f"AWS answered {error.operation_name} with {code} ({message}): {remedy}") from error
    except (
        NoCredentialsError,
        PartialCredentialsError,
        CredentialRetrievalError,
        TokenRetrievalError,
        UnauthorizedSSOTokenError,
    ) as error:
        raise SourceError("credentials", f"there are no AWS credentials ({error}): {_CREDENTIALS}") from error
    except (ReadTimeoutError, ConnectTimeoutError) as error:
        raise SourceError("timeout", f"AWS did not answer in time ({error}): {_RETRIED}") from error
    except (HTTPClientError, ConnectionError) as error:
        raise SourceError(
            "connection", f"AWS cannot be reached ({error}): check aws.region, aws.endpoint_url and the network policy"
        ) from error
    except BotoCoreError as error:
        raise SourceError("request", f"the request to AWS is invalid ({error}): check the settings of aws") from error
    except (KeyError, TypeError, ValueError, InvalidOperation) as error:
        raise SourceError("answer", f"the response of AWS is not a bill ({error!r})") from error


def _commits(record_type: str) -> bool:
    """Return whether a record type is of Savings Plans or reservations; API and console spell them differently."""
    return record_type.lower().replace(" ", "").startswith(_COMMITMENTS)


def _day(result: Any) -> date:
    return date.fromisoformat(result["TimePeriod"]["Start"])


def _tag_value(key: str) -> str:
    """Return the value of a group key such as ``2i2c:hub-name$prod``; it is empty for costs without the tag."""
    return key.partition("$")[2]


def _tag_group(key: str) -> "GroupDefinitionTypeDef":
    return {"Type": "TAG", "Key": key}


_SERVICE: "Final[GroupDefinitionTypeDef]" = {"Type": "DIMENSION", "Key": "SERVICE"}
_RECORD_TYPE: "Final[GroupDefinitionTypeDef]" = {"Type": "DIMENSION", "Key": "RECORD_TYPE"}


def _tag(key: str, values: Iterable[str]) -> "ExpressionTypeDef":
    return {"Tags": {"Key": key, "Values": list(values), "MatchOptions": ["EQUALS"]}}


def _dimension(key: Any, values: Iterable[str]) -> "ExpressionTypeDef":
    return {"Dimensions": {"Key": key, "Values": list(values)}}


def _any_of(parts: "list[ExpressionTypeDef]") -> "ExpressionTypeDef":
    """Return an Or; AWS does not allow one with a single part."""
    return parts[0] if len(parts) == 1 else {"Or": parts}


def _all_of(*parts: "ExpressionTypeDef") -> "ExpressionTypeDef":
    """Return an And; AWS does not allow one with a single part."""
    return parts[0] if len(parts) == 1 else {"And": list(parts)}
