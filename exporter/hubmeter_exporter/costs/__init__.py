"""The cost exporter: bills, unit prices, and the cost API."""
