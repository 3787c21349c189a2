"""Reports as CSV for spreadsheets: UTF-8 with a byte order mark, and no cell that is taken as a formula."""

from collections.abc import Iterable
from typing import Any

from hubmeter_common.csv_text import csv_text, harmless
from hubmeter_promql.month.model import GroupReport, Summary

_SUMMARY = (
    "month", "group", "cost_usd", "settled_usd", "not_settled_usd", "month_before_usd", "budget_usd", "active_users",
    "user_days", "server_hours", "memory_gib_hours", "memory_used_gib_hours", "cpu_core_hours", "cpu_used_core_hours",
    "gpu_hours", "home_gib",
)  # fmt: skip


def group(report: GroupReport) -> bytes:
    """Return the members of a group, and what is of no member in the list; costs add up to the group's."""
    names = [name for name, _ in report.components]
    head = [
        "month", "group", "hub", "user", "cost_usd", *(f"{name.replace(' ', '_')}_usd" for name in names),
        "server_hours", "memory_gib_hours", "gpu_hours", "home_gib",
    ]  # fmt: skip
    rows: list[list[Any]] = [
        [
            report.period.month, report.group, member.hub, member.user, member.usd,
            *(member.components.get(name, 0.0) for name in names), member.server_hours, member.memory_gib_hours,
            member.gpu_hours, member.home_gib,
        ]
        for member in report.members
    ]  # fmt: skip
    if abs(report.rest) >= 0.005:
        rows.append([report.period.month, report.group, "", "", report.rest, *[0.0 for _ in names], "", "", "", ""])
    return _bytes([head, *rows])


def summary(report: Summary) -> bytes:
    """Return the groups, idle and unallocated costs."""
    rows: list[list[Any]] = []
    for of in report.groups:
        usage = of.usage
        rows.append(
            [
                report.period.month, of.group, of.total, of.settled, of.estimated,
                of.previous.usd if of.previous else None, of.budget, usage.active_users, usage.user_days,
                usage.server_hours, usage.memory_requested, usage.memory_used, usage.cpu_requested, usage.cpu_used,
                usage.gpu_hours, usage.home_gib,
            ]
        )  # fmt: skip
    for name, usd in (("(idle)", report.idle), ("(unallocated)", report.unallocated)):
        rows.append([report.period.month, name, usd, *[None] * (len(_SUMMARY) - 3)])
    return _bytes([_SUMMARY, *rows])


def _bytes(lines: Iterable[Iterable[Any]]) -> bytes:
    return csv_text([harmless(cell) for cell in line] for line in lines).encode("utf-8-sig")
