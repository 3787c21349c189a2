"""The JupyterHub service where users see what they use and may use: ``python -m hubmeter_hub.usage_page``.

``reading`` asks Prometheus, ``standing`` (pure) makes of the answer what a person wants to know, ``handlers``
shows it to its owner, and ``app`` reads the configuration and serves.
"""
