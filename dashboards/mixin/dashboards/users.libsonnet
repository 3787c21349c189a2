// Written by hubmeter-generate; do not edit.
{
  "annotations": {
    "list": []
  },
  "description": "One user or several: what their servers use, request and may use, when they ran, their home directories and groups.",
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
      "title": "Users online",
      "description": "How many of the chosen users have a running server.",
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
          "expr": "count(\n  sum by (%(cluster)snamespace, username) (\n    namespace_username:servers:count{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}\n    and on (%(cluster)snamespace, username)\n    namespace_usergroup_username:servers:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n  ) > 0\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
        "x": 0,
        "y": 0
      }
    },
    {
      "id": 2,
      "type": "stat",
      "title": "Running servers",
      "description": "Servers of the chosen users that run or start now, named servers included.",
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
          "expr": "sum(\n  namespace_username:servers:count{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:servers:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
      "title": "Memory in use",
      "description": "Working set of all containers of the chosen users: what Kubernetes counts against a memory limit.",
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
          "expr": "sum(\n  namespace_username:memory_working_set_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:memory_working_set_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
      "title": "Memory requests",
      "description": "What the pods of the chosen users have reserved on nodes.",
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
          "expr": "sum(\n  namespace_username:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
        "x": 9,
        "y": 0
      }
    },
    {
      "id": 5,
      "type": "stat",
      "title": "CPU in use",
      "description": "Cores in use in the last minute.",
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
          "expr": "sum(\n  namespace_username:cpu_usage_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:cpu_usage_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
      "title": "CPU requests",
      "description": "Cores that the pods of the chosen users have reserved on nodes.",
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
          "expr": "sum(\n  namespace_username:cpu_requests_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:cpu_requests_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
        "x": 15,
        "y": 0
      }
    },
    {
      "id": 7,
      "type": "stat",
      "title": "GPUs requested",
      "description": "GPUs that the servers of the chosen users hold, whether they compute or not.",
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
          "expr": "sum(\n  namespace_username:gpu_requests:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:gpu_requests:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
        "x": 18,
        "y": 0
      }
    },
    {
      "id": 8,
      "type": "stat",
      "title": "Home directories",
      "description": "Size of the home directories of the chosen users.",
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
          "expr": "sum(\n  namespace_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
      "title": "Users",
      "description": "The chosen users who have a server at the end of the time range, each whole, whatever part their groups bear. (no user) is what no user claims: the hub's own pods. Click a user to see only them.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, username) (\n    namespace_username:servers:count{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n    and on (%(cluster)snamespace, username)\n    namespace_usergroup_username:servers:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n  ),\n  \"username\", \"(no user)\", \"username\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, username) (\n    namespace_username:memory_working_set_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n    and on (%(cluster)snamespace, username)\n    namespace_usergroup_username:memory_working_set_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n  ),\n  \"username\", \"(no user)\", \"username\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, username) (\n    namespace_username:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n    and on (%(cluster)snamespace, username)\n    namespace_usergroup_username:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n  ),\n  \"username\", \"(no user)\", \"username\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, username) (\n    namespace_username:memory_limits_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n    and on (%(cluster)snamespace, username)\n    namespace_usergroup_username:memory_limits_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n  ),\n  \"username\", \"(no user)\", \"username\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, username) (\n    namespace_username:cpu_usage_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n    and on (%(cluster)snamespace, username)\n    namespace_usergroup_username:cpu_usage_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n  ),\n  \"username\", \"(no user)\", \"username\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, username) (\n    namespace_username:cpu_requests_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n    and on (%(cluster)snamespace, username)\n    namespace_usergroup_username:cpu_requests_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n  ),\n  \"username\", \"(no user)\", \"username\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, username) (\n    namespace_username:cpu_limits_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n    and on (%(cluster)snamespace, username)\n    namespace_usergroup_username:cpu_limits_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n  ),\n  \"username\", \"(no user)\", \"username\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, username) (\n    namespace_username:gpu_requests:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n    and on (%(cluster)snamespace, username)\n    namespace_usergroup_username:gpu_requests:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n  ),\n  \"username\", \"(no user)\", \"username\", \"\"\n)",
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
              "username": 0,
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
              "username": "User",
              "namespace": "Hub",
              "Value #A": "Servers",
              "Value #B": "Memory in use",
              "Value #C": "Memory requested",
              "Value #D": "Memory limit",
              "Value #E": "CPU in use",
              "Value #F": "CPU requested",
              "Value #G": "CPU limit",
              "Value #H": "GPUs"
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
              "options": "Servers"
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
              "options": "Memory in use"
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
              "options": "Memory limit"
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
                "value": 90
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
              "options": "CPU limit"
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
                "id": "custom.width",
                "value": 100
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
                "id": "custom.width",
                "value": 70
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
        "w": 24,
        "x": 0,
        "y": 4
      }
    },
    {
      "id": 10,
      "type": "row",
      "title": "Sessions",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 15
      }
    },
    {
      "id": 11,
      "type": "state-timeline",
      "title": "Sessions",
      "description": "When each user had a server: the users with the most server-hours in the time range, at most 25. Another colour is two servers at once. From the servers recorded each minute.",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username:servers:count{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:servers:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nand on (%(cluster)snamespace, username)\ntopk(25,\n  sum by (%(cluster)snamespace, username) (\n    sum_over_time(\n      namespace_usergroup_username:servers:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\", username!=\"\"}[$__range:$__interval] @ end()\n    )\n  )\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{username}} · %(cluster_legend)s{{namespace}}",
          "range": true,
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
          "mappings": [
            {
              "type": "range",
              "options": {
                "from": 0.5,
                "to": 1.5,
                "result": {
                  "text": "one server",
                  "color": "blue",
                  "index": 0
                }
              }
            },
            {
              "type": "range",
              "options": {
                "from": 1.5,
                "to": 2.5,
                "result": {
                  "text": "two servers",
                  "color": "purple",
                  "index": 1
                }
              }
            },
            {
              "type": "range",
              "options": {
                "from": 2.5,
                "to": null,
                "result": {
                  "text": "three and more",
                  "color": "semi-dark-orange",
                  "index": 2
                }
              }
            }
          ],
          "noValue": "nobody",
          "custom": {
            "fillOpacity": 80,
            "lineWidth": 0,
            "spanNulls": false,
            "insertNulls": false
          }
        },
        "overrides": []
      },
      "options": {
        "mergeValues": true,
        "showValue": "never",
        "alignValue": "left",
        "rowHeight": 0.75,
        "perPage": 25,
        "legend": {
          "displayMode": "list",
          "placement": "bottom",
          "showLegend": true,
          "calcs": []
        },
        "tooltip": {
          "mode": "single",
          "sort": "none"
        }
      },
      "gridPos": {
        "h": 12,
        "w": 14,
        "x": 0,
        "y": 16
      }
    },
    {
      "id": 12,
      "type": "table",
      "title": "Hours in the time range",
      "description": "What each user's servers took in the time range: running hours, and memory and CPU requested times hours. Sums of 5-minute buckets.",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  sum_over_time(namespace_username:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}[$__range] offset -1ms)\n) / 1\nand on (%(cluster)snamespace, username)\ntopk(100,\n  sum by (%(cluster)snamespace, username) (\n    sum_over_time(namespace_usergroup_username:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}[$__range] offset -1ms)\n  )\n)",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  sum_over_time(namespace_username:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}[$__range] offset -1ms)\n) / 2^30\nand on (%(cluster)snamespace, username)\ntopk(100,\n  sum by (%(cluster)snamespace, username) (\n    sum_over_time(namespace_usergroup_username:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}[$__range] offset -1ms)\n  )\n)",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  sum_over_time(namespace_username:cpu_requests_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}[$__range] offset -1ms)\n) / 1\nand on (%(cluster)snamespace, username)\ntopk(100,\n  sum by (%(cluster)snamespace, username) (\n    sum_over_time(namespace_usergroup_username:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}[$__range] offset -1ms)\n  )\n)",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  sum_over_time(namespace_username:gpu_requests_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}[$__range] offset -1ms)\n) / 1\nand on (%(cluster)snamespace, username)\ntopk(100,\n  sum by (%(cluster)snamespace, username) (\n    sum_over_time(namespace_usergroup_username:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}[$__range] offset -1ms)\n  )\n)",
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
              "username": 0,
              "namespace": 1,
              "Value #A": 2,
              "Value #B": 3,
              "Value #C": 4,
              "Value #D": 5
            },
            "renameByName": {
              "username": "User",
              "namespace": "Hub",
              "Value #A": "Server-hours",
              "Value #B": "GiB-hours",
              "Value #C": "Core-hours",
              "Value #D": "GPU-hours"
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
              "options": "Server-hours"
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
              "options": "GiB-hours"
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
                "id": "custom.width",
                "value": 80
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Core-hours"
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
                "id": "custom.width",
                "value": 80
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
                "id": "decimals",
                "value": 0
              },
              {
                "id": "custom.width",
                "value": 80
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
            "displayName": "Server-hours",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 12,
        "w": 10,
        "x": 14,
        "y": 16
      }
    },
    {
      "id": 13,
      "type": "row",
      "title": "Memory",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 28
      }
    },
    {
      "id": 14,
      "type": "timeseries",
      "title": "Memory of the chosen users together",
      "description": "In use, requested (what fills nodes) and limit (above it a container is killed), all chosen users added. With one user chosen: whether the size of the server fits the work.",
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
          "expr": "sum(\n  namespace_username:memory_working_set_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:memory_working_set_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
          "format": "time_series",
          "instant": false,
          "legendFormat": "in use",
          "range": true,
          "refId": "A"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(\n  namespace_username:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
          "format": "time_series",
          "instant": false,
          "legendFormat": "requested",
          "range": true,
          "refId": "B"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(\n  namespace_username:memory_limits_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:memory_limits_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
          "format": "time_series",
          "instant": false,
          "legendFormat": "limit",
          "range": true,
          "refId": "C"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "bytes",
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
          "noValue": "no data in this time range"
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
              "options": "in use"
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
              "options": "requested"
            },
            "properties": [
              {
                "id": "color",
                "value": {
                  "mode": "fixed",
                  "fixedColor": "semi-dark-green"
                }
              },
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
                "id": "custom.fillOpacity",
                "value": 0
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "limit"
            },
            "properties": [
              {
                "id": "color",
                "value": {
                  "mode": "fixed",
                  "fixedColor": "text"
                }
              },
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
                "id": "custom.fillOpacity",
                "value": 0
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
        "h": 10,
        "w": 8,
        "x": 0,
        "y": 29
      }
    },
    {
      "id": 15,
      "type": "timeseries",
      "title": "Memory in use by user",
      "description": "Working set by user: the 15 users with the most over the time range.",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username:memory_working_set_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:memory_working_set_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nand on (%(cluster)snamespace, username)\ntopk(15,\n  sum by (%(cluster)snamespace, username) (\n    sum_over_time(\n      namespace_usergroup_username:memory_working_set_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\", username!=\"\"}[$__range:$__interval] @ end()\n    )\n  )\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{username}} · %(cluster_legend)s{{namespace}}",
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
        "h": 10,
        "w": 8,
        "x": 8,
        "y": 29
      }
    },
    {
      "id": 16,
      "type": "timeseries",
      "title": "Memory requested by user",
      "description": "Memory reserved on nodes by user: the 15 users with the most over the time range.",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nand on (%(cluster)snamespace, username)\ntopk(15,\n  sum by (%(cluster)snamespace, username) (\n    sum_over_time(\n      namespace_usergroup_username:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\", username!=\"\"}[$__range:$__interval] @ end()\n    )\n  )\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{username}} · %(cluster_legend)s{{namespace}}",
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
        "h": 10,
        "w": 8,
        "x": 16,
        "y": 29
      }
    },
    {
      "id": 17,
      "type": "row",
      "title": "CPU and GPUs",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 39
      }
    },
    {
      "id": 18,
      "type": "timeseries",
      "title": "CPU of the chosen users together",
      "description": "Cores in use, requested and at most allowed, all chosen users added. Use above the requests is borrowed from neighbours and slows down when they come back.",
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
          "expr": "sum(\n  namespace_username:cpu_usage_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:cpu_usage_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
          "format": "time_series",
          "instant": false,
          "legendFormat": "in use",
          "range": true,
          "refId": "A"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(\n  namespace_username:cpu_requests_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:cpu_requests_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
          "format": "time_series",
          "instant": false,
          "legendFormat": "requested",
          "range": true,
          "refId": "B"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "sum(\n  namespace_username:cpu_limits_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:cpu_limits_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
          "format": "time_series",
          "instant": false,
          "legendFormat": "limit",
          "range": true,
          "refId": "C"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "suffix:cores",
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
          "noValue": "no data in this time range"
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
              "options": "in use"
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
              "options": "requested"
            },
            "properties": [
              {
                "id": "color",
                "value": {
                  "mode": "fixed",
                  "fixedColor": "semi-dark-green"
                }
              },
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
                "id": "custom.fillOpacity",
                "value": 0
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "limit"
            },
            "properties": [
              {
                "id": "color",
                "value": {
                  "mode": "fixed",
                  "fixedColor": "text"
                }
              },
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
                "id": "custom.fillOpacity",
                "value": 0
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
        "h": 10,
        "w": 8,
        "x": 0,
        "y": 40
      }
    },
    {
      "id": 19,
      "type": "timeseries",
      "title": "CPU in use by user",
      "description": "Cores in use by user: the 15 users with the most over the time range.",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username:cpu_usage_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:cpu_usage_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nand on (%(cluster)snamespace, username)\ntopk(15,\n  sum by (%(cluster)snamespace, username) (\n    sum_over_time(\n      namespace_usergroup_username:cpu_usage_cores:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\", username!=\"\"}[$__range:$__interval] @ end()\n    )\n  )\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{username}} · %(cluster_legend)s{{namespace}}",
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
        "h": 10,
        "w": 8,
        "x": 8,
        "y": 40
      }
    },
    {
      "id": 20,
      "type": "timeseries",
      "title": "GPUs by user",
      "description": "GPUs that the users' pods hold: the 15 users with the most over the time range.",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username:gpu_requests:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:gpu_requests:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nand on (%(cluster)snamespace, username)\ntopk(15,\n  sum by (%(cluster)snamespace, username) (\n    sum_over_time(\n      namespace_usergroup_username:gpu_requests:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\", username!=\"\"}[$__range:$__interval] @ end()\n    )\n  )\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{username}} · %(cluster_legend)s{{namespace}}",
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
          "noValue": "no GPU was requested in this time range",
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
        "h": 10,
        "w": 8,
        "x": 16,
        "y": 40
      }
    },
    {
      "id": 21,
      "type": "row",
      "title": "Home directories and groups",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 50
      }
    },
    {
      "id": 22,
      "type": "timeseries",
      "title": "Home directories",
      "description": "Size by user, directories in either spelling of the name together: the 15 users with the most over the time range.",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)\nand on (%(cluster)snamespace, username)\ntopk(15,\n  sum by (%(cluster)snamespace, username) (\n    sum_over_time(\n      namespace_usergroup_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\", username!=\"\"}[$__range:$__interval] @ end()\n    )\n  )\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{username}} · %(cluster_legend)s{{namespace}}",
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
          "noValue": "no sizes of home directories: see docs/metrics.md, dirsize_total_size_bytes",
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
        "h": 10,
        "w": 8,
        "x": 0,
        "y": 51
      }
    },
    {
      "id": 23,
      "type": "table",
      "title": "Home directories against their limits",
      "description": "The 100 largest home directories of the chosen users, and how much of their limit they fill at the end of the time range. No limit: the storage reports none.",
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
          "expr": "sum by (%(cluster)snamespace, username) (\n  namespace_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"}\n)\n/ sum by (%(cluster)snamespace, username) (\n  namespace_username:home_limit_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\"} > 0\n)\nand on (%(cluster)snamespace, username)\ntopk(100,\n  namespace_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", username=~\"$username\", username!=\"\"}\n  and on (%(cluster)snamespace, username)\n  namespace_usergroup_username:home_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n)",
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
              "Value #C": "Full"
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
                "value": 100
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
                "id": "custom.width",
                "value": 100
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
        "h": 10,
        "w": 8,
        "x": 8,
        "y": 51
      }
    },
    {
      "id": 24,
      "type": "table",
      "title": "Groups",
      "description": "The groups the chosen users are in now, and the part of their usage that each bears. Users in no group stand under none. At most 500 rows.",
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
          "expr": "topk(500,\n  sum by (%(cluster)snamespace, usergroup, username) (\n    namespace_usergroup_username:usergroup_share:last{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username=~\"$username\"}\n  )\n)",
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
              "usergroup": 2,
              "Value": 3
            },
            "renameByName": {
              "username": "User",
              "namespace": "Hub",
              "usergroup": "Group",
              "Value": "Share"
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
                "value": 100
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
              "options": "Share"
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
                "value": 80
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
        "h": 10,
        "w": 8,
        "x": 16,
        "y": 51
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
  "title": "Hubmeter / Users",
  "time": {
    "from": "now-24h",
    "to": "now"
  },
  "timepicker": {},
  "timezone": "browser",
  "version": 0,
  "uid": "hubmeter-users"
}
