"""Reports as JSON, by the schema report.schema.json."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, date, datetime
from typing import Any, Final

from hubmeter_promql.month.model import GroupReport, Notes, Summary
from hubmeter_promql.month.period import Period

VERSION: Final = 1


def group(report: GroupReport, more: Mapping[str, Any] | None = None) -> bytes:
    """Return the report of a group, and ``more`` by key."""
    document = {"kind": "group", **_head(report.period, report.generated_at), **_group(report)}
    document["days"] = [{"date": day.day, "usd": day.usd, "bill": day.state} for day in report.days]
    document["months"] = [
        {"month": f"{month.first:%Y-%m}", "usd": month.usd, "settled": month.complete} for month in report.months
    ]
    document["components"] = [{"component": name, "usd": usd} for name, usd in report.components]
    document["members"] = [asdict(member) for member in report.members]
    document["not_by_member_usd"] = report.rest
    document["notes"] = _notes(report.notes)
    return _bytes(document | dict(more or {}))


def summary(report: Summary) -> bytes:
    """Return the summary of all groups."""
    document = {
        "kind": "summary",
        **_head(report.period, report.generated_at),
        "total_usd": report.total,
        "idle_usd": report.idle,
        "unallocated_usd": report.unallocated,
        "settled_bill_usd": report.billed,
        "groups": [_group(group) for group in report.groups],
        "notes": _notes(report.notes),
    }
    return _bytes(document)


def _head(period: Period, generated_at: float) -> dict[str, Any]:
    return {
        "schema": VERSION,
        "month": period.month,
        "first": period.first,
        "last": period.last,
        "whole_month": period.whole,
        "generated_at": datetime.fromtimestamp(generated_at, UTC).isoformat(timespec="seconds"),
        "currency": "USD",
    }


def _group(report: GroupReport) -> dict[str, Any]:
    forecast = report.forecast
    return {
        "group": report.group,
        "total_usd": report.total,
        "settled_usd": report.settled,
        "not_settled_usd": report.estimated,
        "month_before_usd": report.previous.usd if report.previous else None,
        "budget_usd": report.budget,
        "forecast": {"month": f"{forecast.first:%Y-%m}", "usd": forecast.usd} if forecast else None,
        "usage": asdict(report.usage),
    }


def _notes(notes: Notes) -> dict[str, Any]:
    since = notes.usage_since
    return {
        "estimated_days": notes.estimated,
        "missing_days": notes.missing,
        "unallocated_days": notes.unallocated,
        "recorded_hours": notes.recorded_hours,
        "hours": notes.hours,
        "first_day": notes.first_day,
        "usage_since": None if since is None else datetime.fromtimestamp(since, UTC).isoformat(timespec="seconds"),
    }


def _bytes(document: dict[str, Any]) -> bytes:
    return json.dumps(document, ensure_ascii=False, indent=1, default=_text).encode() + b"\n"


def _text(value: Any) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{value!r} has no form in JSON")
