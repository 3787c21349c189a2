// Written by hubmeter-generate; do not edit.
{
  "annotations": {
    "list": []
  },
  "description": "What each group used in a period: user-days, core-hours, GiB-hours, GPU-hours and home directories, for export as CSV.",
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
      "title": "User-days",
      "description": "For every UTC day that ends in the period, the distinct users of the chosen hubs who had a server that day, added up. A user of several groups counts once here, and all groups count, whatever is chosen.",
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
          "expr": "sum(sum_over_time(namespace_window:active_users:count{%(cluster_matcher)snamespace=~\"$hub\", window=\"1d\"}[$__range:1d] offset -1ms))",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "locale",
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
          "noValue": "0",
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
        "x": 0,
        "y": 0
      }
    },
    {
      "id": 2,
      "type": "stat",
      "title": "Server-hours",
      "description": "Running servers times hours. Sum of 5-minute buckets of the chosen groups over the period.",
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
          "expr": "sum(sum_over_time(namespace_usergroup:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms))\n/ 1",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "locale",
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
          "noValue": "0",
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
        "x": 4,
        "y": 0
      }
    },
    {
      "id": 3,
      "type": "stat",
      "title": "Core-hours requested",
      "description": "Cores reserved times hours. Sum of 5-minute buckets of the chosen groups over the period.",
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
          "expr": "sum(sum_over_time(namespace_usergroup:cpu_requests_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms))\n/ 1",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "locale",
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
          "noValue": "0",
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
        "x": 8,
        "y": 0
      }
    },
    {
      "id": 4,
      "type": "stat",
      "title": "GiB-hours requested",
      "description": "Memory reserved, in GiB, times hours. Sum of 5-minute buckets of the chosen groups over the period.",
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
          "expr": "sum(sum_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms))\n/ 2^30",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "locale",
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
          "noValue": "0",
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
      "title": "GPU-hours",
      "description": "GPUs reserved times hours. Sum of 5-minute buckets of the chosen groups over the period.",
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
          "expr": "sum(sum_over_time(namespace_usergroup:gpu_requests_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms))\n/ 1",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "locale",
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
          "noValue": "0",
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
        "x": 16,
        "y": 0
      }
    },
    {
      "id": 6,
      "type": "stat",
      "title": "Homes (GiB, mean)",
      "description": "Mean size of the chosen groups' home directories over the period, in GiB.",
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
          "expr": "sum(sum_over_time(namespace_usergroup:home_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms))\n/ ($__range_s / 3600) / 2^30",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "locale",
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
          "noValue": "0",
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
        "x": 20,
        "y": 0
      }
    },
    {
      "id": 7,
      "type": "text",
      "title": "",
      "fieldConfig": {
        "defaults": {},
        "overrides": []
      },
      "options": {
        "mode": "markdown",
        "content": "**Choose the period** at the top right, for example *Last month*; times are UTC. **Export:** table menu → *Inspect* → *Data* → *Download CSV*."
      },
      "gridPos": {
        "h": 2,
        "w": 24,
        "x": 0,
        "y": 4
      }
    },
    {
      "id": 8,
      "type": "table",
      "title": "Usage by group",
      "description": "Each group in the period, by the share it bears of its users. Hours are sums of 5-minute buckets. User-days: for every UTC day that ends in the period, the group's distinct users who had a server. Home directories: the mean over the period. (no group) is what no group claims, the hub's own pods among it; with it, the rows add up to the whole hub where shares add up to one (not with the exporter's strategy all). User-days need 1d among the windows in the settings.",
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
          "expr": "label_replace(\n  count by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup_username:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username!=\"\"}[$__range] offset -1ms) > 0\n  )\n  or sum by (%(cluster)snamespace, usergroup) (\n    last_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) * 0,\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(\n      namespace_usergroup_window:active_users:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", window=\"1d\"}[$__range:1d] offset -1ms\n    )\n  )\n  or sum by (%(cluster)snamespace, usergroup) (\n    last_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) * 0,\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) / 1\n  or sum by (%(cluster)snamespace, usergroup) (\n    last_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) * 0,\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:cpu_requests_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) / 1\n  or sum by (%(cluster)snamespace, usergroup) (\n    last_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) * 0,\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:cpu_usage_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) / 1\n  or sum by (%(cluster)snamespace, usergroup) (\n    last_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) * 0,\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "E"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) / 2^30\n  or sum by (%(cluster)snamespace, usergroup) (\n    last_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) * 0,\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "F"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:memory_working_set_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) / 2^30\n  or sum by (%(cluster)snamespace, usergroup) (\n    last_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) * 0,\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "G"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:gpu_requests_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) / 1\n  or sum by (%(cluster)snamespace, usergroup) (\n    last_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) * 0,\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "H"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:home_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) / ($__range_s / 3600) / 2^30,\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "I"
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
              "namespace": 0,
              "usergroup": 1,
              "Value #A": 2,
              "Value #B": 3,
              "Value #C": 4,
              "Value #D": 5,
              "Value #E": 6,
              "Value #F": 7,
              "Value #G": 8,
              "Value #H": 9,
              "Value #I": 10
            },
            "renameByName": {
              "namespace": "Hub",
              "usergroup": "Group",
              "Value #A": "Users",
              "Value #B": "User-days",
              "Value #C": "Server-hours",
              "Value #D": "CPU requested (core-hours)",
              "Value #E": "CPU used (core-hours)",
              "Value #F": "Memory requested (GiB-hours)",
              "Value #G": "Memory used (GiB-hours)",
              "Value #H": "GPU-hours",
              "Value #I": "Home directories (GiB, mean)"
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
          "noValue": "nothing was recorded in this period",
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
              "options": "Users"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "none"
              },
              {
                "id": "decimals",
                "value": 0
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "User-days"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "none"
              },
              {
                "id": "decimals",
                "value": 0
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Server-hours"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "none"
              },
              {
                "id": "decimals",
                "value": 1
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "CPU requested (core-hours)"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "none"
              },
              {
                "id": "decimals",
                "value": 1
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "CPU used (core-hours)"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "none"
              },
              {
                "id": "decimals",
                "value": 1
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Memory requested (GiB-hours)"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "none"
              },
              {
                "id": "decimals",
                "value": 1
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Memory used (GiB-hours)"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "none"
              },
              {
                "id": "decimals",
                "value": 1
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "GPU-hours"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "none"
              },
              {
                "id": "decimals",
                "value": 1
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Home directories (GiB, mean)"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "none"
              },
              {
                "id": "decimals",
                "value": 1
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
            "displayName": "Hub",
            "desc": false
          },
          {
            "displayName": "Group",
            "desc": false
          }
        ]
      },
      "gridPos": {
        "h": 18,
        "w": 24,
        "x": 0,
        "y": 6
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
  "title": "Hubmeter / Usage report",
  "time": {
    "from": "now-30d/d",
    "to": "now-1d/d"
  },
  "timepicker": {},
  "timezone": "utc",
  "version": 0,
  "uid": "hubmeter-report"
}
