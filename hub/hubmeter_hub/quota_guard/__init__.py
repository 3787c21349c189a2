"""The JupyterHub service that stops servers which run past a limit: ``python -m hubmeter_hub.quota_guard``.

``command`` reads the configuration and serves the metrics, ``guard`` makes the rounds, ``plan`` (pure) decides what a
round does, ``hub_api`` reads users and stops servers.
"""
