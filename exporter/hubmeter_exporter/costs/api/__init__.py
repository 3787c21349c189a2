"""The cost API: JSON and CSV over HTTP."""
