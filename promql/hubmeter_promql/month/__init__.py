"""What groups used in a month and what it cost: its reading, its numbers, and their forms (HTML, CSV, JSON).

`hubmeter-report` and the usage page of the hub share it. ``reading`` reads, ``build`` (pure) computes ``model``;
``html``, ``tables`` and ``documents`` write it. HTML needs Jinja and Babel, of the extras
``hub`` and ``report``.
"""
