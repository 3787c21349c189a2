// Written by hubmeter-generate; do not edit.
{
  "annotations": {
    "list": []
  },
  "description": "What the cloud billed, what users and groups cost of it by day, hub and component, what nobody's use explains, this month with a forecast, and budgets.",
  "editable": true,
  "graphTooltip": 1,
  "links": [
    {
      "asDropdown": true,
      "icon": "external link",
      "includeVars": true,
      "keepTime": true,
      "tags": [
        "%(dashboard_tag)s"
      ],
      "targetBlank": false,
      "title": "Hubmeter",
      "tooltip": "",
      "type": "dashboards",
      "url": ""
    }
  ],
  "panels": [
    {
      "id": 1,
      "type": "stat",
      "title": "Account",
      "description": "All that was billed to the account, also what no hub causes. Over the UTC days that begin in the time range. Whatever hub is chosen.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(sum_over_time((last_over_time((\n  sum by (%(cluster)scomponent, day) (\n    max by (%(cluster)snamespace, component, kind, day) (%(metrics_prefix)s_cloud_cost_usd{%(cluster_matcher)sestimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, kind, day) (%(metrics_prefix)s_cloud_cost_usd{%(cluster_matcher)sestimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))[$__range:1d] offset 1ms))",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "prefix:$",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "no bill: see docs/costs.md",
          "decimals": 2
        },
        "overrides": []
      },
      "options": {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": {
          "calcs": [
            "lastNotNull"
          ],
          "fields": "",
          "values": false
        },
        "textMode": "auto",
        "wideLayout": true,
        "showPercentChange": false,
        "percentChangeColorMode": "standard"
      },
      "gridPos": {
        "h": 4,
        "w": 6,
        "x": 0,
        "y": 0
      }
    },
    {
      "id": 2,
      "type": "stat",
      "title": "Attributable",
      "description": "The part of the bill that carries the tags of the cluster and its hubs. Over the UTC days that begin in the time range.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(sum_over_time((last_over_time((\n  sum by (%(cluster)scomponent, day) (\n    max by (%(cluster)snamespace, component, kind, day) (%(metrics_prefix)s_cloud_cost_usd{%(cluster_matcher)snamespace=~\"$hub\", kind=\"attributable\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, kind, day) (%(metrics_prefix)s_cloud_cost_usd{%(cluster_matcher)snamespace=~\"$hub\", kind=\"attributable\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))[$__range:1d] offset 1ms))",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "prefix:$",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "no bill: see docs/costs.md",
          "decimals": 2
        },
        "overrides": []
      },
      "options": {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": {
          "calcs": [
            "lastNotNull"
          ],
          "fields": "",
          "values": false
        },
        "textMode": "auto",
        "wideLayout": true,
        "showPercentChange": false,
        "percentChangeColorMode": "standard"
      },
      "gridPos": {
        "h": 4,
        "w": 6,
        "x": 6,
        "y": 0
      }
    },
    {
      "id": 3,
      "type": "stat",
      "title": "Users",
      "description": "What the users of the chosen groups cost of it, estimates of the last days included. Over the UTC days that begin in the time range.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(sum_over_time((sum by (%(cluster)snamespace, usergroup) (\n  last_over_time(namespace_usergroup_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d)\n  * on (%(cluster)snamespace, driver) group_left () (last_over_time((\n  sum by (%(cluster)snamespace, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n)\nor\nsum by (%(cluster)snamespace, usergroup) (sum_over_time(namespace_usergroup:cost_usd:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -86699999ms)))[$__range:1d] offset 1ms))",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "prefix:$",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "no price is known yet",
          "decimals": 2
        },
        "overrides": []
      },
      "options": {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": {
          "calcs": [
            "lastNotNull"
          ],
          "fields": "",
          "values": false
        },
        "textMode": "auto",
        "wideLayout": true,
        "showPercentChange": false,
        "percentChangeColorMode": "standard"
      },
      "gridPos": {
        "h": 4,
        "w": 6,
        "x": 12,
        "y": 0
      }
    },
    {
      "id": 4,
      "type": "stat",
      "title": "Unallocated",
      "description": "Attributable cost that no user's use explains: overhead, and what nobody used. Over the UTC days that begin in the time range.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(sum_over_time((last_over_time((\n  sum by (%(cluster)scomponent, day) (\n    max by (%(cluster)snamespace, component, reason, day) (%(metrics_prefix)s_cloud_unallocated_usd{%(cluster_matcher)snamespace=~\"$hub\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))[$__range:1d] offset 1ms))",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "prefix:$",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "no bill: see docs/costs.md",
          "decimals": 2
        },
        "overrides": []
      },
      "options": {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": {
          "calcs": [
            "lastNotNull"
          ],
          "fields": "",
          "values": false
        },
        "textMode": "auto",
        "wideLayout": true,
        "showPercentChange": false,
        "percentChangeColorMode": "standard"
      },
      "gridPos": {
        "h": 4,
        "w": 6,
        "x": 18,
        "y": 0
      }
    },
    {
      "id": 5,
      "type": "stat",
      "title": "Month: account",
      "description": "All that was billed to the account since the first of this month (UTC), recorded every hour. Bills come a day or two late.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(\n  last_over_time(kind_month:cloud_cost_usd:sum{%(cluster_matcher)skind=~\".+\"}[2h])\n  and on (month) count_values(\"month\", year() * 100 + month())\n)",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "prefix:$",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "no bill: see docs/costs.md",
          "decimals": 2
        },
        "overrides": []
      },
      "options": {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": {
          "calcs": [
            "lastNotNull"
          ],
          "fields": "",
          "values": false
        },
        "textMode": "auto",
        "wideLayout": true,
        "showPercentChange": false,
        "percentChangeColorMode": "standard"
      },
      "gridPos": {
        "h": 4,
        "w": 3,
        "x": 0,
        "y": 4
      }
    },
    {
      "id": 6,
      "type": "stat",
      "title": "Month: users",
      "description": "What the users of the chosen groups cost since the first of this month (UTC), recorded every hour.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(\n  last_over_time(namespace_usergroup_month:cost_usd:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[2h])\n  and on (month) count_values(\"month\", year(vector(time())) * 100 + month(vector(time())))\n)",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "prefix:$",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "not recorded yet",
          "decimals": 2
        },
        "overrides": []
      },
      "options": {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": {
          "calcs": [
            "lastNotNull"
          ],
          "fields": "",
          "values": false
        },
        "textMode": "auto",
        "wideLayout": true,
        "showPercentChange": false,
        "percentChangeColorMode": "standard"
      },
      "gridPos": {
        "h": 4,
        "w": 3,
        "x": 3,
        "y": 4
      }
    },
    {
      "id": 7,
      "type": "stat",
      "title": "Month: forecast",
      "description": "What this month will have cost if the days that are left cost what the last 7 whole days did in the mean.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(last_over_time(namespace_usergroup:cost_usd:forecast{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[2h]))",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "prefix:$",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "not recorded yet",
          "decimals": 2
        },
        "overrides": []
      },
      "options": {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": {
          "calcs": [
            "lastNotNull"
          ],
          "fields": "",
          "values": false
        },
        "textMode": "auto",
        "wideLayout": true,
        "showPercentChange": false,
        "percentChangeColorMode": "standard"
      },
      "gridPos": {
        "h": 4,
        "w": 3,
        "x": 6,
        "y": 4
      }
    },
    {
      "id": 8,
      "type": "stat",
      "title": "… over last",
      "description": "By how much the forecast is above (or below) what the chosen groups cost in the whole month before.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(last_over_time(namespace_usergroup:cost_usd:forecast{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[2h]))\n/\nsum(\n  last_over_time(namespace_usergroup_month:cost_usd:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[2h])\n  and on (month) count_values(\"month\", year(vector(time()) - day_of_month() * 86400) * 100 + month(vector(time()) - day_of_month() * 86400))\n) - 1",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "percentunit",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "no month before",
          "decimals": 0
        },
        "overrides": []
      },
      "options": {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": {
          "calcs": [
            "lastNotNull"
          ],
          "fields": "",
          "values": false
        },
        "textMode": "auto",
        "wideLayout": true,
        "showPercentChange": false,
        "percentChangeColorMode": "standard"
      },
      "gridPos": {
        "h": 4,
        "w": 3,
        "x": 9,
        "y": 4
      }
    },
    {
      "id": 9,
      "type": "stat",
      "title": "Last month",
      "description": "What the users of the chosen groups cost in the whole month before this one (UTC).",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(\n  last_over_time(namespace_usergroup_month:cost_usd:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[2h])\n  and on (month) count_values(\"month\", year(vector(time()) - day_of_month() * 86400) * 100 + month(vector(time()) - day_of_month() * 86400))\n)",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "prefix:$",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "no month before",
          "decimals": 2
        },
        "overrides": []
      },
      "options": {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": {
          "calcs": [
            "lastNotNull"
          ],
          "fields": "",
          "values": false
        },
        "textMode": "auto",
        "wideLayout": true,
        "showPercentChange": false,
        "percentChangeColorMode": "standard"
      },
      "gridPos": {
        "h": 4,
        "w": 3,
        "x": 12,
        "y": 4
      }
    },
    {
      "id": 10,
      "type": "stat",
      "title": "Per active user",
      "description": "What the chosen groups cost, divided by their distinct users who had a server. Over the UTC days that begin in the time range.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(sum_over_time((sum by (%(cluster)snamespace, usergroup) (\n  last_over_time(namespace_usergroup_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d)\n  * on (%(cluster)snamespace, driver) group_left () (last_over_time((\n  sum by (%(cluster)snamespace, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n)\nor\nsum by (%(cluster)snamespace, usergroup) (sum_over_time(namespace_usergroup:cost_usd:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -86699999ms)))[$__range:1d] offset 1ms))\n/\ncount(count by (%(cluster)snamespace, username) (\n  sum_over_time(namespace_usergroup_username:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username!=\"\"}[$__range] offset -1ms) > 0\n))",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "prefix:$",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "nobody was active",
          "decimals": 2
        },
        "overrides": []
      },
      "options": {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": {
          "calcs": [
            "lastNotNull"
          ],
          "fields": "",
          "values": false
        },
        "textMode": "auto",
        "wideLayout": true,
        "showPercentChange": false,
        "percentChangeColorMode": "standard"
      },
      "gridPos": {
        "h": 4,
        "w": 3,
        "x": 15,
        "y": 4
      }
    },
    {
      "id": 11,
      "type": "stat",
      "title": "Per GiB-hour",
      "description": "What a GiB-hour of memory requested cost with all that compute includes, over the whole UTC days of the time range. Fuller nodes make it cheaper.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(sum_over_time((sum by (%(cluster)scomponent) (\n  (last_over_time((\n  sum by (%(cluster)snamespace, component, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n  * on (%(cluster)snamespace, driver) group_left ()\n  sum by (%(cluster)snamespace, driver) (last_over_time(namespace_usergroup_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", driver=\"compute\"}[1d] offset -2d))\n))[$__range:1d] offset 1ms))\n/\nsum(sum_over_time((last_over_time(namespace_usergroup_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", driver=\"compute\"}[1d] offset -2d))[$__range:1d] offset 1ms)) * 2^30",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "prefix:$",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "no use",
          "decimals": 4
        },
        "overrides": []
      },
      "options": {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": {
          "calcs": [
            "lastNotNull"
          ],
          "fields": "",
          "values": false
        },
        "textMode": "auto",
        "wideLayout": true,
        "showPercentChange": false,
        "percentChangeColorMode": "standard"
      },
      "gridPos": {
        "h": 4,
        "w": 3,
        "x": 18,
        "y": 4
      }
    },
    {
      "id": 12,
      "type": "stat",
      "title": "Newest bill",
      "description": "How long ago the newest day with a bill began. More than 4 days: the source is late or fails.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "time() - max(%(metrics_prefix)s_costs_newest_billed_day_timestamp_seconds{})",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "s",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "semi-dark-green"
              },
              {
                "value": 345600,
                "color": "semi-dark-red"
              }
            ]
          },
          "noValue": "no cost exporter",
          "decimals": 1
        },
        "overrides": []
      },
      "options": {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": {
          "calcs": [
            "lastNotNull"
          ],
          "fields": "",
          "values": false
        },
        "textMode": "auto",
        "wideLayout": true,
        "showPercentChange": false,
        "percentChangeColorMode": "standard"
      },
      "gridPos": {
        "h": 4,
        "w": 3,
        "x": 21,
        "y": 4
      }
    },
    {
      "id": 13,
      "type": "text",
      "title": "",
      "fieldConfig": {
        "defaults": {},
        "overrides": []
      },
      "options": {
        "mode": "markdown",
        "content": "**What users cost** is the part of each day's bill that their use explains: compute by what they requested, home storage by the size of their homes, GPUs by the hour. The rest stays apart as *unallocated*. A day is *settled* some days after it; until then its cost is an estimate. Days are UTC; today is in it as far as it went. All numbers are US dollars, as known now."
      },
      "gridPos": {
        "h": 2,
        "w": 24,
        "x": 0,
        "y": 8
      }
    },
    {
      "id": 14,
      "type": "row",
      "title": "By day",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 10
      }
    },
    {
      "id": 15,
      "type": "timeseries",
      "title": "Users' costs by day",
      "description": "What the chosen groups cost on each UTC day: settled by the day's bill, or estimated with the price known last. Today is not over.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(sum by (%(cluster)snamespace, usergroup) (\n  last_over_time(namespace_usergroup_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d)\n  * on (%(cluster)snamespace, driver) group_left () (last_over_time((\n  sum by (%(cluster)snamespace, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"false\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n))",
          "format": "time_series",
          "instant": false,
          "legendFormat": "settled",
          "range": true,
          "refId": "A"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(sum by (%(cluster)snamespace, usergroup) (\n  last_over_time(namespace_usergroup_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d)\n  * on (%(cluster)snamespace, driver) group_left () (last_over_time((\n  sum by (%(cluster)snamespace, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n)\nor\nsum by (%(cluster)snamespace, usergroup) (sum_over_time(namespace_usergroup:cost_usd:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -86699999ms))) - (sum(sum by (%(cluster)snamespace, usergroup) (\n  last_over_time(namespace_usergroup_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d)\n  * on (%(cluster)snamespace, driver) group_left () (last_over_time((\n  sum by (%(cluster)snamespace, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"false\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n)) or vector(0)) > 0.005",
          "format": "time_series",
          "instant": false,
          "legendFormat": "estimated",
          "range": true,
          "refId": "B"
        }
      ],
      "interval": "1d",
      "fieldConfig": {
        "defaults": {
          "unit": "prefix:$",
          "min": 0,
          "color": {
            "mode": "palette-classic"
          },
          "custom": {
            "drawStyle": "bars",
            "lineWidth": 0,
            "fillOpacity": 75,
            "gradientMode": "none",
            "lineInterpolation": "linear",
            "showPoints": "never",
            "pointSize": 6,
            "spanNulls": false,
            "stacking": {
              "mode": "normal",
              "group": "A"
            },
            "thresholdsStyle": {
              "mode": "off"
            }
          },
          "noValue": "no price is known yet",
          "decimals": 2
        },
        "overrides": [
          {
            "matcher": {
              "id": "byRegexp",
              "options": "^\\(no (group|user|profile|size|image)\\).*"
            },
            "properties": [
              {
                "id": "color",
                "value": {
                  "mode": "fixed",
                  "fixedColor": "#8e8e8e"
                }
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "settled"
            },
            "properties": [
              {
                "id": "color",
                "value": {
                  "mode": "fixed",
                  "fixedColor": "blue"
                }
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "estimated"
            },
            "properties": [
              {
                "id": "color",
                "value": {
                  "mode": "fixed",
                  "fixedColor": "semi-dark-yellow"
                }
              }
            ]
          }
        ]
      },
      "options": {
        "legend": {
          "displayMode": "table",
          "placement": "bottom",
          "showLegend": true,
          "calcs": [
            "sum"
          ],
          "sortBy": "Total",
          "sortDesc": true
        },
        "tooltip": {
          "mode": "multi",
          "sort": "desc"
        }
      },
      "gridPos": {
        "h": 10,
        "w": 12,
        "x": 0,
        "y": 11
      }
    },
    {
      "id": 16,
      "type": "timeseries",
      "title": "Attributable bill by day and component",
      "description": "The bill of the chosen hubs on each UTC day, shared costs included where all hubs are chosen. The newest days come late, and their amounts still grow.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum by (%(cluster)scomponent) (last_over_time((\n  sum by (%(cluster)scomponent, day) (\n    max by (%(cluster)snamespace, component, kind, day) (%(metrics_prefix)s_cloud_cost_usd{%(cluster_matcher)snamespace=~\"$hub\", kind=\"attributable\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, kind, day) (%(metrics_prefix)s_cloud_cost_usd{%(cluster_matcher)snamespace=~\"$hub\", kind=\"attributable\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{component}}",
          "range": true,
          "refId": "A"
        }
      ],
      "interval": "1d",
      "fieldConfig": {
        "defaults": {
          "unit": "prefix:$",
          "min": 0,
          "color": {
            "mode": "palette-classic"
          },
          "custom": {
            "drawStyle": "bars",
            "lineWidth": 0,
            "fillOpacity": 75,
            "gradientMode": "none",
            "lineInterpolation": "linear",
            "showPoints": "never",
            "pointSize": 6,
            "spanNulls": false,
            "stacking": {
              "mode": "normal",
              "group": "A"
            },
            "thresholdsStyle": {
              "mode": "off"
            }
          },
          "noValue": "no bill: see docs/costs.md",
          "decimals": 2
        },
        "overrides": [
          {
            "matcher": {
              "id": "byRegexp",
              "options": "^\\(no (group|user|profile|size|image)\\).*"
            },
            "properties": [
              {
                "id": "color",
                "value": {
                  "mode": "fixed",
                  "fixedColor": "#8e8e8e"
                }
              }
            ]
          }
        ]
      },
      "options": {
        "legend": {
          "displayMode": "table",
          "placement": "bottom",
          "showLegend": true,
          "calcs": [
            "sum"
          ],
          "sortBy": "Total",
          "sortDesc": true
        },
        "tooltip": {
          "mode": "multi",
          "sort": "desc"
        }
      },
      "gridPos": {
        "h": 10,
        "w": 12,
        "x": 12,
        "y": 11
      }
    },
    {
      "id": 17,
      "type": "row",
      "title": "Groups",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 21
      }
    },
    {
      "id": 18,
      "type": "timeseries",
      "title": "Costs by group and day",
      "description": "What each group costs on each UTC day, by the share it bore of its users at the time of use; settled and estimated days.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (sum by (%(cluster)snamespace, usergroup) (\n  last_over_time(namespace_usergroup_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d)\n  * on (%(cluster)snamespace, driver) group_left () (last_over_time((\n  sum by (%(cluster)snamespace, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n)\nor\nsum by (%(cluster)snamespace, usergroup) (sum_over_time(namespace_usergroup:cost_usd:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -86699999ms))),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{usergroup}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "interval": "1d",
      "fieldConfig": {
        "defaults": {
          "unit": "prefix:$",
          "min": 0,
          "color": {
            "mode": "palette-classic-by-name"
          },
          "custom": {
            "drawStyle": "bars",
            "lineWidth": 0,
            "fillOpacity": 75,
            "gradientMode": "none",
            "lineInterpolation": "linear",
            "showPoints": "never",
            "pointSize": 6,
            "spanNulls": false,
            "stacking": {
              "mode": "normal",
              "group": "A"
            },
            "thresholdsStyle": {
              "mode": "off"
            }
          },
          "noValue": "no price is known yet",
          "decimals": 2,
          "links": [
            {
              "title": "Bill of this group",
              "url": "/d/hubmeter-group-bill?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__field.labels.namespace:percentencode}&var-usergroup=${__field.labels.usergroup:percentencode}"
            }
          ]
        },
        "overrides": [
          {
            "matcher": {
              "id": "byRegexp",
              "options": "^\\(no (group|user|profile|size|image)\\).*"
            },
            "properties": [
              {
                "id": "color",
                "value": {
                  "mode": "fixed",
                  "fixedColor": "#8e8e8e"
                }
              }
            ]
          }
        ]
      },
      "options": {
        "legend": {
          "displayMode": "table",
          "placement": "bottom",
          "showLegend": true,
          "calcs": [
            "sum"
          ],
          "sortBy": "Total",
          "sortDesc": true
        },
        "tooltip": {
          "mode": "multi",
          "sort": "desc"
        }
      },
      "gridPos": {
        "h": 11,
        "w": 11,
        "x": 0,
        "y": 22
      }
    },
    {
      "id": 19,
      "type": "table",
      "title": "Groups",
      "description": "What each group cost over the UTC days that begin in the time range, what that is for each of its users who had a server, this month so far, its forecast, and the month before. Click a group for its bill.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sort_desc(label_replace(\n  sum by (%(cluster)snamespace, usergroup) (sum_over_time((sum by (%(cluster)snamespace, usergroup) (\n  last_over_time(namespace_usergroup_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d)\n  * on (%(cluster)snamespace, driver) group_left () (last_over_time((\n  sum by (%(cluster)snamespace, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n)\nor\nsum by (%(cluster)snamespace, usergroup) (sum_over_time(namespace_usergroup:cost_usd:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -86699999ms)))[$__range:1d] offset 1ms)),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n))",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (sum_over_time((sum by (%(cluster)snamespace, usergroup) (\n  last_over_time(namespace_usergroup_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d)\n  * on (%(cluster)snamespace, driver) group_left () (last_over_time((\n  sum by (%(cluster)snamespace, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n)\nor\nsum by (%(cluster)snamespace, usergroup) (sum_over_time(namespace_usergroup:cost_usd:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -86699999ms)))[$__range:1d] offset 1ms))\n  / (count by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup_username:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username!=\"\"}[$__range] offset -1ms) > 0\n  ) > 0),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "B"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    last_over_time(namespace_usergroup_month:cost_usd:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[2h])\n    and on (month) count_values(\"month\", year(vector(time())) * 100 + month(vector(time())))\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "C"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    last_over_time(namespace_usergroup:cost_usd:forecast{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[2h])\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "D"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    last_over_time(namespace_usergroup_month:cost_usd:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[2h])\n    and on (month) count_values(\"month\", year(vector(time()) - day_of_month() * 86400) * 100 + month(vector(time()) - day_of_month() * 86400))\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "E"
        }
      ],
      "transformations": [
        {
          "id": "merge",
          "options": {}
        },
        {
          "id": "organize",
          "options": {
            "excludeByName": {
              "Time": true
            },
            "includeByName": {},
            "indexByName": {
              "usergroup": 0,
              "namespace": 1,
              "Value #A": 2,
              "Value #B": 3,
              "Value #C": 4,
              "Value #D": 5,
              "Value #E": 6
            },
            "renameByName": {
              "usergroup": "Group",
              "namespace": "Hub",
              "Value #A": "Cost",
              "Value #B": "Per active user",
              "Value #C": "This month",
              "Value #D": "Forecast",
              "Value #E": "Last month"
            }
          }
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "short",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "nothing was used",
          "custom": {
            "align": "auto",
            "cellOptions": {
              "type": "auto"
            },
            "filterable": false,
            "inspect": false,
            "minWidth": 70,
            "wrapHeaderText": true
          }
        },
        "overrides": [
          {
            "matcher": {
              "id": "byName",
              "options": "Group"
            },
            "properties": [
              {
                "id": "custom.filterable",
                "value": true
              },
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "links",
                "value": [
                  {
                    "title": "Bill of this group",
                    "url": "/d/hubmeter-group-bill?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__data.fields.Hub:percentencode}&var-usergroup=${__data.fields.Group:percentencode}"
                  }
                ]
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Hub"
            },
            "properties": [
              {
                "id": "custom.filterable",
                "value": true
              },
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "custom.width",
                "value": 100
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Cost"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "prefix:$"
              },
              {
                "id": "decimals",
                "value": 2
              },
              {
                "id": "thresholds",
                "value": {
                  "mode": "absolute",
                  "steps": [
                    {
                      "value": null,
                      "color": "blue"
                    }
                  ]
                }
              },
              {
                "id": "min",
                "value": 0
              },
              {
                "id": "fieldMinMax",
                "value": true
              },
              {
                "id": "custom.cellOptions",
                "value": {
                  "type": "gauge",
                  "mode": "basic",
                  "valueDisplayMode": "text"
                }
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Per active user"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "prefix:$"
              },
              {
                "id": "decimals",
                "value": 2
              },
              {
                "id": "custom.width",
                "value": 85
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "This month"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "prefix:$"
              },
              {
                "id": "decimals",
                "value": 2
              },
              {
                "id": "custom.width",
                "value": 85
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Forecast"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "prefix:$"
              },
              {
                "id": "decimals",
                "value": 2
              },
              {
                "id": "custom.width",
                "value": 85
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Last month"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "prefix:$"
              },
              {
                "id": "decimals",
                "value": 2
              },
              {
                "id": "custom.width",
                "value": 85
              }
            ]
          }
        ]
      },
      "options": {
        "showHeader": true,
        "cellHeight": "sm",
        "sortBy": [
          {
            "displayName": "Cost",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 11,
        "w": 13,
        "x": 11,
        "y": 22
      }
    },
    {
      "id": 20,
      "type": "row",
      "title": "The bill",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 33
      }
    },
    {
      "id": 21,
      "type": "bargauge",
      "title": "Attributable by hub",
      "description": "The bill by hub over the time range; (shared) is what no hub's tag covers.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sort_desc(label_replace(\n  sum by (%(cluster)snamespace) (sum_over_time((last_over_time((\n  sum by (%(cluster)snamespace, day) (\n    max by (%(cluster)snamespace, component, kind, day) (%(metrics_prefix)s_cloud_cost_usd{%(cluster_matcher)snamespace=~\"$hub\", kind=\"attributable\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, kind, day) (%(metrics_prefix)s_cloud_cost_usd{%(cluster_matcher)snamespace=~\"$hub\", kind=\"attributable\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))[$__range:1d] offset 1ms)),\n  \"namespace\", \"(shared)\", \"namespace\", \"\"\n))",
          "format": "time_series",
          "instant": true,
          "legendFormat": "%(cluster_legend)s{{namespace}}",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "prefix:$",
          "min": 0,
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "no bill: see docs/costs.md",
          "decimals": 2
        },
        "overrides": []
      },
      "options": {
        "displayMode": "basic",
        "orientation": "horizontal",
        "valueMode": "color",
        "showUnfilled": true,
        "namePlacement": "left",
        "sizing": "manual",
        "minVizHeight": 16,
        "minVizWidth": 8,
        "maxVizHeight": 24,
        "text": {
          "titleSize": 13,
          "valueSize": 13
        },
        "reduceOptions": {
          "calcs": [
            "lastNotNull"
          ],
          "fields": "",
          "values": false
        },
        "legend": {
          "displayMode": "list",
          "placement": "bottom",
          "showLegend": false,
          "calcs": []
        }
      },
      "gridPos": {
        "h": 8,
        "w": 5,
        "x": 0,
        "y": 34
      }
    },
    {
      "id": 22,
      "type": "bargauge",
      "title": "Attributable by component",
      "description": "The bill of the chosen hubs by component over the time range.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sort_desc(sum by (%(cluster)scomponent) (sum_over_time((last_over_time((\n  sum by (%(cluster)scomponent, day) (\n    max by (%(cluster)snamespace, component, kind, day) (%(metrics_prefix)s_cloud_cost_usd{%(cluster_matcher)snamespace=~\"$hub\", kind=\"attributable\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, kind, day) (%(metrics_prefix)s_cloud_cost_usd{%(cluster_matcher)snamespace=~\"$hub\", kind=\"attributable\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))[$__range:1d] offset 1ms)))",
          "format": "time_series",
          "instant": true,
          "legendFormat": "{{component}}",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "prefix:$",
          "min": 0,
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "no bill: see docs/costs.md",
          "decimals": 2
        },
        "overrides": []
      },
      "options": {
        "displayMode": "basic",
        "orientation": "horizontal",
        "valueMode": "color",
        "showUnfilled": true,
        "namePlacement": "left",
        "sizing": "manual",
        "minVizHeight": 16,
        "minVizWidth": 8,
        "maxVizHeight": 24,
        "text": {
          "titleSize": 13,
          "valueSize": 13
        },
        "reduceOptions": {
          "calcs": [
            "lastNotNull"
          ],
          "fields": "",
          "values": false
        },
        "legend": {
          "displayMode": "list",
          "placement": "bottom",
          "showLegend": false,
          "calcs": []
        }
      },
      "gridPos": {
        "h": 8,
        "w": 6,
        "x": 5,
        "y": 34
      }
    },
    {
      "id": 23,
      "type": "bargauge",
      "title": "Users by component",
      "description": "What the chosen groups cost over the whole UTC days of the time range, by component of the bill.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sort_desc(sum by (%(cluster)scomponent) (sum_over_time((sum by (%(cluster)scomponent) (\n  (last_over_time((\n  sum by (%(cluster)snamespace, component, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n  * on (%(cluster)snamespace, driver) group_left ()\n  sum by (%(cluster)snamespace, driver) (last_over_time(namespace_usergroup_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d))\n))[$__range:1d] offset 1ms)))",
          "format": "time_series",
          "instant": true,
          "legendFormat": "{{component}}",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "prefix:$",
          "min": 0,
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "no bill: see docs/costs.md",
          "decimals": 2
        },
        "overrides": []
      },
      "options": {
        "displayMode": "basic",
        "orientation": "horizontal",
        "valueMode": "color",
        "showUnfilled": true,
        "namePlacement": "left",
        "sizing": "manual",
        "minVizHeight": 16,
        "minVizWidth": 8,
        "maxVizHeight": 24,
        "text": {
          "titleSize": 13,
          "valueSize": 13
        },
        "reduceOptions": {
          "calcs": [
            "lastNotNull"
          ],
          "fields": "",
          "values": false
        },
        "legend": {
          "displayMode": "list",
          "placement": "bottom",
          "showLegend": false,
          "calcs": []
        }
      },
      "gridPos": {
        "h": 8,
        "w": 5,
        "x": 11,
        "y": 34
      }
    },
    {
      "id": 24,
      "type": "table",
      "title": "Unallocated",
      "description": "Attributable cost over the time range that no user's use explains. overhead: the component is not divided by use; no_usage: nobody used it that day; credit: the provider gave money back.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, component, reason) (sum_over_time((last_over_time((\n  sum by (%(cluster)snamespace, component, reason, day) (\n    max by (%(cluster)snamespace, component, reason, day) (%(metrics_prefix)s_cloud_unallocated_usd{%(cluster_matcher)snamespace=~\"$hub\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))[$__range:1d] offset 1ms)) > 0.005,\n  \"namespace\", \"(shared)\", \"namespace\", \"\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "transformations": [
        {
          "id": "merge",
          "options": {}
        },
        {
          "id": "organize",
          "options": {
            "excludeByName": {
              "Time": true
            },
            "includeByName": {},
            "indexByName": {
              "component": 0,
              "namespace": 1,
              "reason": 2,
              "Value": 3
            },
            "renameByName": {
              "component": "Component",
              "namespace": "Hub",
              "reason": "Reason",
              "Value": "Cost"
            }
          }
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "short",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "nothing",
          "custom": {
            "align": "auto",
            "cellOptions": {
              "type": "auto"
            },
            "filterable": false,
            "inspect": false,
            "minWidth": 70,
            "wrapHeaderText": true
          }
        },
        "overrides": [
          {
            "matcher": {
              "id": "byName",
              "options": "Component"
            },
            "properties": [
              {
                "id": "custom.filterable",
                "value": true
              },
              {
                "id": "noValue",
                "value": "-"
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Hub"
            },
            "properties": [
              {
                "id": "custom.filterable",
                "value": true
              },
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "custom.width",
                "value": 95
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Reason"
            },
            "properties": [
              {
                "id": "custom.filterable",
                "value": true
              },
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "custom.width",
                "value": 95
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Cost"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "prefix:$"
              },
              {
                "id": "decimals",
                "value": 2
              },
              {
                "id": "custom.width",
                "value": 100
              }
            ]
          }
        ]
      },
      "options": {
        "showHeader": true,
        "cellHeight": "sm",
        "sortBy": [
          {
            "displayName": "Cost",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 8,
        "w": 8,
        "x": 16,
        "y": 34
      }
    },
    {
      "id": 25,
      "type": "row",
      "title": "Users and budgets",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 42
      }
    },
    {
      "id": 26,
      "type": "table",
      "title": "Who costs most",
      "description": "The 50 dearest users over the whole UTC days of the time range, by group; a user of several groups has a row for each, with the part that group bears. Today comes tomorrow. Click a user for everything about them.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "label_replace(\n  topk(50, sum by (%(cluster)snamespace, usergroup, username) (sum_over_time((sum by (%(cluster)snamespace, usergroup, username) (\n  last_over_time(namespace_usergroup_username_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d)\n  * on (%(cluster)snamespace, driver) group_left () (last_over_time((\n  sum by (%(cluster)snamespace, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n)\nor\nsum by (%(cluster)snamespace, usergroup, username) (last_over_time(namespace_usergroup_username:cost_usd:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d)))[$__range:1d] offset 1ms))),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "transformations": [
        {
          "id": "merge",
          "options": {}
        },
        {
          "id": "organize",
          "options": {
            "excludeByName": {
              "Time": true
            },
            "includeByName": {},
            "indexByName": {
              "username": 0,
              "usergroup": 1,
              "namespace": 2,
              "Value": 3
            },
            "renameByName": {
              "username": "User",
              "usergroup": "Group",
              "namespace": "Hub",
              "Value": "Cost"
            }
          }
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "short",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "nobody, or no price is known yet",
          "custom": {
            "align": "auto",
            "cellOptions": {
              "type": "auto"
            },
            "filterable": false,
            "inspect": false,
            "minWidth": 70,
            "wrapHeaderText": true
          }
        },
        "overrides": [
          {
            "matcher": {
              "id": "byName",
              "options": "User"
            },
            "properties": [
              {
                "id": "custom.filterable",
                "value": true
              },
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "links",
                "value": [
                  {
                    "title": "This user",
                    "url": "/d/hubmeter-users?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__data.fields.Hub:percentencode}&var-username=${__data.fields.User:percentencode}"
                  }
                ]
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Group"
            },
            "properties": [
              {
                "id": "custom.filterable",
                "value": true
              },
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "links",
                "value": [
                  {
                    "title": "Bill of this group",
                    "url": "/d/hubmeter-group-bill?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__data.fields.Hub:percentencode}&var-usergroup=${__data.fields.Group:percentencode}"
                  }
                ]
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Hub"
            },
            "properties": [
              {
                "id": "custom.filterable",
                "value": true
              },
              {
                "id": "noValue",
                "value": "-"
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Cost"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "prefix:$"
              },
              {
                "id": "decimals",
                "value": 2
              },
              {
                "id": "thresholds",
                "value": {
                  "mode": "absolute",
                  "steps": [
                    {
                      "value": null,
                      "color": "blue"
                    }
                  ]
                }
              },
              {
                "id": "min",
                "value": 0
              },
              {
                "id": "fieldMinMax",
                "value": true
              },
              {
                "id": "custom.cellOptions",
                "value": {
                  "type": "gauge",
                  "mode": "basic",
                  "valueDisplayMode": "text"
                }
              }
            ]
          }
        ]
      },
      "options": {
        "showHeader": true,
        "cellHeight": "sm",
        "sortBy": [
          {
            "displayName": "Cost",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 12,
        "w": 12,
        "x": 0,
        "y": 43
      }
    },
    {
      "id": 27,
      "type": "table",
      "title": "Budgets",
      "description": "Groups with a budget in the settings: what they may cost this month (UTC) on all their hubs, and the part that is used, and will be at the month's end. A budget only tells; quotas in USD can stop users.",
      "datasource": {
        "type": "prometheus",
        "uid": "${datasource}"
      },
      "targets": [
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum by (%(cluster)susergroup) (last_over_time(usergroup:cost_budget_usd:month{usergroup=~\"$usergroup\"}[2h]))",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum by (%(cluster)susergroup) (last_over_time(usergroup:cost_budget_used:ratio{usergroup=~\"$usergroup\"}[2h]))",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "B"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum by (%(cluster)susergroup) (last_over_time(usergroup:cost_budget_forecast:ratio{usergroup=~\"$usergroup\"}[2h]))",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "C"
        }
      ],
      "transformations": [
        {
          "id": "merge",
          "options": {}
        },
        {
          "id": "organize",
          "options": {
            "excludeByName": {
              "Time": true
            },
            "includeByName": {},
            "indexByName": {
              "usergroup": 0,
              "Value #A": 1,
              "Value #B": 2,
              "Value #C": 3
            },
            "renameByName": {
              "usergroup": "Group",
              "Value #A": "Budget",
              "Value #B": "Used",
              "Value #C": "Forecast"
            }
          }
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "short",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "blue"
              }
            ]
          },
          "noValue": "no budgets: setting budgets",
          "custom": {
            "align": "auto",
            "cellOptions": {
              "type": "auto"
            },
            "filterable": false,
            "inspect": false,
            "minWidth": 70,
            "wrapHeaderText": true
          }
        },
        "overrides": [
          {
            "matcher": {
              "id": "byName",
              "options": "Group"
            },
            "properties": [
              {
                "id": "custom.filterable",
                "value": true
              },
              {
                "id": "noValue",
                "value": "-"
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Budget"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "prefix:$"
              },
              {
                "id": "decimals",
                "value": 2
              },
              {
                "id": "custom.width",
                "value": 100
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Used"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "percentunit"
              },
              {
                "id": "decimals",
                "value": 0
              },
              {
                "id": "thresholds",
                "value": {
                  "mode": "absolute",
                  "steps": [
                    {
                      "value": null,
                      "color": "semi-dark-green"
                    },
                    {
                      "value": 0.8,
                      "color": "semi-dark-yellow"
                    },
                    {
                      "value": 1,
                      "color": "semi-dark-red"
                    }
                  ]
                }
              },
              {
                "id": "max",
                "value": 1
              },
              {
                "id": "min",
                "value": 0
              },
              {
                "id": "fieldMinMax",
                "value": true
              },
              {
                "id": "custom.cellOptions",
                "value": {
                  "type": "gauge",
                  "mode": "basic",
                  "valueDisplayMode": "text"
                }
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Forecast"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "percentunit"
              },
              {
                "id": "decimals",
                "value": 0
              },
              {
                "id": "thresholds",
                "value": {
                  "mode": "absolute",
                  "steps": [
                    {
                      "value": null,
                      "color": "semi-dark-green"
                    },
                    {
                      "value": 0.8,
                      "color": "semi-dark-yellow"
                    },
                    {
                      "value": 1,
                      "color": "semi-dark-red"
                    }
                  ]
                }
              },
              {
                "id": "max",
                "value": 1.5
              },
              {
                "id": "min",
                "value": 0
              },
              {
                "id": "fieldMinMax",
                "value": true
              },
              {
                "id": "custom.cellOptions",
                "value": {
                  "type": "gauge",
                  "mode": "basic",
                  "valueDisplayMode": "text"
                }
              }
            ]
          }
        ]
      },
      "options": {
        "showHeader": true,
        "cellHeight": "sm",
        "sortBy": [
          {
            "displayName": "Forecast",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 12,
        "w": 12,
        "x": 12,
        "y": 43
      }
    }
  ],
  "refresh": "5m",
  "schemaVersion": 39,
  "tags": [],
  "templating": {
    "list": [
      {
        "type": "datasource",
        "name": "datasource",
        "label": "Data source",
        "hide": 0,
        "query": "prometheus",
        "regex": "%(datasource_regex)s",
        "refresh": 1,
        "options": [],
        "includeAll": false,
        "multi": false
      },
      {
        "type": "query",
        "name": "cluster",
        "label": "Cluster",
        "hide": 0,
        "query": {
          "query": "label_values(namespace:hubs:group{}, %(cluster_label)s)",
          "refId": "cluster",
          "qryType": 1
        },
        "datasource": {
          "type": "prometheus",
          "uid": "${datasource}"
        },
        "refresh": 2,
        "regex": "",
        "sort": 1,
        "multi": true,
        "includeAll": true,
        "allValue": ".*",
        "current": {
          "selected": true,
          "text": [
            "All"
          ],
          "value": [
            "$__all"
          ]
        },
        "options": []
      },
      {
        "type": "query",
        "name": "hub",
        "label": "Hub",
        "hide": 0,
        "query": {
          "query": "label_values(namespace:hubs:group{%(cluster_matcher)s}, namespace)",
          "refId": "hub",
          "qryType": 1
        },
        "datasource": {
          "type": "prometheus",
          "uid": "${datasource}"
        },
        "refresh": 2,
        "regex": "",
        "sort": 1,
        "multi": true,
        "includeAll": true,
        "allValue": ".*",
        "current": {
          "selected": true,
          "text": [
            "All"
          ],
          "value": [
            "$__all"
          ]
        },
        "options": []
      },
      {
        "type": "query",
        "name": "usergroup",
        "label": "User group",
        "hide": 0,
        "query": {
          "query": "label_values(namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"}, usergroup)",
          "refId": "usergroup",
          "qryType": 1
        },
        "datasource": {
          "type": "prometheus",
          "uid": "${datasource}"
        },
        "refresh": 2,
        "regex": "",
        "sort": 1,
        "multi": true,
        "includeAll": true,
        "allValue": ".*",
        "current": {
          "selected": true,
          "text": [
            "All"
          ],
          "value": [
            "$__all"
          ]
        },
        "options": []
      }
    ]
  },
  "title": "Hubmeter / Costs",
  "time": {
    "from": "now-30d/d",
    "to": "now"
  },
  "timepicker": {},
  "timezone": "utc",
  "version": 0,
  "uid": "hubmeter-costs"
}
