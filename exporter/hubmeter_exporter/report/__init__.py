"""``hubmeter-report``: what each group used in a month, what it cost, and who its members are, as files."""
