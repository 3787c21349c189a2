"""What refreshes, rules and dashboards cost; run by ``make bench``, never by pytest."""
