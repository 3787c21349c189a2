// Written by hubmeter-generate; do not edit.
{
  "annotations": {
    "list": []
  },
  "description": "How large home directories are by group and user, how full, how they grow, and which nobody needs any more.",
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
      "title": "All home directories",
      "description": "Size of the chosen users' home directories, each once, and of directories whose user the hub no longer knows.",
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
          "expr": "sum(\n  namespace_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "bytes",
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
          "noValue": "no sizes of home directories: see docs/metrics.md, dirsize_total_size_bytes"
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
      "title": "Growth in the time range",
      "description": "Size now minus size at the start of the time range, for the chosen groups.",
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
          "expr": "sum(namespace_usergroup:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"})\n- sum(namespace_usergroup:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"} offset $__range)",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "bytes",
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
          "noValue": "no size at the start"
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
      "title": "Sum of limits",
      "description": "What the chosen users may store together. More than the disk holds is usual: few fill their limit.",
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
          "expr": "sum(\n  namespace_username:home_limit_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:home_limit_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "bytes",
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
          "noValue": "no limits"
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
      "title": "More than 90 %% full",
      "description": "Users whose home directory fills more than nine tenths of its limit. A full home directory keeps a server from starting.",
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
          "expr": "count(\n  sum by (%(cluster)snamespace, username) (\n    namespace_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}\n    and on (%(cluster)snamespace, username)\n    namespace_usergroup_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n  )\n  / sum by (%(cluster)snamespace, username) (namespace_username:home_limit_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"} > 0)\n  > 0.9\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
                "color": "semi-dark-orange"
              }
            ]
          },
          "noValue": "0"
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
      "title": "Stale",
      "description": "Home directories of users the hub knows who had no server in the last %(longest_window)s (the longest of the windows in the settings). Says too much until that long has been recorded.",
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
          "expr": "sum(\n  namespace_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n  unless on (%(cluster)snamespace, username)\n  namespace_username_window:server_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", window=\"%(longest_window)s\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "bytes",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "semi-dark-yellow"
              }
            ]
          },
          "noValue": "none"
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
      "title": "Orphaned",
      "description": "Directories that belong to no user the hub knows, by either spelling of the name: users who were deleted.",
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
          "expr": "sum(namespace_directory:orphaned_home_bytes:max{%(cluster_matcher)snamespace=~\"$hub\"})\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "bytes",
          "color": {
            "mode": "thresholds"
          },
          "thresholds": {
            "mode": "absolute",
            "steps": [
              {
                "value": null,
                "color": "semi-dark-yellow"
              }
            ]
          },
          "noValue": "none"
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
      "type": "row",
      "title": "Groups",
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
      "id": 8,
      "type": "timeseries",
      "title": "Home directories by group",
      "description": "Size of the home directories of the groups' users, by the share each group bears. (no group): directories of users the hub no longer knows.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{usergroup}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "bytes",
          "min": 0,
          "color": {
            "mode": "palette-classic-by-name"
          },
          "custom": {
            "drawStyle": "line",
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
          "noValue": "no sizes of home directories: see docs/metrics.md, dirsize_total_size_bytes",
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
        "w": 12,
        "x": 0,
        "y": 5
      }
    },
    {
      "id": 9,
      "type": "table",
      "title": "Groups",
      "description": "Each group at the end of the time range, and what it grew by since its start. Sizes and limits by the share the group bears.",
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
          "expr": "count by (%(cluster)snamespace, usergroup) (\n  namespace_usergroup_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username!=\"\"}\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:home_limit_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  )\n  - sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"} offset $__range\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "D"
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
              "Value #D": 5
            },
            "renameByName": {
              "usergroup": "Group",
              "namespace": "Hub",
              "Value #A": "Users",
              "Value #B": "Size",
              "Value #C": "Limits",
              "Value #D": "Growth"
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
              },
              {
                "id": "custom.width",
                "value": 110
              },
              {
                "id": "links",
                "value": [
                  {
                    "title": "Groups of this hub",
                    "url": "/d/hubmeter-groups?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__data.fields.Hub:percentencode}"
                  }
                ]
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
                "value": 70
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Size"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "bytes"
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
              "options": "Limits"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "bytes"
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
              "options": "Growth"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "bytes"
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
            "displayName": "Size",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 11,
        "w": 12,
        "x": 12,
        "y": 5
      }
    },
    {
      "id": 10,
      "type": "row",
      "title": "Users",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 16
      }
    },
    {
      "id": 11,
      "type": "table",
      "title": "Largest home directories",
      "description": "The 100 largest home directories of the chosen users at the end of the time range, and what they grew by since its start; a new one grew by all it holds.",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n)\nand on (%(cluster)snamespace, username)\ntopk(100,\n  namespace_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username:home_limit_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n)\nand on (%(cluster)snamespace, username)\ntopk(100,\n  namespace_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  - (\n    namespace_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"} offset $__range\n    or namespace_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"} * 0\n  )\n)\nand on (%(cluster)snamespace, username)\ntopk(100,\n  namespace_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)",
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
              "Value #A": 2,
              "Value #B": 3,
              "Value #C": 4
            },
            "renameByName": {
              "username": "User",
              "namespace": "Hub",
              "Value #A": "Size",
              "Value #B": "Limit",
              "Value #C": "Growth"
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
          "noValue": "no sizes of home directories: see docs/metrics.md, dirsize_total_size_bytes",
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
                "value": 110
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Size"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "bytes"
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
              "options": "Limit"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "bytes"
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
              "options": "Growth"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "bytes"
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
            "displayName": "Size",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 12,
        "w": 14,
        "x": 0,
        "y": 17
      }
    },
    {
      "id": 12,
      "type": "table",
      "title": "Fullest home directories",
      "description": "The 100 home directories nearest to their limit at the end of the time range.",
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
          "expr": "topk(100,\n  (\n    sum by (%(cluster)snamespace, username) (\n      namespace_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}\n      and on (%(cluster)snamespace, username)\n      namespace_usergroup_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n    )\n    / sum by (%(cluster)snamespace, username) (namespace_username:home_limit_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"} > 0)\n  )\n)",
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
              "Value": "Full"
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
          "noValue": "no limits",
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
                "value": 110
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Full"
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
                      "value": 0.75,
                      "color": "semi-dark-yellow"
                    },
                    {
                      "value": 0.9,
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
          }
        ]
      },
      "options": {
        "showHeader": true,
        "cellHeight": "sm",
        "sortBy": [
          {
            "displayName": "Full",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 12,
        "w": 10,
        "x": 14,
        "y": 17
      }
    },
    {
      "id": 13,
      "type": "row",
      "title": "Stale and orphaned",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 29
      }
    },
    {
      "id": 14,
      "type": "table",
      "title": "Stale: no server in the last %(longest_window)s",
      "description": "The 100 largest home directories of users the hub knows who had no server in the last %(longest_window)s. Ask before you archive: holidays are long too.",
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
          "expr": "topk(100,\n  sum by (%(cluster)snamespace, username) (\n    namespace_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}\n    and on (%(cluster)snamespace, username)\n    namespace_usergroup_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n  )\n  unless on (%(cluster)snamespace, username)\n  namespace_username_window:server_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", window=\"%(longest_window)s\"}\n)",
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
              "Value": "Size"
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
              "options": "Size"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "bytes"
              },
              {
                "id": "thresholds",
                "value": {
                  "mode": "absolute",
                  "steps": [
                    {
                      "value": null,
                      "color": "semi-dark-yellow"
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
            "displayName": "Size",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 12,
        "w": 12,
        "x": 0,
        "y": 30
      }
    },
    {
      "id": 15,
      "type": "table",
      "title": "Orphaned: no such user",
      "description": "The 100 largest directories that belong to no user the hub knows. Directories that are not homes (shared data) show here too.",
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
          "expr": "topk(100,\n  sum by (%(cluster)snamespace, directory) (namespace_directory:orphaned_home_bytes:max{%(cluster_matcher)snamespace=~\"$hub\"})\n)",
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
              "directory": 0,
              "namespace": 1,
              "Value": 2
            },
            "renameByName": {
              "directory": "Directory",
              "namespace": "Hub",
              "Value": "Size"
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
              "options": "Directory"
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
                "value": 140
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Size"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "bytes"
              },
              {
                "id": "thresholds",
                "value": {
                  "mode": "absolute",
                  "steps": [
                    {
                      "value": null,
                      "color": "semi-dark-yellow"
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
            "displayName": "Size",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 12,
        "w": 12,
        "x": 12,
        "y": 30
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
      }
    ]
  },
  "title": "Hubmeter / Home directories",
  "time": {
    "from": "now-30d",
    "to": "now"
  },
  "timepicker": {},
  "timezone": "browser",
  "version": 0,
  "uid": "hubmeter-homes"
}
