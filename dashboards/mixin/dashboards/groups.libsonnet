// Written by hubmeter-generate; do not edit.
{
  "annotations": {
    "list": []
  },
  "description": "What every group of users requests and uses, now and over time, how well, and which of its users do.",
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
      "title": "Running servers",
      "description": "Servers of the chosen groups that run or start now. A user of several groups counts in each by the share that group bears.",
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
          "expr": "sum(namespace_usergroup:servers:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"})\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
      "title": "Users, last %(longest_window)s",
      "description": "Distinct users of the chosen groups who had a server in the last %(longest_window)s. A user of several groups counts once.",
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
          "expr": "count(\n  count by (%(cluster)snamespace, username) (\n    namespace_usergroup_username_window:server_hours:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username!=\"\", window=\"%(longest_window)s\"} > 0\n  )\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
                "color": "blue"
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
        "w": 3,
        "x": 3,
        "y": 0
      }
    },
    {
      "id": 3,
      "type": "stat",
      "title": "Memory requests",
      "description": "What the pods of the groups' users have reserved on nodes. This, not use, is what fills a cluster. A user of several groups counts in each by the share that group bears.",
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
          "expr": "sum(namespace_usergroup:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"})\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
        "w": 3,
        "x": 6,
        "y": 0
      }
    },
    {
      "id": 4,
      "type": "stat",
      "title": "… used of it",
      "description": "Memory used as a part of the memory requested, over the whole time range: byte-hours in use divided by byte-hours requested. Low: servers are larger than the work on them.",
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
          "expr": "sum(sum_over_time(namespace_usergroup:memory_working_set_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms))\n/\nsum(sum_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms))",
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
                "color": "semi-dark-orange"
              },
              {
                "value": 0.2,
                "color": "semi-dark-yellow"
              },
              {
                "value": 0.4,
                "color": "semi-dark-green"
              },
              {
                "value": 1.2,
                "color": "semi-dark-orange"
              }
            ]
          },
          "noValue": "no use",
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
      "title": "CPU requests",
      "description": "Cores that the pods of the groups' users have reserved on nodes. A user of several groups counts in each by the share that group bears.",
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
          "expr": "sum(namespace_usergroup:cpu_requests_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"})\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "suffix:cores",
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
        "x": 12,
        "y": 0
      }
    },
    {
      "id": 6,
      "type": "stat",
      "title": "… used of it",
      "description": "CPU time used as a part of the CPU time requested, over the whole time range. Notebooks wait for people most of the time: 15 %% is good. Above 100 %%, servers borrow from their neighbours.",
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
          "expr": "sum(sum_over_time(namespace_usergroup:cpu_usage_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms))\n/\nsum(sum_over_time(namespace_usergroup:cpu_requests_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms))",
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
                "color": "semi-dark-orange"
              },
              {
                "value": 0.05,
                "color": "semi-dark-yellow"
              },
              {
                "value": 0.15,
                "color": "semi-dark-green"
              },
              {
                "value": 1.2,
                "color": "semi-dark-orange"
              }
            ]
          },
          "noValue": "no use",
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
      "title": "GPUs requested",
      "description": "GPUs that the groups' servers hold now, whether they compute or not. A user of several groups counts in each by the share that group bears.",
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
          "expr": "sum(namespace_usergroup:gpu_requests:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"})\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
        "x": 18,
        "y": 0
      }
    },
    {
      "id": 8,
      "type": "stat",
      "title": "Home directories",
      "description": "Size of the home directories of the groups' users. A user of several groups counts in each by the share that group bears.",
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
          "expr": "sum(namespace_usergroup:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"})\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
        "w": 3,
        "x": 21,
        "y": 0
      }
    },
    {
      "id": 9,
      "type": "table",
      "title": "Groups",
      "description": "Each group at the end of the time range; what was used of the requests is over the whole time range. (no group) is what no group claims: the hub's own pods and users it does not know. Click a group for its users.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup_window:active_users:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", window=\"%(longest_window)s\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:servers:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:memory_working_set_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  )\n  /\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:cpu_requests_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:cpu_usage_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  )\n  /\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:cpu_requests_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:gpu_requests:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "sort_desc(label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  )\n  / on (%(cluster)snamespace) group_left ()\n  sum by (%(cluster)snamespace) (\n    sum_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\"}[$__range] offset -1ms)\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n))",
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
              "usergroup": 0,
              "namespace": 1,
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
              "usergroup": "Group",
              "namespace": "Hub",
              "Value #A": "Active users",
              "Value #B": "Servers",
              "Value #C": "Memory requested",
              "Value #D": "Memory used",
              "Value #E": "CPU requested",
              "Value #F": "CPU used",
              "Value #G": "GPUs",
              "Value #H": "Homes",
              "Value #I": "Share of the hub"
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
              "options": "Active users"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "custom.width",
                "value": 80
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
                "id": "decimals",
                "value": 1
              },
              {
                "id": "custom.width",
                "value": 80
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Memory requested"
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
              "options": "Memory used"
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
                      "color": "semi-dark-orange"
                    },
                    {
                      "value": 0.2,
                      "color": "semi-dark-yellow"
                    },
                    {
                      "value": 0.4,
                      "color": "semi-dark-green"
                    },
                    {
                      "value": 1.2,
                      "color": "semi-dark-orange"
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
              "options": "CPU requested"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "suffix:cores"
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
              "options": "CPU used"
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
                      "color": "semi-dark-orange"
                    },
                    {
                      "value": 0.05,
                      "color": "semi-dark-yellow"
                    },
                    {
                      "value": 0.15,
                      "color": "semi-dark-green"
                    },
                    {
                      "value": 1.2,
                      "color": "semi-dark-orange"
                    }
                  ]
                }
              },
              {
                "id": "custom.width",
                "value": 80
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
              "options": "GPUs"
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
                "id": "custom.width",
                "value": 70
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Homes"
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
              "options": "Share of the hub"
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
            "displayName": "Share of the hub",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 14,
        "w": 24,
        "x": 0,
        "y": 4
      }
    },
    {
      "id": 10,
      "type": "row",
      "title": "Memory",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 18
      }
    },
    {
      "id": 11,
      "type": "timeseries",
      "title": "Memory requested by group",
      "description": "Memory reserved on nodes, by the group that bears it, recorded once a minute. The height of the stack is what the chosen groups take from the cluster.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "noValue": "no data in this time range",
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
        "h": 11,
        "w": 12,
        "x": 0,
        "y": 19
      }
    },
    {
      "id": 12,
      "type": "timeseries",
      "title": "Memory in use by group",
      "description": "Working set of the containers, what Kubernetes counts against a limit, by the group that bears it. Far below the requests: servers are larger than needed.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:memory_working_set_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "noValue": "no data in this time range",
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
        "h": 11,
        "w": 12,
        "x": 12,
        "y": 19
      }
    },
    {
      "id": 13,
      "type": "row",
      "title": "CPU",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 30
      }
    },
    {
      "id": 14,
      "type": "timeseries",
      "title": "CPU requested by group",
      "description": "Cores reserved on nodes, by the group that bears them, recorded once a minute.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:cpu_requests_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{usergroup}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "suffix:cores",
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
          "noValue": "no data in this time range",
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
        "h": 11,
        "w": 12,
        "x": 0,
        "y": 31
      }
    },
    {
      "id": 15,
      "type": "timeseries",
      "title": "CPU in use by group",
      "description": "Cores in use: what the containers' CPU counters grew by in each minute, by the group that bears it. It can exceed the requests, up to the limits, while nodes have cores to spare.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:cpu_usage_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{usergroup}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "suffix:cores",
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
          "noValue": "no data in this time range",
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
        "h": 11,
        "w": 12,
        "x": 12,
        "y": 31
      }
    },
    {
      "id": 16,
      "type": "row",
      "title": "Limits",
      "collapsed": true,
      "panels": [
        {
          "id": 17,
          "type": "timeseries",
          "title": "Memory limits by group",
          "description": "The most memory that the groups' containers may use before they are killed. Containers without a limit are not in it.",
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
              "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:memory_limits_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
              "noValue": "no data in this time range",
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
            "h": 11,
            "w": 12,
            "x": 0,
            "y": 43
          }
        },
        {
          "id": 18,
          "type": "timeseries",
          "title": "CPU limits by group",
          "description": "The most cores that the groups' containers may use at once. Containers without a limit are not in it.",
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
              "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:cpu_limits_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
              "format": "time_series",
              "instant": false,
              "legendFormat": "{{usergroup}} · %(cluster_legend)s{{namespace}}",
              "range": true,
              "refId": "A"
            }
          ],
          "fieldConfig": {
            "defaults": {
              "unit": "suffix:cores",
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
              "noValue": "no data in this time range",
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
            "h": 11,
            "w": 12,
            "x": 12,
            "y": 43
          }
        }
      ],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 42
      }
    },
    {
      "id": 19,
      "type": "row",
      "title": "Efficiency and share",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 54
      }
    },
    {
      "id": 20,
      "type": "timeseries",
      "title": "Memory used of what was requested, by day",
      "description": "Byte-hours in use divided by byte-hours requested, over the 24 hours before each point, one point a UTC day. Below 20 %% most of the reservation is idle; above 100 %% the group relies on memory that its servers did not reserve.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:memory_working_set_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -1ms)\n  )\n  /\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -1ms)\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
            "showPoints": "always",
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
        "h": 11,
        "w": 8,
        "x": 0,
        "y": 55
      }
    },
    {
      "id": 21,
      "type": "timeseries",
      "title": "CPU used of what was requested, by day",
      "description": "Core-hours in use divided by core-hours requested, over the 24 hours before each point, one point a UTC day.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:cpu_usage_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -1ms)\n  )\n  /\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:cpu_requests_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[1d] offset -1ms)\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
            "showPoints": "always",
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
        "h": 11,
        "w": 8,
        "x": 8,
        "y": 55
      }
    },
    {
      "id": 22,
      "type": "bargauge",
      "title": "Share of the hub's memory-hours",
      "description": "The part of all memory-hours requested in its hub that each group bears over the time range. The whole is all groups of the hub and what no group claims.",
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
          "expr": "sort_desc(label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  )\n  / on (%(cluster)snamespace) group_left ()\n  sum by (%(cluster)snamespace) (\n    sum_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\"}[$__range] offset -1ms)\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n))",
          "format": "time_series",
          "instant": true,
          "legendFormat": "{{usergroup}} · %(cluster_legend)s{{namespace}}",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "percentunit",
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
          "max": 1,
          "decimals": 1,
          "links": [
            {
              "title": "Users of this group",
              "url": "/d/hubmeter-users?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__field.labels.namespace:percentencode}&var-usergroup=${__field.labels.usergroup:percentencode}"
            }
          ]
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
        "h": 11,
        "w": 8,
        "x": 16,
        "y": 55
      }
    },
    {
      "id": 23,
      "type": "row",
      "title": "Servers, GPUs and users",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 66
      }
    },
    {
      "id": 24,
      "type": "timeseries",
      "title": "Running servers by group",
      "description": "Servers that run or start, named servers included, by the group that bears them: a server of a user of two groups may count half in each.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:servers:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{usergroup}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "short",
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
          "noValue": "no data in this time range",
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
        "h": 11,
        "w": 8,
        "x": 0,
        "y": 67
      }
    },
    {
      "id": 25,
      "type": "timeseries",
      "title": "GPUs by group",
      "description": "GPUs that the groups' pods hold, whether they compute or not.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup:gpu_requests:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{usergroup}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "short",
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
          "noValue": "no GPU was requested in this time range",
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
        "h": 11,
        "w": 8,
        "x": 8,
        "y": 67
      }
    },
    {
      "id": 26,
      "type": "timeseries",
      "title": "Active users by group, last %(longest_window)s",
      "description": "Distinct users of each group who had a server in the %(longest_window)s before each point. Users of several groups count in each.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup_window:active_users:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", window=\"%(longest_window)s\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{usergroup}} · %(cluster_legend)s{{namespace}}",
          "range": true,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "short",
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
          "noValue": "no data in this time range",
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
        "h": 11,
        "w": 8,
        "x": 16,
        "y": 67
      }
    },
    {
      "id": 27,
      "type": "row",
      "title": "Home directories",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 78
      }
    },
    {
      "id": 28,
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
          "placement": "right",
          "showLegend": true,
          "calcs": [
            "mean",
            "max",
            "lastNotNull"
          ],
          "sortBy": "Last *",
          "sortDesc": true,
          "width": 430
        },
        "tooltip": {
          "mode": "multi",
          "sort": "desc"
        }
      },
      "gridPos": {
        "h": 9,
        "w": 24,
        "x": 0,
        "y": 79
      }
    },
    {
      "id": 29,
      "type": "row",
      "title": "Users",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 88
      }
    },
    {
      "id": 30,
      "type": "table",
      "title": "Who holds the most memory now",
      "description": "The 25 users with the most memory requested at the end of the time range, by group. A user of several groups has a row for each, with the part that group bears. Click a user for everything about them.",
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
          "expr": "label_replace(\n  label_replace(\n    topk(25,\n      sum by (%(cluster)snamespace, usergroup, username) (\n        namespace_usergroup_username:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"} > 0\n      )\n    ),\n    \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n  ),\n  \"username\", \"(no user)\", \"username\", \"\"\n)",
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
              "Value": "Memory requested"
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
              "options": "Memory requested"
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
          }
        ]
      },
      "options": {
        "showHeader": true,
        "cellHeight": "sm",
        "sortBy": [
          {
            "displayName": "Memory requested",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 11,
        "w": 12,
        "x": 0,
        "y": 89
      }
    },
    {
      "id": 31,
      "type": "table",
      "title": "Who uses the most CPU now",
      "description": "The 25 users with the most cores in use at the end of the time range, by group. Click a user for everything about them.",
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
          "expr": "label_replace(\n  label_replace(\n    topk(25,\n      sum by (%(cluster)snamespace, usergroup, username) (\n        namespace_usergroup_username:cpu_usage_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"} > 0\n      )\n    ),\n    \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n  ),\n  \"username\", \"(no user)\", \"username\", \"\"\n)",
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
              "Value": "CPU in use"
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
              "options": "CPU in use"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
              },
              {
                "id": "unit",
                "value": "suffix:cores"
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
            "displayName": "CPU in use",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 11,
        "w": 12,
        "x": 12,
        "y": 89
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
  "title": "Hubmeter / Groups",
  "time": {
    "from": "now-7d",
    "to": "now"
  },
  "timepicker": {},
  "timezone": "browser",
  "version": 0,
  "uid": "hubmeter-groups"
}
