"""Names of the files of a report."""

from hubmeter_common.slugs import safe_slug

SUMMARY = "summary"


def group_file(group: str, ending: str) -> str:
    """Return the path of a group's file below the month's folder; names that are no file names end in a hash."""
    return f"groups/{safe_slug(group)}.{ending}"


def summary_file(ending: str) -> str:
    """Return the path of the summary's file below the month's folder."""
    return f"{SUMMARY}.{ending}"
