// Written by hubmeter-generate; do not edit.
{
  "annotations": {
    "list": []
  },
  "description": "Who is near a limit, the policies in force, how the hubs decide, and which limit would stop how many.",
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
      "title": "Users with a limit",
      "description": "Users whom a policy limits in a recorded window. Each user counts once, however many limits it is; all groups of the chosen hubs.",
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
          "expr": "sum(namespace_threshold:quota_users:count{%(cluster_matcher)snamespace=~\"$hub\", threshold=\"0\"})\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
        "w": 3,
        "x": 0,
        "y": 0
      }
    },
    {
      "id": 2,
      "type": "stat",
      "title": "At 80 %% and more",
      "description": "Users who have used 80 %% or more of a limit. Each user counts once, however many limits it is; all groups of the chosen hubs.",
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
          "expr": "sum(namespace_threshold:quota_users:count{%(cluster_matcher)snamespace=~\"$hub\", threshold=\"80\"})\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
                "color": "semi-dark-green"
              },
              {
                "value": 1,
                "color": "semi-dark-yellow"
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
        "w": 3,
        "x": 3,
        "y": 0
      }
    },
    {
      "id": 3,
      "type": "stat",
      "title": "At 90 %% and more",
      "description": "Users who have used 90 %% or more of a limit. Each user counts once, however many limits it is; all groups of the chosen hubs.",
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
          "expr": "sum(namespace_threshold:quota_users:count{%(cluster_matcher)snamespace=~\"$hub\", threshold=\"90\"})\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
                "color": "semi-dark-green"
              },
              {
                "value": 1,
                "color": "semi-dark-orange"
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
        "w": 3,
        "x": 6,
        "y": 0
      }
    },
    {
      "id": 4,
      "type": "stat",
      "title": "Used up",
      "description": "Users who have used up one of their limits, whose servers no longer start. Servers that run go on. Each user counts once, however many limits it is; all groups of the chosen hubs.",
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
          "expr": "sum(namespace_threshold:quota_users:count{%(cluster_matcher)snamespace=~\"$hub\", threshold=\"100\"})\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
                "color": "semi-dark-green"
              },
              {
                "value": 1,
                "color": "semi-dark-red"
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
        "w": 3,
        "x": 9,
        "y": 0
      }
    },
    {
      "id": 5,
      "type": "stat",
      "title": "Starts denied",
      "description": "Server starts that quotas denied in the time range. A user who tries again counts again.",
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
          "expr": "sum(increase(%(metrics_prefix)s_quota_decisions_total{%(cluster_matcher)snamespace=~\"$hub\", outcome=~\"denied\"}[$__range]))\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
        "w": 3,
        "x": 12,
        "y": 0
      }
    },
    {
      "id": 6,
      "type": "stat",
      "title": "Started unchecked",
      "description": "Server starts in the time range that were allowed without knowing what was used, because Prometheus gave no answer that is new enough (failover_open is true).",
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
          "expr": "sum(increase(%(metrics_prefix)s_quota_decisions_total{%(cluster_matcher)snamespace=~\"$hub\", outcome=~\"failed_open\"}[$__range]))\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
                "color": "semi-dark-green"
              },
              {
                "value": 1,
                "color": "semi-dark-red"
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
        "w": 3,
        "x": 15,
        "y": 0
      }
    },
    {
      "id": 7,
      "type": "stat",
      "title": "Refused unchecked",
      "description": "Server starts in the time range that were refused without knowing what was used (failover_open is false).",
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
          "expr": "sum(increase(%(metrics_prefix)s_quota_decisions_total{%(cluster_matcher)snamespace=~\"$hub\", outcome=~\"failed_closed\"}[$__range]))\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
                "color": "semi-dark-green"
              },
              {
                "value": 1,
                "color": "semi-dark-red"
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
        "w": 3,
        "x": 18,
        "y": 0
      }
    },
    {
      "id": 8,
      "type": "stat",
      "title": "Decision time, p99",
      "description": "99 of 100 decisions in the time range took less, at the slowest of the chosen hubs. A user waits as much longer.",
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
          "expr": "max(\n  histogram_quantile(0.99,\n    sum by (%(cluster)snamespace, le) (\n      increase(%(metrics_prefix)s_quota_decision_duration_seconds_bucket{%(cluster_matcher)snamespace=~\"$hub\"}[$__range])\n    )\n  )\n)",
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
                "value": 0.1,
                "color": "semi-dark-yellow"
              },
              {
                "value": 1,
                "color": "semi-dark-red"
              }
            ]
          },
          "noValue": "no decision"
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
        "y": 0
      }
    },
    {
      "id": 9,
      "type": "row",
      "title": "Who is close to a limit",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 4
      }
    },
    {
      "id": 10,
      "type": "table",
      "title": "Who is close",
      "description": "The 100 limits of the chosen users that are nearest to being used up at the end of the time range; a user may have several. Memory counts in GiB-hours, cpu in core-hours, gpu in GPU-hours, cost in USD. At 100 %% servers no longer start. Click a user for everything about them.",
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
          "expr": "(\n  sum by (%(cluster)snamespace, username, resource, window) (\n    namespace_username_resource_window:quota_used:ratio{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"memory\"}\n  ) / 1\n  or\n  sum by (%(cluster)snamespace, username, resource, window) (\n    namespace_username_resource_window:quota_used:ratio{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource!=\"memory\"}\n  )\n)\nand on (%(cluster)snamespace, username, resource, window)\ntopk(100,\n  namespace_username_resource_window:quota_used:ratio{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:quota_membership:group{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n)",
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
          "expr": "(\n  sum by (%(cluster)snamespace, username, resource, window) (\n    namespace_username_resource_window:quota_used:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"memory\"}\n  ) / 2^30\n  or\n  sum by (%(cluster)snamespace, username, resource, window) (\n    namespace_username_resource_window:quota_used:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource!=\"memory\"}\n  )\n)\nand on (%(cluster)snamespace, username, resource, window)\ntopk(100,\n  namespace_username_resource_window:quota_used:ratio{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:quota_membership:group{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n)",
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
          "expr": "(\n  sum by (%(cluster)snamespace, username, resource, window) (\n    namespace_username_resource_window:quota_limit:merged{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"memory\"}\n  ) / 2^30\n  or\n  sum by (%(cluster)snamespace, username, resource, window) (\n    namespace_username_resource_window:quota_limit:merged{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource!=\"memory\"}\n  )\n)\nand on (%(cluster)snamespace, username, resource, window)\ntopk(100,\n  namespace_username_resource_window:quota_used:ratio{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:quota_membership:group{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n)",
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
              "username": 0,
              "namespace": 1,
              "resource": 2,
              "window": 3,
              "Value #A": 4,
              "Value #B": 5,
              "Value #C": 6
            },
            "renameByName": {
              "username": "User",
              "namespace": "Hub",
              "resource": "Resource",
              "window": "Window",
              "Value #A": "Used",
              "Value #B": "Amount used",
              "Value #C": "Limit"
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
          "noValue": "nobody has a limit",
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
              "options": "Resource"
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
              "options": "Window"
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
                "value": 85
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
                      "value": 0.9,
                      "color": "semi-dark-orange"
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
              "options": "Amount used"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "locale"
              },
              {
                "id": "decimals",
                "value": 1
              },
              {
                "id": "custom.width",
                "value": 110
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Limit"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "locale"
              },
              {
                "id": "decimals",
                "value": 1
              },
              {
                "id": "custom.width",
                "value": 110
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
            "displayName": "Used",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 12,
        "w": 13,
        "x": 0,
        "y": 5
      }
    },
    {
      "id": 11,
      "type": "timeseries",
      "title": "Nearest to their limits",
      "description": "The part used of the 10 limits of the chosen users that are nearest to being used up at the end of the time range. It falls when old use leaves the rolling window.",
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
          "expr": "sum by (%(cluster)snamespace, username, resource, window) (\n  namespace_username_resource_window:quota_used:ratio{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n)\nand on (%(cluster)snamespace, username, resource, window)\ntopk(10,\n  namespace_username_resource_window:quota_used:ratio{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"} @ end()\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:quota_membership:group{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"} @ end()\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{username}} · {{resource}} {{window}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "percentunit",
          "min": 0,
          "color": {
            "mode": "palette-classic-by-name"
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
          "noValue": "nobody has a limit",
          "decimals": 0,
          "thresholds": {
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
                "value": 0.9,
                "color": "semi-dark-orange"
              },
              {
                "value": 1,
                "color": "semi-dark-red"
              }
            ]
          },
          "links": [
            {
              "title": "This user",
              "url": "/d/hubmeter-users?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__field.labels.namespace:percentencode}&var-username=${__field.labels.username:percentencode}"
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
        "h": 12,
        "w": 11,
        "x": 13,
        "y": 5
      }
    },
    {
      "id": 12,
      "type": "timeseries",
      "title": "Users near their limits",
      "description": "Users who used so much of at least one limit, all chosen hubs and all groups together. Each counts once.",
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
          "expr": "sum(namespace_threshold:quota_users:count{%(cluster_matcher)snamespace=~\"$hub\", threshold=\"80\"})\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
          "format": "time_series",
          "instant": false,
          "legendFormat": "80 %%",
          "range": true,
          "refId": "A"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(namespace_threshold:quota_users:count{%(cluster_matcher)snamespace=~\"$hub\", threshold=\"90\"})\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
          "format": "time_series",
          "instant": false,
          "legendFormat": "90 %%",
          "range": true,
          "refId": "B"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(namespace_threshold:quota_users:count{%(cluster_matcher)snamespace=~\"$hub\", threshold=\"100\"})\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
          "format": "time_series",
          "instant": false,
          "legendFormat": "used up",
          "range": true,
          "refId": "C"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "locale",
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
          },
          {
            "matcher": {
              "id": "byName",
              "options": "80 %%"
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
          },
          {
            "matcher": {
              "id": "byName",
              "options": "90 %%"
            },
            "properties": [
              {
                "id": "color",
                "value": {
                  "mode": "fixed",
                  "fixedColor": "semi-dark-orange"
                }
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "used up"
            },
            "properties": [
              {
                "id": "color",
                "value": {
                  "mode": "fixed",
                  "fixedColor": "semi-dark-red"
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
        "w": 12,
        "x": 0,
        "y": 17
      }
    },
    {
      "id": 13,
      "type": "timeseries",
      "title": "Users at 90 %% and more, by group",
      "description": "Users of each group who used 90 %% or more of at least one limit. A user of several groups counts in each; none are users of no group.",
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
          "expr": "sum by (%(cluster)snamespace, usergroup) (\n  namespace_usergroup_threshold:quota_users:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", threshold=\"90\"}\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{usergroup}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "locale",
          "min": 0,
          "color": {
            "mode": "palette-classic-by-name"
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
          "noValue": "nobody has a limit",
          "decimals": 0,
          "links": [
            {
              "title": "Users of this group",
              "url": "/d/hubmeter-users?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__field.labels.namespace:percentencode}&var-usergroup=${__field.labels.usergroup:percentencode}"
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
        "w": 12,
        "x": 12,
        "y": 17
      }
    },
    {
      "id": 14,
      "type": "row",
      "title": "Use against limits",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 26
      }
    },
    {
      "id": 15,
      "type": "timeseries",
      "title": "Memory: use and limit, $window (GiB-hours)",
      "description": "What users requested (or cost) in the rolling window before each point, and dashed what they may, in GiB-hours: the 5 of the chosen users who are nearest to their limit at the end of the time range. Choose a user at the top to see this one only.",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username_resource_window:quota_used:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"memory\", window=\"$window\"}\n) / 2^30\nand on (%(cluster)snamespace, username)\ntopk(5,\n  namespace_username_resource_window:quota_used:ratio{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"memory\", window=\"$window\"} @ end()\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:quota_membership:group{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"} @ end()\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{username}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username_resource_window:quota_limit:merged{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"memory\", window=\"$window\"}\n) / 2^30\nand on (%(cluster)snamespace, username)\ntopk(5,\n  namespace_username_resource_window:quota_used:ratio{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"memory\", window=\"$window\"} @ end()\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:quota_membership:group{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"} @ end()\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "limit · {{username}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "B"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "locale",
          "min": 0,
          "color": {
            "mode": "palette-classic-by-name"
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
          "noValue": "nobody has such a limit in this window",
          "decimals": 1,
          "links": [
            {
              "title": "This user",
              "url": "/d/hubmeter-users?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__field.labels.namespace:percentencode}&var-username=${__field.labels.username:percentencode}"
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
          },
          {
            "matcher": {
              "id": "byRegexp",
              "options": "^limit · .*"
            },
            "properties": [
              {
                "id": "custom.lineStyle",
                "value": {
                  "fill": "dash",
                  "dash": [
                    8,
                    6
                  ]
                }
              },
              {
                "id": "custom.lineWidth",
                "value": 1
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
        "h": 11,
        "w": 6,
        "x": 0,
        "y": 27
      }
    },
    {
      "id": 16,
      "type": "timeseries",
      "title": "CPU: use and limit, $window (core-hours)",
      "description": "What users requested (or cost) in the rolling window before each point, and dashed what they may, in core-hours: the 5 of the chosen users who are nearest to their limit at the end of the time range. Choose a user at the top to see this one only.",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username_resource_window:quota_used:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"cpu\", window=\"$window\"}\n) / 1\nand on (%(cluster)snamespace, username)\ntopk(5,\n  namespace_username_resource_window:quota_used:ratio{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"cpu\", window=\"$window\"} @ end()\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:quota_membership:group{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"} @ end()\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{username}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username_resource_window:quota_limit:merged{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"cpu\", window=\"$window\"}\n) / 1\nand on (%(cluster)snamespace, username)\ntopk(5,\n  namespace_username_resource_window:quota_used:ratio{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"cpu\", window=\"$window\"} @ end()\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:quota_membership:group{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"} @ end()\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "limit · {{username}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "B"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "locale",
          "min": 0,
          "color": {
            "mode": "palette-classic-by-name"
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
          "noValue": "nobody has such a limit in this window",
          "decimals": 1,
          "links": [
            {
              "title": "This user",
              "url": "/d/hubmeter-users?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__field.labels.namespace:percentencode}&var-username=${__field.labels.username:percentencode}"
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
          },
          {
            "matcher": {
              "id": "byRegexp",
              "options": "^limit · .*"
            },
            "properties": [
              {
                "id": "custom.lineStyle",
                "value": {
                  "fill": "dash",
                  "dash": [
                    8,
                    6
                  ]
                }
              },
              {
                "id": "custom.lineWidth",
                "value": 1
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
        "h": 11,
        "w": 6,
        "x": 6,
        "y": 27
      }
    },
    {
      "id": 17,
      "type": "timeseries",
      "title": "GPUs: use and limit, $window (GPU-hours)",
      "description": "What users requested (or cost) in the rolling window before each point, and dashed what they may, in GPU-hours: the 5 of the chosen users who are nearest to their limit at the end of the time range. Choose a user at the top to see this one only.",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username_resource_window:quota_used:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"gpu\", window=\"$window\"}\n) / 1\nand on (%(cluster)snamespace, username)\ntopk(5,\n  namespace_username_resource_window:quota_used:ratio{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"gpu\", window=\"$window\"} @ end()\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:quota_membership:group{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"} @ end()\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{username}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username_resource_window:quota_limit:merged{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"gpu\", window=\"$window\"}\n) / 1\nand on (%(cluster)snamespace, username)\ntopk(5,\n  namespace_username_resource_window:quota_used:ratio{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"gpu\", window=\"$window\"} @ end()\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:quota_membership:group{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"} @ end()\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "limit · {{username}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "B"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "locale",
          "min": 0,
          "color": {
            "mode": "palette-classic-by-name"
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
          "noValue": "nobody has such a limit in this window",
          "decimals": 1,
          "links": [
            {
              "title": "This user",
              "url": "/d/hubmeter-users?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__field.labels.namespace:percentencode}&var-username=${__field.labels.username:percentencode}"
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
          },
          {
            "matcher": {
              "id": "byRegexp",
              "options": "^limit · .*"
            },
            "properties": [
              {
                "id": "custom.lineStyle",
                "value": {
                  "fill": "dash",
                  "dash": [
                    8,
                    6
                  ]
                }
              },
              {
                "id": "custom.lineWidth",
                "value": 1
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
        "h": 11,
        "w": 6,
        "x": 12,
        "y": 27
      }
    },
    {
      "id": 18,
      "type": "timeseries",
      "title": "Cost: use and limit, $window (USD)",
      "description": "What users requested (or cost) in the rolling window before each point, and dashed what they may, in USD: the 5 of the chosen users who are nearest to their limit at the end of the time range. Choose a user at the top to see this one only.",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username_resource_window:quota_used:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"cost\", window=\"$window\"}\n) / 1\nand on (%(cluster)snamespace, username)\ntopk(5,\n  namespace_username_resource_window:quota_used:ratio{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"cost\", window=\"$window\"} @ end()\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:quota_membership:group{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"} @ end()\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{username}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username_resource_window:quota_limit:merged{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"cost\", window=\"$window\"}\n) / 1\nand on (%(cluster)snamespace, username)\ntopk(5,\n  namespace_username_resource_window:quota_used:ratio{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", resource=\"cost\", window=\"$window\"} @ end()\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:quota_membership:group{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"} @ end()\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "limit · {{username}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "B"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "locale",
          "min": 0,
          "color": {
            "mode": "palette-classic-by-name"
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
          "noValue": "nobody has such a limit in this window",
          "decimals": 1,
          "links": [
            {
              "title": "This user",
              "url": "/d/hubmeter-users?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__field.labels.namespace:percentencode}&var-username=${__field.labels.username:percentencode}"
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
          },
          {
            "matcher": {
              "id": "byRegexp",
              "options": "^limit · .*"
            },
            "properties": [
              {
                "id": "custom.lineStyle",
                "value": {
                  "fill": "dash",
                  "dash": [
                    8,
                    6
                  ]
                }
              },
              {
                "id": "custom.lineWidth",
                "value": 1
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
        "h": 11,
        "w": 6,
        "x": 18,
        "y": 27
      }
    },
    {
      "id": 19,
      "type": "row",
      "title": "Policies",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 38
      }
    },
    {
      "id": 20,
      "type": "table",
      "title": "Policies in force",
      "description": "What the hubs expose of their configuration at the end of the time range. Memory counts in GiB-hours, cpu in core-hours, gpu in GPU-hours, cost in USD. Users: how many a policy concerns. Fallback policies are for users whom no other one concerns. Several policies of a user for one resource and window merge: to the smallest, the largest or the sum, as the hub is configured.",
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
          "expr": "max by (%(cluster)snamespace, scope, usergroup, username, resource, window) (\n  %(metrics_prefix)s_quota_policy_limit{%(cluster_matcher)snamespace=~\"$hub\", resource=\"memory\"} / 2^30\n)\nor\nmax by (%(cluster)snamespace, scope, usergroup, username, resource, window) (\n  %(metrics_prefix)s_quota_policy_limit{%(cluster_matcher)snamespace=~\"$hub\", resource!=\"memory\"}\n)",
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
          "expr": "max by (%(cluster)snamespace, scope, usergroup, username, resource, window) (%(metrics_prefix)s_quota_policy_limit{%(cluster_matcher)snamespace=~\"$hub\", scope!=\"user\"}) * 0\n+ on (%(cluster)snamespace, scope, usergroup) group_left ()\ncount by (%(cluster)snamespace, scope, usergroup) (namespace_scope_usergroup_username:quota_scope:group{%(cluster_matcher)snamespace=~\"$hub\", scope!=\"user\"})\nor\nmax by (%(cluster)snamespace, scope, usergroup, username, resource, window) (%(metrics_prefix)s_quota_policy_limit{%(cluster_matcher)snamespace=~\"$hub\", scope=\"user\"}) * 0\n+ on (%(cluster)snamespace, scope, username) group_left ()\ncount by (%(cluster)snamespace, scope, username) (namespace_scope_usergroup_username:quota_scope:group{%(cluster_matcher)snamespace=~\"$hub\", scope=\"user\"})\nor\nmax by (%(cluster)snamespace, scope, usergroup, username, resource, window) (%(metrics_prefix)s_quota_policy_limit{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "B"
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
              "scope": 1,
              "usergroup": 2,
              "username": 3,
              "resource": 4,
              "window": 5,
              "Value #A": 6,
              "Value #B": 7
            },
            "renameByName": {
              "namespace": "Hub",
              "scope": "For",
              "usergroup": "Group",
              "username": "User",
              "resource": "Resource",
              "window": "Window",
              "Value #A": "Limit",
              "Value #B": "Users"
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
          "noValue": "no hub has policies, or none is scraped",
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
              },
              {
                "id": "custom.width",
                "value": 140
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "For"
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
                "value": 110
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
              "options": "Resource"
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
                "value": 110
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Window"
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
                "value": 90
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Limit"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "locale"
              },
              {
                "id": "decimals",
                "value": 1
              },
              {
                "id": "custom.width",
                "value": 130
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
                "value": "locale"
              },
              {
                "id": "decimals",
                "value": 0
              },
              {
                "id": "custom.width",
                "value": 110
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
            "displayName": "For",
            "desc": false
          }
        ]
      },
      "gridPos": {
        "h": 9,
        "w": 24,
        "x": 0,
        "y": 39
      }
    },
    {
      "id": 21,
      "type": "row",
      "title": "Decisions",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 48
      }
    },
    {
      "id": 22,
      "type": "timeseries",
      "title": "Decisions by outcome",
      "description": "Server starts in each step of the chart: allowed, denied by a quota, and decided without knowing the use (failed_open: started, failed_closed: refused).",
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
          "expr": "sum by (%(cluster)snamespace, outcome) (increase(%(metrics_prefix)s_quota_decisions_total{%(cluster_matcher)snamespace=~\"$hub\"}[$__rate_interval]))",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{outcome}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "locale",
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
          "noValue": "no hub with quotas is scraped",
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
          },
          {
            "matcher": {
              "id": "byRegexp",
              "options": "^allowed .*"
            },
            "properties": [
              {
                "id": "color",
                "value": {
                  "mode": "fixed",
                  "fixedColor": "semi-dark-green"
                }
              }
            ]
          },
          {
            "matcher": {
              "id": "byRegexp",
              "options": "^denied .*"
            },
            "properties": [
              {
                "id": "color",
                "value": {
                  "mode": "fixed",
                  "fixedColor": "semi-dark-orange"
                }
              }
            ]
          },
          {
            "matcher": {
              "id": "byRegexp",
              "options": "^failed_open .*"
            },
            "properties": [
              {
                "id": "color",
                "value": {
                  "mode": "fixed",
                  "fixedColor": "semi-dark-red"
                }
              }
            ]
          },
          {
            "matcher": {
              "id": "byRegexp",
              "options": "^failed_closed .*"
            },
            "properties": [
              {
                "id": "color",
                "value": {
                  "mode": "fixed",
                  "fixedColor": "purple"
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
        "w": 8,
        "x": 0,
        "y": 49
      }
    },
    {
      "id": 23,
      "type": "timeseries",
      "title": "Decision time",
      "description": "How long decisions of the hour before each point took: half of them less than p50, 99 of 100 less than p99. From a histogram, so exact to its bucket only.",
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
          "expr": "histogram_quantile(0.5,\n  sum by (%(cluster)snamespace, le) (\n    increase(%(metrics_prefix)s_quota_decision_duration_seconds_bucket{%(cluster_matcher)snamespace=~\"$hub\"}[1h])\n  )\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "p50 · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "histogram_quantile(0.99,\n  sum by (%(cluster)snamespace, le) (\n    increase(%(metrics_prefix)s_quota_decision_duration_seconds_bucket{%(cluster_matcher)snamespace=~\"$hub\"}[1h])\n  )\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "p99 · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "B"
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
          "noValue": "no decision in this time range"
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
            "max"
          ],
          "sortBy": "Max",
          "sortDesc": true
        },
        "tooltip": {
          "mode": "multi",
          "sort": "desc"
        }
      },
      "gridPos": {
        "h": 9,
        "w": 8,
        "x": 8,
        "y": 49
      }
    },
    {
      "id": 24,
      "type": "timeseries",
      "title": "Failures by reason",
      "description": "Questions to Prometheus without an answer that could be used, in each step of the chart. The runbook of HubmeterQuotaUnchecked has what to do for each reason.",
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
          "expr": "sum by (%(cluster)snamespace, reason) (increase(%(metrics_prefix)s_quota_failures_total{%(cluster_matcher)snamespace=~\"$hub\"}[$__rate_interval])) > 0",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{reason}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "locale",
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
          "noValue": "none",
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
        "w": 8,
        "x": 16,
        "y": 49
      }
    },
    {
      "id": 25,
      "type": "row",
      "title": "Choose a limit",
      "collapsed": true,
      "panels": [
        {
          "id": 26,
          "type": "text",
          "title": "",
          "fieldConfig": {
            "defaults": {},
            "overrides": []
          },
          "options": {
            "mode": "markdown",
            "content": "Read the percentiles, write a limit into the field at the top, and see how many users it would have stopped. What counts is the most that a user used in any rolling window within the time range: choose a range that is typical, a few windows long. Users who used nothing are not in it. It works without any quota in force."
          },
          "gridPos": {
            "h": 2,
            "w": 24,
            "x": 0,
            "y": 59
          }
        },
        {
          "id": 27,
          "type": "stat",
          "title": "Stopped by $memory_limit GiB-hours",
          "description": "Users of the chosen groups who used $memory_limit GiB-hours or more in any rolling window of $window within the time range, each once: at that moment a limit of that size would have kept their servers from starting.",
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
              "expr": "count(\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:memory_requests_byte_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  ) >= $memory_limit * 2^30\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
              "format": "time_series",
              "instant": true,
              "legendFormat": "__auto",
              "range": false,
              "refId": "A"
            }
          ],
          "fieldConfig": {
            "defaults": {
              "unit": "suffix: users",
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
                    "color": "semi-dark-orange"
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
            "h": 8,
            "w": 5,
            "x": 0,
            "y": 61
          }
        },
        {
          "id": 28,
          "type": "table",
          "title": "Memory used at most in any $window (GiB-hours)",
          "description": "What the users of each group used at most in any rolling window of $window within the time range, in GiB-hours: half of them less than the median, 9 of 10 less than 90 %%, and so on; and how many a limit of $memory_limit GiB-hours would have stopped. A user of several groups is in each.",
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
              "expr": "sum by (%(cluster)snamespace, usergroup) (\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  (\n    sum by (%(cluster)snamespace, username) (\n      max_over_time(namespace_username_window:memory_requests_byte_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n    ) >= bool 0\n  )\n)",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.5,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:memory_requests_byte_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 2^30",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.75,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:memory_requests_byte_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 2^30",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.9,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:memory_requests_byte_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 2^30",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.95,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:memory_requests_byte_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 2^30",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.99,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:memory_requests_byte_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 2^30",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (1,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:memory_requests_byte_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 2^30",
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
              "expr": "sum by (%(cluster)snamespace, usergroup) (\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  (\n    sum by (%(cluster)snamespace, username) (\n      max_over_time(namespace_username_window:memory_requests_byte_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n    ) >= bool $memory_limit * 2^30\n  )\n)",
              "format": "table",
              "instant": true,
              "legendFormat": "__auto",
              "range": false,
              "refId": "H"
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
                  "Value #E": 6,
                  "Value #F": 7,
                  "Value #G": 8,
                  "Value #H": 9
                },
                "renameByName": {
                  "usergroup": "Group",
                  "namespace": "Hub",
                  "Value #A": "Users",
                  "Value #B": "Median",
                  "Value #C": "75 %%",
                  "Value #D": "90 %%",
                  "Value #E": "95 %%",
                  "Value #F": "99 %%",
                  "Value #G": "Highest",
                  "Value #H": "Stopped"
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
              "noValue": "nothing was used in this time range",
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
                        "title": "Users of this group",
                        "url": "/d/hubmeter-users?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__data.fields.Hub:percentencode}&var-usergroup=${__data.fields.Group:percentencode}"
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
                  "options": "Users"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "Median"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "75 %%"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "90 %%"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "95 %%"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "99 %%"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "Highest"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "Stopped"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                          "color": "semi-dark-orange"
                        }
                      ]
                    }
                  },
                  {
                    "id": "custom.cellOptions",
                    "value": {
                      "type": "color-text"
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
                "displayName": "Highest",
                "desc": true
              }
            ]
          },
          "gridPos": {
            "h": 8,
            "w": 19,
            "x": 5,
            "y": 61
          }
        },
        {
          "id": 29,
          "type": "stat",
          "title": "Stopped by $cpu_limit core-hours",
          "description": "Users of the chosen groups who used $cpu_limit core-hours or more in any rolling window of $window within the time range, each once: at that moment a limit of that size would have kept their servers from starting.",
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
              "expr": "count(\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:cpu_requests_core_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  ) >= $cpu_limit * 1\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
              "format": "time_series",
              "instant": true,
              "legendFormat": "__auto",
              "range": false,
              "refId": "A"
            }
          ],
          "fieldConfig": {
            "defaults": {
              "unit": "suffix: users",
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
                    "color": "semi-dark-orange"
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
            "h": 8,
            "w": 5,
            "x": 0,
            "y": 69
          }
        },
        {
          "id": 30,
          "type": "table",
          "title": "CPU used at most in any $window (core-hours)",
          "description": "What the users of each group used at most in any rolling window of $window within the time range, in core-hours: half of them less than the median, 9 of 10 less than 90 %%, and so on; and how many a limit of $cpu_limit core-hours would have stopped. A user of several groups is in each.",
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
              "expr": "sum by (%(cluster)snamespace, usergroup) (\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  (\n    sum by (%(cluster)snamespace, username) (\n      max_over_time(namespace_username_window:cpu_requests_core_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n    ) >= bool 0\n  )\n)",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.5,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:cpu_requests_core_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.75,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:cpu_requests_core_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.9,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:cpu_requests_core_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.95,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:cpu_requests_core_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.99,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:cpu_requests_core_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (1,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:cpu_requests_core_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "sum by (%(cluster)snamespace, usergroup) (\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  (\n    sum by (%(cluster)snamespace, username) (\n      max_over_time(namespace_username_window:cpu_requests_core_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n    ) >= bool $cpu_limit * 1\n  )\n)",
              "format": "table",
              "instant": true,
              "legendFormat": "__auto",
              "range": false,
              "refId": "H"
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
                  "Value #E": 6,
                  "Value #F": 7,
                  "Value #G": 8,
                  "Value #H": 9
                },
                "renameByName": {
                  "usergroup": "Group",
                  "namespace": "Hub",
                  "Value #A": "Users",
                  "Value #B": "Median",
                  "Value #C": "75 %%",
                  "Value #D": "90 %%",
                  "Value #E": "95 %%",
                  "Value #F": "99 %%",
                  "Value #G": "Highest",
                  "Value #H": "Stopped"
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
              "noValue": "nothing was used in this time range",
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
                        "title": "Users of this group",
                        "url": "/d/hubmeter-users?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__data.fields.Hub:percentencode}&var-usergroup=${__data.fields.Group:percentencode}"
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
                  "options": "Users"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "Median"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "75 %%"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "90 %%"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "95 %%"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "99 %%"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "Highest"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "Stopped"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                          "color": "semi-dark-orange"
                        }
                      ]
                    }
                  },
                  {
                    "id": "custom.cellOptions",
                    "value": {
                      "type": "color-text"
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
                "displayName": "Highest",
                "desc": true
              }
            ]
          },
          "gridPos": {
            "h": 8,
            "w": 19,
            "x": 5,
            "y": 69
          }
        },
        {
          "id": 31,
          "type": "stat",
          "title": "Stopped by $gpu_limit GPU-hours",
          "description": "Users of the chosen groups who used $gpu_limit GPU-hours or more in any rolling window of $window within the time range, each once: at that moment a limit of that size would have kept their servers from starting.",
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
              "expr": "count(\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:gpu_requests_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  ) >= $gpu_limit * 1\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
              "format": "time_series",
              "instant": true,
              "legendFormat": "__auto",
              "range": false,
              "refId": "A"
            }
          ],
          "fieldConfig": {
            "defaults": {
              "unit": "suffix: users",
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
                    "color": "semi-dark-orange"
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
            "h": 8,
            "w": 5,
            "x": 0,
            "y": 77
          }
        },
        {
          "id": 32,
          "type": "table",
          "title": "GPUs used at most in any $window (GPU-hours)",
          "description": "What the users of each group used at most in any rolling window of $window within the time range, in GPU-hours: half of them less than the median, 9 of 10 less than 90 %%, and so on; and how many a limit of $gpu_limit GPU-hours would have stopped. A user of several groups is in each.",
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
              "expr": "sum by (%(cluster)snamespace, usergroup) (\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  (\n    sum by (%(cluster)snamespace, username) (\n      max_over_time(namespace_username_window:gpu_requests_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n    ) >= bool 0\n  )\n)",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.5,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:gpu_requests_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.75,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:gpu_requests_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.9,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:gpu_requests_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.95,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:gpu_requests_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.99,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:gpu_requests_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (1,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:gpu_requests_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "sum by (%(cluster)snamespace, usergroup) (\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  (\n    sum by (%(cluster)snamespace, username) (\n      max_over_time(namespace_username_window:gpu_requests_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n    ) >= bool $gpu_limit * 1\n  )\n)",
              "format": "table",
              "instant": true,
              "legendFormat": "__auto",
              "range": false,
              "refId": "H"
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
                  "Value #E": 6,
                  "Value #F": 7,
                  "Value #G": 8,
                  "Value #H": 9
                },
                "renameByName": {
                  "usergroup": "Group",
                  "namespace": "Hub",
                  "Value #A": "Users",
                  "Value #B": "Median",
                  "Value #C": "75 %%",
                  "Value #D": "90 %%",
                  "Value #E": "95 %%",
                  "Value #F": "99 %%",
                  "Value #G": "Highest",
                  "Value #H": "Stopped"
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
              "noValue": "nothing was used in this time range",
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
                        "title": "Users of this group",
                        "url": "/d/hubmeter-users?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__data.fields.Hub:percentencode}&var-usergroup=${__data.fields.Group:percentencode}"
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
                  "options": "Users"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "Median"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "75 %%"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "90 %%"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "95 %%"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "99 %%"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "Highest"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "Stopped"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                          "color": "semi-dark-orange"
                        }
                      ]
                    }
                  },
                  {
                    "id": "custom.cellOptions",
                    "value": {
                      "type": "color-text"
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
                "displayName": "Highest",
                "desc": true
              }
            ]
          },
          "gridPos": {
            "h": 8,
            "w": 19,
            "x": 5,
            "y": 77
          }
        },
        {
          "id": 33,
          "type": "stat",
          "title": "Stopped by $cost_limit USD",
          "description": "Users of the chosen groups who used $cost_limit USD or more in any rolling window of $window within the time range, each once: at that moment a limit of that size would have kept their servers from starting.",
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
              "expr": "count(\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:cost_usd:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  ) >= $cost_limit * 1\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
              "format": "time_series",
              "instant": true,
              "legendFormat": "__auto",
              "range": false,
              "refId": "A"
            }
          ],
          "fieldConfig": {
            "defaults": {
              "unit": "suffix: users",
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
                    "color": "semi-dark-orange"
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
            "h": 8,
            "w": 5,
            "x": 0,
            "y": 85
          }
        },
        {
          "id": 34,
          "type": "table",
          "title": "Cost used at most in any $window (USD)",
          "description": "What the users of each group used at most in any rolling window of $window within the time range, in USD: half of them less than the median, 9 of 10 less than 90 %%, and so on; and how many a limit of $cost_limit USD would have stopped. A user of several groups is in each.",
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
              "expr": "sum by (%(cluster)snamespace, usergroup) (\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  (\n    sum by (%(cluster)snamespace, username) (\n      max_over_time(namespace_username_window:cost_usd:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n    ) >= bool 0\n  )\n)",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.5,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:cost_usd:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.75,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:cost_usd:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.9,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:cost_usd:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.95,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:cost_usd:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (0.99,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:cost_usd:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "quantile by (%(cluster)snamespace, usergroup) (1,\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  sum by (%(cluster)snamespace, username) (\n    max_over_time(namespace_username_window:cost_usd:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n  )\n) / 1",
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
              "expr": "sum by (%(cluster)snamespace, usergroup) (\n  group by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n    unless on (%(cluster)snamespace, usergroup, username) (\n      namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} > 0\n      and on (%(cluster)snamespace, username)\n      count by (%(cluster)snamespace, username) (namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\"} == 0) > 1\n    )\n  )\n  * on (%(cluster)snamespace, username) group_left ()\n  (\n    sum by (%(cluster)snamespace, username) (\n      max_over_time(namespace_username_window:cost_usd:sum{%(cluster_matcher)snamespace=~\"$hub\", username!=\"\", window=\"$window\"}[$__range:6h])\n    ) >= bool $cost_limit * 1\n  )\n)",
              "format": "table",
              "instant": true,
              "legendFormat": "__auto",
              "range": false,
              "refId": "H"
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
                  "Value #E": 6,
                  "Value #F": 7,
                  "Value #G": 8,
                  "Value #H": 9
                },
                "renameByName": {
                  "usergroup": "Group",
                  "namespace": "Hub",
                  "Value #A": "Users",
                  "Value #B": "Median",
                  "Value #C": "75 %%",
                  "Value #D": "90 %%",
                  "Value #E": "95 %%",
                  "Value #F": "99 %%",
                  "Value #G": "Highest",
                  "Value #H": "Stopped"
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
              "noValue": "nothing was used in this time range",
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
                        "title": "Users of this group",
                        "url": "/d/hubmeter-users?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__data.fields.Hub:percentencode}&var-usergroup=${__data.fields.Group:percentencode}"
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
                  "options": "Users"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "Median"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "75 %%"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "90 %%"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "95 %%"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "99 %%"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "Highest"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                  "options": "Stopped"
                },
                "properties": [
                  {
                    "id": "noValue",
                    "value": "-"
                  },
                  {
                    "id": "unit",
                    "value": "locale"
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
                          "color": "semi-dark-orange"
                        }
                      ]
                    }
                  },
                  {
                    "id": "custom.cellOptions",
                    "value": {
                      "type": "color-text"
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
                "displayName": "Highest",
                "desc": true
              }
            ]
          },
          "gridPos": {
            "h": 8,
            "w": 19,
            "x": 5,
            "y": 85
          }
        }
      ],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 58
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
      },
      {
        "type": "query",
        "name": "username",
        "label": "User",
        "hide": 0,
        "query": {
          "query": "label_values(namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}, username)",
          "refId": "username",
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
        "type": "custom",
        "name": "window",
        "label": "Window",
        "hide": 0,
        "query": "%(windows)s",
        "current": {
          "selected": true,
          "text": "7d",
          "value": "7d"
        },
        "options": [],
        "includeAll": false,
        "multi": false
      },
      {
        "type": "textbox",
        "name": "memory_limit",
        "label": "Try: GiB-hours",
        "hide": 0,
        "query": "100",
        "current": {
          "selected": true,
          "text": "100",
          "value": "100"
        },
        "options": [],
        "includeAll": false,
        "multi": false
      },
      {
        "type": "textbox",
        "name": "cpu_limit",
        "label": "Try: core-hours",
        "hide": 0,
        "query": "50",
        "current": {
          "selected": true,
          "text": "50",
          "value": "50"
        },
        "options": [],
        "includeAll": false,
        "multi": false
      },
      {
        "type": "textbox",
        "name": "gpu_limit",
        "label": "Try: GPU-hours",
        "hide": 0,
        "query": "10",
        "current": {
          "selected": true,
          "text": "10",
          "value": "10"
        },
        "options": [],
        "includeAll": false,
        "multi": false
      },
      {
        "type": "textbox",
        "name": "cost_limit",
        "label": "Try: USD",
        "hide": 0,
        "query": "20",
        "current": {
          "selected": true,
          "text": "20",
          "value": "20"
        },
        "options": [],
        "includeAll": false,
        "multi": false
      }
    ]
  },
  "title": "Hubmeter / Quotas",
  "time": {
    "from": "now-7d",
    "to": "now"
  },
  "timepicker": {},
  "timezone": "browser",
  "version": 0,
  "uid": "hubmeter-quotas"
}
