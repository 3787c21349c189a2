"""The house style of dashboards on top of grafanalib: panels, tables, variables, links and boards.

Nothing here depends on settings: queries and texts keep their ``%(name)s`` placeholders, and a percent sign is written
``%%``.
"""
