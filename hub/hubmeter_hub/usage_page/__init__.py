"""The JupyterHub service where users see their usage and limits: ``python -m hubmeter_hub.usage_page``.

``command`` reads the configuration, ``app`` and ``handlers`` are the web application, ``server`` serves it. ``reading``
queries Prometheus, ``summary`` (pure) computes the numbers of the page, ``summary_cache`` keeps them, ``filters``
formats them.
"""
