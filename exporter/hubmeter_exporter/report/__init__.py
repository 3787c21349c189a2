"""``hubmeter-report``: usage, costs and members of each group in a month, as files."""
