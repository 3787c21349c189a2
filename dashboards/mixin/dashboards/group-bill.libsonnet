// Written by hubmeter-generate; do not edit.
{
  "annotations": {
    "list": []
  },
  "description": "One group, one month, on one page: what it cost in all, by user, component and day, and the month before.",
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
      "title": "Total of $usergroup",
      "description": "What the chosen groups cost over the UTC days that begin in the time range: choose a whole month. As known now, estimates included.",
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
          "noValue": "nothing was used, or no price is known",
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
        "w": 4,
        "x": 0,
        "y": 0
      }
    },
    {
      "id": 2,
      "type": "stat",
      "title": "… of it settled",
      "description": "The part whose bill has come and is settled. Where it is less than the total, the rest is an estimate, and will still change.",
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
          "expr": "sum(sum_over_time((sum by (%(cluster)snamespace, usergroup) (\n  last_over_time(namespace_usergroup_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d)\n  * on (%(cluster)snamespace, driver) group_left () (last_over_time((\n  sum by (%(cluster)snamespace, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"false\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n))[$__range:1d] offset 1ms))",
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
          "noValue": "nothing yet",
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
        "w": 4,
        "x": 4,
        "y": 0
      }
    },
    {
      "id": 3,
      "type": "stat",
      "title": "Month before",
      "description": "What the chosen groups cost in the whole UTC month before that in which the time range ends.",
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
          "expr": "sum(\n  sum_over_time((\n    (sum by (%(cluster)snamespace, usergroup) (\n  last_over_time(namespace_usergroup_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d)\n  * on (%(cluster)snamespace, driver) group_left () (last_over_time((\n  sum by (%(cluster)snamespace, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n)\nor\nsum by (%(cluster)snamespace, usergroup) (sum_over_time(namespace_usergroup:cost_usd:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -86699999ms))) * on () group_left (month) count_values(\"month\", year(vector(time())) * 100 + month(vector(time())))\n  )[62d:1d] offset 1ms)\n  and on (month) count_values(\"month\", year(vector(time() - 1) - day_of_month(vector(time() - 1)) * 86400) * 100 + month(vector(time() - 1) - day_of_month(vector(time() - 1)) * 86400))\n)",
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
          "noValue": "nothing",
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
        "w": 4,
        "x": 8,
        "y": 0
      }
    },
    {
      "id": 4,
      "type": "stat",
      "title": "Change",
      "description": "By how much the total is above (or below) the month before. It compares months only where the time range is a whole month.",
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
          "expr": "sum(sum_over_time((sum by (%(cluster)snamespace, usergroup) (\n  last_over_time(namespace_usergroup_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d)\n  * on (%(cluster)snamespace, driver) group_left () (last_over_time((\n  sum by (%(cluster)snamespace, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n)\nor\nsum by (%(cluster)snamespace, usergroup) (sum_over_time(namespace_usergroup:cost_usd:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -86699999ms)))[$__range:1d] offset 1ms))\n/\nsum(\n  sum_over_time((\n    (sum by (%(cluster)snamespace, usergroup) (\n  last_over_time(namespace_usergroup_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d)\n  * on (%(cluster)snamespace, driver) group_left () (last_over_time((\n  sum by (%(cluster)snamespace, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n)\nor\nsum by (%(cluster)snamespace, usergroup) (sum_over_time(namespace_usergroup:cost_usd:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -86699999ms))) * on () group_left (month) count_values(\"month\", year(vector(time())) * 100 + month(vector(time())))\n  )[62d:1d] offset 1ms)\n  and on (month) count_values(\"month\", year(vector(time() - 1) - day_of_month(vector(time() - 1)) * 86400) * 100 + month(vector(time() - 1) - day_of_month(vector(time() - 1)) * 86400))\n) - 1",
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
        "w": 4,
        "x": 12,
        "y": 0
      }
    },
    {
      "id": 5,
      "type": "stat",
      "title": "Per active user",
      "description": "The total divided by the distinct users of the chosen groups who had a server in the time range.",
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
        "w": 4,
        "x": 16,
        "y": 0
      }
    },
    {
      "id": 6,
      "type": "stat",
      "title": "Budget a month",
      "description": "What the group may cost a month on all its hubs, from the setting budgets.",
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
          "format": "time_series",
          "instant": true,
          "legendFormat": "{{usergroup}}",
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
          "noValue": "none",
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
        "w": 4,
        "x": 20,
        "y": 0
      }
    },
    {
      "id": 7,
      "type": "timeseries",
      "title": "By day",
      "description": "What the chosen groups cost on each UTC day: settled by the day's bill, or estimated with the price known last.",
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
          "noValue": "nothing was used, or no price is known",
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
        "h": 9,
        "w": 16,
        "x": 0,
        "y": 4
      }
    },
    {
      "id": 8,
      "type": "bargauge",
      "title": "By component",
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
          "noValue": "none",
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
        "h": 9,
        "w": 8,
        "x": 16,
        "y": 4
      }
    },
    {
      "id": 9,
      "type": "table",
      "title": "By user",
      "description": "What each user cost the group over the whole UTC days of the time range, by the share the group bore at the time of use: the 500 dearest.",
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
          "expr": "label_replace(\n  topk(500, sum by (%(cluster)snamespace, usergroup, username) (sum_over_time((sum by (%(cluster)snamespace, usergroup, username) (\n  last_over_time(namespace_usergroup_username_driver:cost_usage:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d)\n  * on (%(cluster)snamespace, driver) group_left () (last_over_time((\n  sum by (%(cluster)snamespace, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(cluster_matcher)snamespace=~\"$hub\", estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n)\nor\nsum by (%(cluster)snamespace, usergroup, username) (last_over_time(namespace_usergroup_username:cost_usd:sum1d{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -2d)))[$__range:1d] offset 1ms))),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
              "Value": "Cost (USD)"
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
          "noValue": "nobody",
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
              "options": "Cost (USD)"
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
            "displayName": "Cost (USD)",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 12,
        "w": 16,
        "x": 0,
        "y": 13
      }
    },
    {
      "id": 10,
      "type": "text",
      "title": "",
      "fieldConfig": {
        "defaults": {},
        "overrides": []
      },
      "options": {
        "mode": "markdown",
        "content": "**How to read this.** Every day's bill of the cloud is divided among the users of that day: compute by the memory that their servers reserved, home storage by the size of their homes, GPUs by the hour. A group bears its share of each of its members, as membership was at the time.\n\nCosts that nobody's use explains (networks, backups, the core of the cluster) are not in it, unless the administrators spread them.\n\nYellow days are estimates: their bill has not come, or may still change. Days are UTC.\n\n**Print** with the browser, or *Share* → *Export*. **As a table:** menu of *By user* → *Inspect* → *Data* → *Download CSV*."
      },
      "gridPos": {
        "h": 12,
        "w": 8,
        "x": 16,
        "y": 13
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
  "title": "Hubmeter / Group bill",
  "time": {
    "from": "now-1M/M",
    "to": "now-1M/M"
  },
  "timepicker": {},
  "timezone": "utc",
  "version": 0,
  "uid": "hubmeter-group-bill"
}
