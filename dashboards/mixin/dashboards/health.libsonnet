// Written by hubmeter-generate; do not edit.
{
  "annotations": {
    "list": []
  },
  "description": "Whether the numbers of the other dashboards can be trusted: membership snapshots, rules, and usage that nobody claims.",
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
      "title": "Oldest snapshot",
      "description": "Age of the oldest membership snapshot, counted in its exporter's refresh intervals. Above 1 a refresh is late; above 3 the exporter is not ready. No data: no exporter is scraped, or its metrics lost their namespace (honor_labels).",
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
          "expr": "max(\n  (\n    time() - max by (%(cluster)snamespace) (%(metrics_prefix)s_groups_exporter_last_refresh_timestamp_seconds{%(cluster_matcher)snamespace=~\"$hub\"})\n  )\n  / max by (%(cluster)snamespace) (%(metrics_prefix)s_groups_exporter_refresh_interval_seconds{%(cluster_matcher)snamespace=~\"$hub\"})\n)",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "suffix:intervals",
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
                "value": 1.5,
                "color": "semi-dark-yellow"
              },
              {
                "value": 3,
                "color": "semi-dark-red"
              }
            ]
          },
          "noValue": "no exporter",
          "decimals": 1
        },
        "overrides": []
      },
      "options": {
        "colorMode": "background",
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
        "h": 3,
        "w": 6,
        "x": 0,
        "y": 0
      }
    },
    {
      "id": 2,
      "type": "stat",
      "title": "Refresh errors",
      "description": "Failed refreshes in the time range, all exporters together. The last good snapshot stays in use meanwhile.",
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
          "expr": "sum(increase(%(metrics_prefix)s_groups_exporter_refresh_errors_total{%(cluster_matcher)snamespace=~\"$hub\"}[$__range]))",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
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
                "color": "semi-dark-green"
              },
              {
                "value": 1,
                "color": "semi-dark-yellow"
              },
              {
                "value": 10,
                "color": "semi-dark-red"
              }
            ]
          },
          "noValue": "no exporter",
          "decimals": 0
        },
        "overrides": []
      },
      "options": {
        "colorMode": "background",
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
        "h": 3,
        "w": 6,
        "x": 6,
        "y": 0
      }
    },
    {
      "id": 3,
      "type": "stat",
      "title": "Rule failures",
      "description": "Rules that failed and evaluations that were left out in the time range, all groups of Hubmeter together. From metrics Prometheus (and Mimir's ruler) has about itself; vmalert has others.",
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
          "expr": "sum(increase({__name__=~\"(cortex_)?prometheus_rule_evaluation_failures_total\", rule_group=~\".*hubmeter-.*\"}[$__range]))\n+\nsum(increase({__name__=~\"(cortex_)?prometheus_rule_group_iterations_missed_total\", rule_group=~\".*hubmeter-.*\"}[$__range]))",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
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
                "color": "semi-dark-green"
              },
              {
                "value": 1,
                "color": "semi-dark-red"
              }
            ]
          },
          "noValue": "unknown",
          "decimals": 0
        },
        "overrides": []
      },
      "options": {
        "colorMode": "background",
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
        "h": 3,
        "w": 6,
        "x": 12,
        "y": 0
      }
    },
    {
      "id": 4,
      "type": "stat",
      "title": "Slowest rule group",
      "description": "The part of its interval that the slowest rule group needs. At 100 %% evaluations are left out.",
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
          "expr": "max(\n  max by (%(cluster)srule_group) ({__name__=~\"(cortex_)?prometheus_rule_group_last_duration_seconds\", rule_group=~\".*hubmeter-.*\"})\n  /\n  max by (%(cluster)srule_group) ({__name__=~\"(cortex_)?prometheus_rule_group_interval_seconds\", rule_group=~\".*hubmeter-.*\"})\n)",
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
                "color": "semi-dark-green"
              },
              {
                "value": 0.5,
                "color": "semi-dark-yellow"
              },
              {
                "value": 0.9,
                "color": "semi-dark-red"
              }
            ]
          },
          "noValue": "unknown",
          "decimals": 1
        },
        "overrides": []
      },
      "options": {
        "colorMode": "background",
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
        "h": 3,
        "w": 6,
        "x": 18,
        "y": 0
      }
    },
    {
      "id": 5,
      "type": "stat",
      "title": "Not accounted",
      "description": "The larger of two differences: memory in use, and requested, of all users and nobody, against the same memory summed without any join. Must be 0.",
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
          "expr": "max(\n  abs(\n    namespace:memory_working_set_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\"}\n    / (namespace:memory_working_set_bytes:whole{%(cluster_matcher)snamespace=~\"$hub\"} > 0) - 1\n  )\n  or on (%(cluster)snamespace, kind)\n  label_replace(\n    abs(\n      namespace:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\"}\n      / (namespace:memory_requests_bytes:whole{%(cluster_matcher)snamespace=~\"$hub\"} > 0) - 1\n    ),\n    \"kind\", \"requests\", \"\", \"\"\n  )\n)",
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
                "color": "semi-dark-green"
              },
              {
                "value": 0.001,
                "color": "semi-dark-red"
              }
            ]
          },
          "noValue": "unknown",
          "decimals": 1
        },
        "overrides": []
      },
      "options": {
        "colorMode": "background",
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
        "h": 3,
        "w": 6,
        "x": 0,
        "y": 3
      }
    },
    {
      "id": 6,
      "type": "stat",
      "title": "Servers without username",
      "description": "Servers whose pod shows no username: kube-state-metrics does not expose the annotation hub.jupyter.org/username. Set --metric-annotations-allowlist=pods=[hub.jupyter.org/username].",
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
          "expr": "sum(namespace_username:servers:count{%(cluster_matcher)snamespace=~\"$hub\", username=\"\"})\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
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
                "color": "semi-dark-green"
              },
              {
                "value": 1,
                "color": "semi-dark-red"
              }
            ]
          },
          "noValue": "0"
        },
        "overrides": []
      },
      "options": {
        "colorMode": "background",
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
        "h": 3,
        "w": 6,
        "x": 6,
        "y": 3
      }
    },
    {
      "id": 7,
      "type": "stat",
      "title": "Unknown users",
      "description": "Users with a running server whom no exporter knows. They count for (no group) until the next refresh.",
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
          "expr": "count(\n  namespace_username:servers:count{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\"}\n  unless on (%(cluster)snamespace, username)\n  namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
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
                "color": "semi-dark-green"
              },
              {
                "value": 1,
                "color": "semi-dark-yellow"
              },
              {
                "value": 10,
                "color": "semi-dark-red"
              }
            ]
          },
          "noValue": "0"
        },
        "overrides": []
      },
      "options": {
        "colorMode": "background",
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
        "h": 3,
        "w": 6,
        "x": 12,
        "y": 3
      }
    },
    {
      "id": 8,
      "type": "stat",
      "title": "Users with shares off",
      "description": "Users whose groups do not bear exactly the whole of their usage. 0 with the exporter's strategies default and split; with all, every user of several groups.",
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
          "expr": "count(\n  abs(\n    sum by (%(cluster)snamespace, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"}\n    ) - 1\n  ) > 0.001\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
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
                "color": "semi-dark-green"
              },
              {
                "value": 1,
                "color": "semi-dark-yellow"
              },
              {
                "value": 10,
                "color": "semi-dark-red"
              }
            ]
          },
          "noValue": "0"
        },
        "overrides": []
      },
      "options": {
        "colorMode": "background",
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
        "h": 3,
        "w": 6,
        "x": 18,
        "y": 3
      }
    },
    {
      "id": 9,
      "type": "text",
      "title": "",
      "fieldConfig": {
        "defaults": {},
        "overrides": []
      },
      "options": {
        "mode": "markdown",
        "content": "**Servers without username:** start kube-state-metrics with `--metric-annotations-allowlist=pods=[hub.jupyter.org/username]`. **Unknown users:** no exporter answers for their hub, or a user is newer than its snapshot. **Shares off:** expected with the exporter's strategy `all`, else two exporters tell of one hub. **Not accounted:** a join lost or doubled usage; the alert's runbook says where to look."
      },
      "gridPos": {
        "h": 2,
        "w": 24,
        "x": 0,
        "y": 6
      }
    },
    {
      "id": 10,
      "type": "row",
      "title": "Exporters",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 8
      }
    },
    {
      "id": 11,
      "type": "table",
      "title": "Exporters",
      "description": "The groups exporter of each hub: how old its snapshot is, what it holds, failed refreshes in the time range, how long a refresh took, and how long and how large a scrape is.",
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
          "expr": "max by (%(cluster)snamespace, version) (%(metrics_prefix)s_groups_exporter_build_info{%(cluster_matcher)snamespace=~\"$hub\"})",
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
          "expr": "time() - max by (%(cluster)snamespace) (%(metrics_prefix)s_groups_exporter_last_refresh_timestamp_seconds{%(cluster_matcher)snamespace=~\"$hub\"})",
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
          "expr": "(\n  time() - max by (%(cluster)snamespace) (%(metrics_prefix)s_groups_exporter_last_refresh_timestamp_seconds{%(cluster_matcher)snamespace=~\"$hub\"})\n)\n/ max by (%(cluster)snamespace) (%(metrics_prefix)s_groups_exporter_refresh_interval_seconds{%(cluster_matcher)snamespace=~\"$hub\"})",
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
          "expr": "sum by (%(cluster)snamespace) (\n  increase(%(metrics_prefix)s_groups_exporter_refresh_errors_total{%(cluster_matcher)snamespace=~\"$hub\"}[$__range])\n)",
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
          "expr": "max by (%(cluster)snamespace) (%(metrics_prefix)s_groups_exporter_last_refresh_duration_seconds{%(cluster_matcher)snamespace=~\"$hub\"})",
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
          "expr": "max by (%(cluster)snamespace) (%(metrics_prefix)s_groups_exporter_users{%(cluster_matcher)snamespace=~\"$hub\"})",
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
          "expr": "max by (%(cluster)snamespace) (%(metrics_prefix)s_groups_exporter_groups{%(cluster_matcher)snamespace=~\"$hub\"})",
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
          "expr": "max by (%(cluster)snamespace) (\n  max by (%(cluster)sjob, instance, namespace) (\n    %(metrics_prefix)s_groups_exporter_refresh_interval_seconds{%(cluster_matcher)snamespace=~\"$hub\"} * 0\n  )\n  + on (%(cluster)sjob, instance) group_left ()\n  max by (%(cluster)sjob, instance) (scrape_duration_seconds)\n)",
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
          "expr": "max by (%(cluster)snamespace) (\n  max by (%(cluster)sjob, instance, namespace) (\n    %(metrics_prefix)s_groups_exporter_refresh_interval_seconds{%(cluster_matcher)snamespace=~\"$hub\"} * 0\n  )\n  + on (%(cluster)sjob, instance) group_left ()\n  max by (%(cluster)sjob, instance) (scrape_samples_scraped)\n)",
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
              "version": 1,
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
              "version": "Version",
              "Value #A": "Running",
              "Value #B": "Snapshot age",
              "Value #C": "In intervals",
              "Value #D": "Refresh errors",
              "Value #E": "Refresh took",
              "Value #F": "Users",
              "Value #G": "Groups",
              "Value #H": "Scrape took",
              "Value #I": "Samples a scrape"
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
          "noValue": "no exporter",
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
              "options": "Version"
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
              "options": "Running"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "custom.width",
                "value": 90
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Snapshot age"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "s"
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
              "options": "In intervals"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "decimals",
                "value": 1
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
                      "value": 1.5,
                      "color": "semi-dark-yellow"
                    },
                    {
                      "value": 3,
                      "color": "semi-dark-red"
                    }
                  ]
                }
              },
              {
                "id": "custom.width",
                "value": 100
              },
              {
                "id": "custom.cellOptions",
                "value": {
                  "type": "color-text"
                }
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Refresh errors"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
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
                      "value": 1,
                      "color": "semi-dark-yellow"
                    },
                    {
                      "value": 10,
                      "color": "semi-dark-red"
                    }
                  ]
                }
              },
              {
                "id": "custom.width",
                "value": 100
              },
              {
                "id": "custom.cellOptions",
                "value": {
                  "type": "color-text"
                }
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Refresh took"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "s"
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
              "options": "Users"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "custom.width",
                "value": 90
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Groups"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "custom.width",
                "value": 90
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Scrape took"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "s"
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
              "options": "Samples a scrape"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
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
            "displayName": "In intervals",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 6,
        "w": 24,
        "x": 0,
        "y": 9
      }
    },
    {
      "id": 12,
      "type": "timeseries",
      "title": "Snapshot age",
      "description": "Age of each hub's membership snapshot. A saw tooth as high as the refresh interval is right; a ramp is an exporter that cannot read the hub.",
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
          "expr": "time() - max by (%(cluster)snamespace) (%(metrics_prefix)s_groups_exporter_last_refresh_timestamp_seconds{%(cluster_matcher)snamespace=~\"$hub\"})",
          "format": "time_series",
          "instant": false,
          "legendFormat": "%(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "s",
          "min": 0,
          "color": {
            "mode": "palette-classic"
          },
          "custom": {
            "drawStyle": "line",
            "lineWidth": 2,
            "fillOpacity": 0,
            "gradientMode": "none",
            "lineInterpolation": "linear",
            "showPoints": "never",
            "pointSize": 6,
            "spanNulls": false,
            "stacking": {
              "mode": "none",
              "group": "A"
            },
            "thresholdsStyle": {
              "mode": "off"
            }
          },
          "noValue": "no exporter"
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
            "mean",
            "max",
            "lastNotNull"
          ],
          "sortBy": "Last *",
          "sortDesc": true
        },
        "tooltip": {
          "mode": "multi",
          "sort": "desc"
        }
      },
      "gridPos": {
        "h": 8,
        "w": 6,
        "x": 0,
        "y": 15
      }
    },
    {
      "id": 13,
      "type": "timeseries",
      "title": "Refresh errors by reason",
      "description": "Failed refreshes in each step of the chart. The exporter's log has a sentence for each, with the remedy.",
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
          "expr": "sum by (%(cluster)snamespace, reason) (\n  increase(%(metrics_prefix)s_groups_exporter_refresh_errors_total{%(cluster_matcher)snamespace=~\"$hub\"}[$__rate_interval])\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{reason}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "short",
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
          "noValue": "no exporter",
          "decimals": 0
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
        "h": 8,
        "w": 6,
        "x": 6,
        "y": 15
      }
    },
    {
      "id": 14,
      "type": "timeseries",
      "title": "Users known",
      "description": "Users in each hub's snapshot. A sudden fall is a hub that answered only in part, or lost users.",
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
          "expr": "max by (%(cluster)snamespace) (%(metrics_prefix)s_groups_exporter_users{%(cluster_matcher)snamespace=~\"$hub\"})",
          "format": "time_series",
          "instant": false,
          "legendFormat": "%(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "short",
          "min": 0,
          "color": {
            "mode": "palette-classic"
          },
          "custom": {
            "drawStyle": "line",
            "lineWidth": 2,
            "fillOpacity": 0,
            "gradientMode": "none",
            "lineInterpolation": "linear",
            "showPoints": "never",
            "pointSize": 6,
            "spanNulls": false,
            "stacking": {
              "mode": "none",
              "group": "A"
            },
            "thresholdsStyle": {
              "mode": "off"
            }
          },
          "noValue": "no exporter"
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
            "min",
            "max",
            "lastNotNull"
          ],
          "sortBy": "Last *",
          "sortDesc": true
        },
        "tooltip": {
          "mode": "multi",
          "sort": "desc"
        }
      },
      "gridPos": {
        "h": 8,
        "w": 6,
        "x": 12,
        "y": 15
      }
    },
    {
      "id": 15,
      "type": "timeseries",
      "title": "Scrape duration",
      "description": "How long Prometheus takes to scrape each hub's exporter.",
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
          "expr": "max by (%(cluster)snamespace) (\n  max by (%(cluster)sjob, instance, namespace) (\n    %(metrics_prefix)s_groups_exporter_refresh_interval_seconds{%(cluster_matcher)snamespace=~\"$hub\"} * 0\n  )\n  + on (%(cluster)sjob, instance) group_left ()\n  max by (%(cluster)sjob, instance) (scrape_duration_seconds)\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "%(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "s",
          "min": 0,
          "color": {
            "mode": "palette-classic"
          },
          "custom": {
            "drawStyle": "line",
            "lineWidth": 2,
            "fillOpacity": 0,
            "gradientMode": "none",
            "lineInterpolation": "linear",
            "showPoints": "never",
            "pointSize": 6,
            "spanNulls": false,
            "stacking": {
              "mode": "none",
              "group": "A"
            },
            "thresholdsStyle": {
              "mode": "off"
            }
          },
          "noValue": "no exporter"
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
            "mean",
            "max",
            "lastNotNull"
          ],
          "sortBy": "Last *",
          "sortDesc": true
        },
        "tooltip": {
          "mode": "multi",
          "sort": "desc"
        }
      },
      "gridPos": {
        "h": 8,
        "w": 6,
        "x": 18,
        "y": 15
      }
    },
    {
      "id": 16,
      "type": "row",
      "title": "Recording rules",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 23
      }
    },
    {
      "id": 17,
      "type": "timeseries",
      "title": "Rule evaluation time",
      "description": "Seconds that the last evaluation of each rule group took.",
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
          "expr": "max by (%(cluster)sname) (\n  label_replace(\n    {__name__=~\"(cortex_)?prometheus_rule_group_last_duration_seconds\", rule_group=~\".*hubmeter-.*\"},\n    \"name\", \"$1\", \"rule_group\", \".*hubmeter-(.*)\"\n  )\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "%(cluster_legend)s{{name}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "s",
          "min": 0,
          "color": {
            "mode": "palette-classic"
          },
          "custom": {
            "drawStyle": "line",
            "lineWidth": 2,
            "fillOpacity": 0,
            "gradientMode": "none",
            "lineInterpolation": "linear",
            "showPoints": "never",
            "pointSize": 6,
            "spanNulls": false,
            "stacking": {
              "mode": "none",
              "group": "A"
            },
            "thresholdsStyle": {
              "mode": "off"
            }
          },
          "noValue": "the Prometheus that evaluates the rules is not scraped"
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
            "mean",
            "max",
            "lastNotNull"
          ],
          "sortBy": "Last *",
          "sortDesc": true
        },
        "tooltip": {
          "mode": "multi",
          "sort": "desc"
        }
      },
      "gridPos": {
        "h": 9,
        "w": 6,
        "x": 0,
        "y": 24
      }
    },
    {
      "id": 18,
      "type": "timeseries",
      "title": "Part of the interval needed",
      "description": "Evaluation time divided by the group's interval. At 100 %% evaluations are left out, and sums over time become too small.",
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
          "expr": "max by (%(cluster)sname) (\n  label_replace(\n    {__name__=~\"(cortex_)?prometheus_rule_group_last_duration_seconds\", rule_group=~\".*hubmeter-.*\"},\n    \"name\", \"$1\", \"rule_group\", \".*hubmeter-(.*)\"\n  )\n)\n/\nmax by (%(cluster)sname) (\n  label_replace(\n    {__name__=~\"(cortex_)?prometheus_rule_group_interval_seconds\", rule_group=~\".*hubmeter-.*\"},\n    \"name\", \"$1\", \"rule_group\", \".*hubmeter-(.*)\"\n  )\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "%(cluster_legend)s{{name}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "percentunit",
          "min": 0,
          "color": {
            "mode": "palette-classic"
          },
          "custom": {
            "drawStyle": "line",
            "lineWidth": 2,
            "fillOpacity": 0,
            "gradientMode": "none",
            "lineInterpolation": "linear",
            "showPoints": "never",
            "pointSize": 6,
            "spanNulls": false,
            "stacking": {
              "mode": "none",
              "group": "A"
            },
            "thresholdsStyle": {
              "mode": "dashed"
            }
          },
          "noValue": "the Prometheus that evaluates the rules is not scraped",
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "semi-dark-green"
              },
              {
                "value": 0.5,
                "color": "semi-dark-yellow"
              },
              {
                "value": 0.9,
                "color": "semi-dark-red"
              }
            ]
          }
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
            "mean",
            "max",
            "lastNotNull"
          ],
          "sortBy": "Last *",
          "sortDesc": true
        },
        "tooltip": {
          "mode": "multi",
          "sort": "desc"
        }
      },
      "gridPos": {
        "h": 9,
        "w": 6,
        "x": 6,
        "y": 24
      }
    },
    {
      "id": 19,
      "type": "timeseries",
      "title": "Failed rules and evaluations left out",
      "description": "Rules that failed, by the rule group, in each step of the chart; and evaluations left out because the last one still ran.",
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
          "expr": "sum by (%(cluster)sname) (\n  label_replace(\n    increase({__name__=~\"(cortex_)?prometheus_rule_evaluation_failures_total\", rule_group=~\".*hubmeter-.*\"}[$__rate_interval]),\n    \"name\", \"$1\", \"rule_group\", \".*hubmeter-(.*)\"\n  )\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "failed · %(cluster_legend)s{{name}}",
          "range": true,
          "refId": "A"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum by (%(cluster)sname) (\n  label_replace(\n    increase({__name__=~\"(cortex_)?prometheus_rule_group_iterations_missed_total\", rule_group=~\".*hubmeter-.*\"}[$__rate_interval]),\n    \"name\", \"$1\", \"rule_group\", \".*hubmeter-(.*)\"\n  )\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "left out · %(cluster_legend)s{{name}}",
          "range": true,
          "refId": "B"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "short",
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
          "noValue": "the Prometheus that evaluates the rules is not scraped",
          "decimals": 0
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
        "h": 9,
        "w": 6,
        "x": 12,
        "y": 24
      }
    },
    {
      "id": 20,
      "type": "timeseries",
      "title": "Recorded of each 5 minutes",
      "description": "The part of each 5 minutes in which usage was recorded. Below 100 %%, or a gap: Prometheus was down, evaluations were left out, or kube-state-metrics was silent. Usage of those minutes is missing in every sum; quotas, costs and reports count less.",
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
          "expr": "namespace:usage_recorded:count5m{%(cluster_matcher)snamespace=~\"$hub\"} * %(interval_seconds)s / 300",
          "format": "time_series",
          "instant": false,
          "legendFormat": "%(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "percentunit",
          "min": 0,
          "color": {
            "mode": "palette-classic"
          },
          "custom": {
            "drawStyle": "line",
            "lineWidth": 2,
            "fillOpacity": 0,
            "gradientMode": "none",
            "lineInterpolation": "linear",
            "showPoints": "never",
            "pointSize": 6,
            "spanNulls": false,
            "stacking": {
              "mode": "none",
              "group": "A"
            },
            "thresholdsStyle": {
              "mode": "dashed"
            }
          },
          "noValue": "no data in this time range",
          "max": 1,
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "semi-dark-red"
              },
              {
                "value": 0.5,
                "color": "semi-dark-yellow"
              },
              {
                "value": 1,
                "color": "semi-dark-green"
              }
            ]
          }
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
            "min",
            "lastNotNull"
          ],
          "sortBy": "Last *",
          "sortDesc": true
        },
        "tooltip": {
          "mode": "multi",
          "sort": "desc"
        }
      },
      "gridPos": {
        "h": 9,
        "w": 6,
        "x": 18,
        "y": 24
      }
    },
    {
      "id": 21,
      "type": "row",
      "title": "Usage that is nobody's, or counted wrongly",
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
      "id": 22,
      "type": "timeseries",
      "title": "Memory no user claims",
      "description": "The part of each hub's memory requests that no user claims: the hub's own pods, and servers whose username is not shown. All of it is usual at night. All of it while servers run: the annotation is not shown.",
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
          "expr": "sum by (%(cluster)snamespace) (namespace_username:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=\"\"})\n/ sum by (%(cluster)snamespace) (namespace:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\"})",
          "format": "time_series",
          "instant": false,
          "legendFormat": "%(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "percentunit",
          "min": 0,
          "color": {
            "mode": "palette-classic"
          },
          "custom": {
            "drawStyle": "line",
            "lineWidth": 2,
            "fillOpacity": 0,
            "gradientMode": "none",
            "lineInterpolation": "linear",
            "showPoints": "never",
            "pointSize": 6,
            "spanNulls": false,
            "stacking": {
              "mode": "none",
              "group": "A"
            },
            "thresholdsStyle": {
              "mode": "off"
            }
          },
          "noValue": "no data in this time range",
          "max": 1
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
            "mean",
            "max",
            "lastNotNull"
          ],
          "sortBy": "Last *",
          "sortDesc": true
        },
        "tooltip": {
          "mode": "multi",
          "sort": "desc"
        }
      },
      "gridPos": {
        "h": 9,
        "w": 6,
        "x": 0,
        "y": 34
      }
    },
    {
      "id": 23,
      "type": "timeseries",
      "title": "CPU no user claims",
      "description": "The part of each hub's CPU in use that no user claims.",
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
          "expr": "sum by (%(cluster)snamespace) (namespace_username:cpu_usage_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", username=\"\"})\n/ sum by (%(cluster)snamespace) (namespace:cpu_usage_cores:sum{%(cluster_matcher)snamespace=~\"$hub\"})",
          "format": "time_series",
          "instant": false,
          "legendFormat": "%(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "percentunit",
          "min": 0,
          "color": {
            "mode": "palette-classic"
          },
          "custom": {
            "drawStyle": "line",
            "lineWidth": 2,
            "fillOpacity": 0,
            "gradientMode": "none",
            "lineInterpolation": "linear",
            "showPoints": "never",
            "pointSize": 6,
            "spanNulls": false,
            "stacking": {
              "mode": "none",
              "group": "A"
            },
            "thresholdsStyle": {
              "mode": "off"
            }
          },
          "noValue": "no data in this time range",
          "max": 1
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
            "mean",
            "max",
            "lastNotNull"
          ],
          "sortBy": "Last *",
          "sortDesc": true
        },
        "tooltip": {
          "mode": "multi",
          "sort": "desc"
        }
      },
      "gridPos": {
        "h": 9,
        "w": 6,
        "x": 6,
        "y": 34
      }
    },
    {
      "id": 24,
      "type": "table",
      "title": "Users no exporter knows",
      "description": "Users with a running server who are not in the hub's snapshot, and how many servers they have.",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username:servers:count{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\"}\n  unless on (%(cluster)snamespace, username)\n  namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"}\n)",
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
              "namespace": 1,
              "Value": 2
            },
            "renameByName": {
              "username": "User",
              "namespace": "Hub",
              "Value": "Servers"
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
          "noValue": "none",
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
              "options": "Servers"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "custom.width",
                "value": 90
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
            "displayName": "User",
            "desc": false
          }
        ]
      },
      "gridPos": {
        "h": 9,
        "w": 6,
        "x": 12,
        "y": 34
      }
    },
    {
      "id": 25,
      "type": "table",
      "title": "Users with shares off",
      "description": "At most 100 users whose groups do not bear the whole of their usage, and what they bear together.",
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
          "expr": "topk(100,\n  (\n    sum by (%(cluster)snamespace, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"}\n    ) < 0.999\n  )\n  or\n  (\n    sum by (%(cluster)snamespace, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"}\n    ) > 1.001\n  )\n)",
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
              "namespace": 1,
              "Value": 2
            },
            "renameByName": {
              "username": "User",
              "namespace": "Hub",
              "Value": "Sum of shares"
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
          "noValue": "none",
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
              "options": "Sum of shares"
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
            "displayName": "User",
            "desc": false
          }
        ]
      },
      "gridPos": {
        "h": 9,
        "w": 6,
        "x": 18,
        "y": 34
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
      }
    ]
  },
  "title": "Hubmeter / Hubmeter health",
  "time": {
    "from": "now-24h",
    "to": "now"
  },
  "timepicker": {},
  "timezone": "browser",
  "version": 0,
  "uid": "hubmeter-health"
}
