// Written by hubmeter-generate; do not edit.
{
  "annotations": {
    "list": []
  },
  "description": "Which sizes are wasted, and what is used and spent by profile, size and image, by group.",
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
      "description": "Servers of the chosen profiles, sizes, images and groups that run or start now.",
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
          "expr": "sum(namespace_usergroup_profile_size_image:servers:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\"})\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
      "title": "Show a profile",
      "description": "The part of the chosen groups' server-hours whose pods showed a profile, a size or an image. At 0 %% kube-state-metrics does not show pods' labels: start it with --metric-labels-allowlist=pods=[hubmeter/profile,hubmeter/size,hubmeter/image].",
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
          "expr": "1 - (\n  sum(\n    sum_over_time(namespace_usergroup_profile_size_image:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=\"\", size=\"\", image=\"\"}[$__range] offset -1ms)\n  )\n  or sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0\n)\n/ (sum(sum_over_time(namespace_usergroup_profile_size_image:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)) > 0)",
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
                "value": 0.5,
                "color": "semi-dark-yellow"
              },
              {
                "value": 0.95,
                "color": "semi-dark-green"
              }
            ]
          },
          "noValue": "no server",
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
      "title": "Memory used",
      "description": "Byte-hours in use divided by byte-hours requested, over the whole time range. Low: servers are larger than the work on them.",
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
          "expr": "sum(sum_over_time(namespace_usergroup_profile_size_image:memory_working_set_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\"}[$__range] offset -1ms))\n/\nsum(sum_over_time(namespace_usergroup_profile_size_image:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\"}[$__range] offset -1ms))",
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
        "x": 6,
        "y": 0
      }
    },
    {
      "id": 4,
      "type": "stat",
      "title": "Idle GiB-hours",
      "description": "Memory requested and not used over the time range, in GiB-hours: what smaller sizes could save.",
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
          "expr": "sum(\n  clamp_min(\n    sum by (%(cluster)snamespace, profile, size, image) (\n      sum_over_time(namespace_usergroup_profile_size_image:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\"}[$__range] offset -1ms)\n    )\n    - sum by (%(cluster)snamespace, profile, size, image) (\n      sum_over_time(namespace_usergroup_profile_size_image:memory_working_set_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\"}[$__range] offset -1ms)\n    ),\n    0\n  )\n) / 2^30",
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
      "title": "CPU used",
      "description": "Core-hours in use divided by core-hours requested, over the whole time range. Notebooks wait for people most of the time: 15 %% is good.",
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
          "expr": "sum(sum_over_time(namespace_usergroup_profile_size_image:cpu_usage_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\"}[$__range] offset -1ms))\n/\nsum(sum_over_time(namespace_usergroup_profile_size_image:cpu_requests_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\"}[$__range] offset -1ms))",
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
        "x": 12,
        "y": 0
      }
    },
    {
      "id": 6,
      "type": "stat",
      "title": "Server-hours",
      "description": "One server for one hour each, over the time range; a server of a user of several groups counts in each by the share that group bears.",
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
          "expr": "sum(sum_over_time(namespace_usergroup_profile_size_image:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\"}[$__range] offset -1ms)) / 1",
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
        "x": 15,
        "y": 0
      }
    },
    {
      "id": 7,
      "type": "stat",
      "title": "GPU-hours",
      "description": "GPUs held times hours, over the time range, whether they computed or not.",
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
          "expr": "sum(sum_over_time(namespace_usergroup_profile_size_image:gpu_requests_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\"}[$__range] offset -1ms)) / 1",
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
        "x": 18,
        "y": 0
      }
    },
    {
      "id": 8,
      "type": "stat",
      "title": "Cost",
      "description": "Memory and GPUs requested over the time range at the prices known when it was used: an estimate, for bills come later. Home directories are not in it. Needs the cost exporter.",
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
          "expr": "sum(sum_over_time(namespace_usergroup_profile_size_image:cost_usd:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\"}[$__range] offset -1ms)) / 1",
          "format": "time_series",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "currencyUSD",
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
          "noValue": "no price"
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
      "title": "Sizes",
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
      "title": "Which sizes are wasted?",
      "description": "Each size over the time range, the most idle memory first. Requested is for each server. Peak is what 95 of 100 servers of the size did not exceed, in 95 of 100 looks, one every 5 minutes: a smaller size that is larger than the peak would have served nearly everybody. Half enough: the part of the time in which half of the requested memory would have been enough. Peak and half are of all groups and images, of the server's own container; the other columns follow the variables on top.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, profile, size) (\n    namespace_usergroup_profile_size_image:servers:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}\n  )\n  or sum by (%(cluster)snamespace, profile, size) (\n    last_over_time(namespace_usergroup_profile_size_image:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n  ) * 0,\n  \"size\", \"(no group)\", \"size\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, profile, size) (\n    sum_over_time(namespace_usergroup_profile_size_image:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n  ) / 1,\n  \"size\", \"(no group)\", \"size\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, profile, size) (\n    sum_over_time(namespace_usergroup_profile_size_image:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n  )\n  /\n  (\n    sum by (%(cluster)snamespace, profile, size) (\n      sum_over_time(namespace_usergroup_profile_size_image:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n    ) > 0\n  ),\n  \"size\", \"(no group)\", \"size\", \"\"\n)",
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
          "expr": "max by (%(cluster)snamespace, profile, size) (\n  quantile_over_time(0.95, namespace_profile_size:server_memory_working_set_bytes:p95{%(cluster_matcher)snamespace=~\"$hub\", profile=~\"$profile\", size=~\"$size\", size!=\"\"}[$__range] offset -1ms)\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, profile, size) (\n    sum_over_time(namespace_usergroup_profile_size_image:memory_working_set_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n  )\n  /\n  (\n    sum by (%(cluster)snamespace, profile, size) (\n      sum_over_time(namespace_usergroup_profile_size_image:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n    ) > 0\n  ),\n  \"size\", \"(no group)\", \"size\", \"\"\n)",
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
          "expr": "sum by (%(cluster)snamespace, profile, size) (\n  sum_over_time(namespace_profile_size_le:server_memory_used_ratio:count{%(cluster_matcher)snamespace=~\"$hub\", profile=~\"$profile\", size=~\"$size\", size!=\"\", le=\"0.5\"}[$__range] offset -1ms)\n)\n/\nsum by (%(cluster)snamespace, profile, size) (\n  sum_over_time(namespace_profile_size_le:server_memory_used_ratio:count{%(cluster_matcher)snamespace=~\"$hub\", profile=~\"$profile\", size=~\"$size\", size!=\"\", le=\"+Inf\"}[$__range] offset -1ms)\n)",
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
          "expr": "label_replace(\n  clamp_min(\n    sum by (%(cluster)snamespace, profile, size) (\n      sum_over_time(namespace_usergroup_profile_size_image:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n    )\n    - sum by (%(cluster)snamespace, profile, size) (\n      sum_over_time(namespace_usergroup_profile_size_image:memory_working_set_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n    ),\n    0\n  ) / 2^30,\n  \"size\", \"(no group)\", \"size\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, profile, size) (\n    sum_over_time(namespace_usergroup_profile_size_image:cpu_requests_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n  )\n  /\n  (\n    sum by (%(cluster)snamespace, profile, size) (\n      sum_over_time(namespace_usergroup_profile_size_image:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n    ) > 0\n  ),\n  \"size\", \"(no group)\", \"size\", \"\"\n)",
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
          "expr": "max by (%(cluster)snamespace, profile, size) (\n  quantile_over_time(0.95, namespace_profile_size:server_cpu_usage_cores:p95{%(cluster_matcher)snamespace=~\"$hub\", profile=~\"$profile\", size=~\"$size\", size!=\"\"}[$__range] offset -1ms)\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "I"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, profile, size) (\n    sum_over_time(namespace_usergroup_profile_size_image:cpu_usage_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n  )\n  /\n  (\n    sum by (%(cluster)snamespace, profile, size) (\n      sum_over_time(namespace_usergroup_profile_size_image:cpu_requests_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n    ) > 0\n  ),\n  \"size\", \"(no group)\", \"size\", \"\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "J"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, profile, size) (\n    sum_over_time(namespace_usergroup_profile_size_image:gpu_requests_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n  ) / 1,\n  \"size\", \"(no group)\", \"size\", \"\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "K"
        },
        {
          "datasource": {
            "type": "prometheus",
            "uid": "${datasource}"
          },
          "editorMode": "code",
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, profile, size) (\n    sum_over_time(namespace_usergroup_profile_size_image:cost_usd:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n  ) / 1,\n  \"size\", \"(no group)\", \"size\", \"\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "L"
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
              "size": 0,
              "profile": 1,
              "namespace": 2,
              "Value #A": 3,
              "Value #B": 4,
              "Value #C": 5,
              "Value #D": 6,
              "Value #E": 7,
              "Value #F": 8,
              "Value #G": 9,
              "Value #H": 10,
              "Value #I": 11,
              "Value #J": 12,
              "Value #K": 13,
              "Value #L": 14
            },
            "renameByName": {
              "size": "Size",
              "profile": "Profile",
              "namespace": "Hub",
              "Value #A": "Servers now",
              "Value #B": "Server-hours",
              "Value #C": "Memory requested",
              "Value #D": "Memory peak",
              "Value #E": "Memory used",
              "Value #F": "Half enough",
              "Value #G": "Idle GiB-hours",
              "Value #H": "CPU requested",
              "Value #I": "CPU peak",
              "Value #J": "CPU used",
              "Value #K": "GPU-hours",
              "Value #L": "Cost"
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
          "noValue": "no pod shows it: start kube-state-metrics with --metric-labels-allowlist=pods=[hubmeter/profile,hubmeter/size,hubmeter/image]",
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
              "options": "Size"
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
              "options": "Profile"
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
              "options": "Servers now"
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
              "options": "Server-hours"
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
                "id": "custom.width",
                "value": 95
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Memory peak"
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
                "value": 95
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
                "value": 90
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
              "options": "Half enough"
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
                      "value": 0.5,
                      "color": "semi-dark-yellow"
                    },
                    {
                      "value": 0.9,
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
              "options": "Idle GiB-hours"
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
                "value": 1
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
              "options": "CPU peak"
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
                "value": 95
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
                "value": 90
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
              "options": "GPU-hours"
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
                "value": 80
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
                "value": "currencyUSD"
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
            "displayName": "Idle GiB-hours",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 12,
        "w": 24,
        "x": 0,
        "y": 5
      }
    },
    {
      "id": 11,
      "type": "timeseries",
      "title": "Memory requested by size",
      "description": "Memory reserved on nodes, by the size of the server; (no size) is pods that show none, the hub's own among them. Sizes of one name in several profiles are added up.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, size) (\n    namespace_usergroup_profile_size_image:memory_requests_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\"}\n  ),\n  \"size\", \"(no size)\", \"size\", \"\"\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{size}} · %(cluster_legend)s{{namespace}}",
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
              "title": "Only this size",
              "url": "/d/hubmeter-profiles?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__field.labels.namespace:percentencode}&var-size=${__field.labels.size:percentencode}"
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
        "y": 17
      }
    },
    {
      "id": 12,
      "type": "timeseries",
      "title": "Memory in use by size",
      "description": "Working set of the containers, by the size of the server. Far below the requests on the left: the size is larger than needed.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, size) (\n    namespace_usergroup_profile_size_image:memory_working_set_bytes:sum{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\"}\n  ),\n  \"size\", \"(no size)\", \"size\", \"\"\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{size}} · %(cluster_legend)s{{namespace}}",
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
              "title": "Only this size",
              "url": "/d/hubmeter-profiles?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__field.labels.namespace:percentencode}&var-size=${__field.labels.size:percentencode}"
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
        "y": 17
      }
    },
    {
      "id": 13,
      "type": "timeseries",
      "title": "Memory used of what was requested, by size and day",
      "description": "Memory in use divided by Memory requested, over the 24 hours before each point, one point a UTC day. The dashed lines are where the colours of the table change. Pods without a size are left out.",
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
          "expr": "sum by (%(cluster)snamespace, size) (\n  sum_over_time(namespace_usergroup_profile_size_image:memory_working_set_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[1d] offset -1ms)\n)\n/\nsum by (%(cluster)snamespace, size) (\n  sum_over_time(namespace_usergroup_profile_size_image:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[1d] offset -1ms)\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{size}} · %(cluster_legend)s{{namespace}}",
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
              "mode": "dashed"
            }
          },
          "noValue": "no pod shows it: start kube-state-metrics with --metric-labels-allowlist=pods=[hubmeter/profile,hubmeter/size,hubmeter/image]",
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
          "links": [
            {
              "title": "Only this size",
              "url": "/d/hubmeter-profiles?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__field.labels.namespace:percentencode}&var-size=${__field.labels.size:percentencode}"
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
        "h": 9,
        "w": 12,
        "x": 0,
        "y": 28
      }
    },
    {
      "id": 14,
      "type": "timeseries",
      "title": "CPU used of what was requested, by size and day",
      "description": "CPU in use divided by CPU requested, over the 24 hours before each point, one point a UTC day. The dashed lines are where the colours of the table change. Pods without a size are left out.",
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
          "expr": "sum by (%(cluster)snamespace, size) (\n  sum_over_time(namespace_usergroup_profile_size_image:cpu_usage_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[1d] offset -1ms)\n)\n/\nsum by (%(cluster)snamespace, size) (\n  sum_over_time(namespace_usergroup_profile_size_image:cpu_requests_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[1d] offset -1ms)\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{size}} · %(cluster_legend)s{{namespace}}",
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
              "mode": "dashed"
            }
          },
          "noValue": "no pod shows it: start kube-state-metrics with --metric-labels-allowlist=pods=[hubmeter/profile,hubmeter/size,hubmeter/image]",
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
          "links": [
            {
              "title": "Only this size",
              "url": "/d/hubmeter-profiles?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__field.labels.namespace:percentencode}&var-size=${__field.labels.size:percentencode}"
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
        "h": 9,
        "w": 12,
        "x": 12,
        "y": 28
      }
    },
    {
      "id": 15,
      "type": "row",
      "title": "Profiles and images",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 37
      }
    },
    {
      "id": 16,
      "type": "table",
      "title": "Profiles",
      "description": "Each profile over the time range, the most server-hours first. Cost is of memory and GPUs requested, at the prices known when it was used: an estimate, for bills come later.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, profile) (\n    sum_over_time(namespace_usergroup_profile_size_image:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", profile!=\"\"}[$__range] offset -1ms)\n  ) / 1,\n  \"profile\", \"(no group)\", \"profile\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, profile) (\n    sum_over_time(namespace_usergroup_profile_size_image:memory_working_set_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", profile!=\"\"}[$__range] offset -1ms)\n  )\n  /\n  (\n    sum by (%(cluster)snamespace, profile) (\n      sum_over_time(namespace_usergroup_profile_size_image:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", profile!=\"\"}[$__range] offset -1ms)\n    ) > 0\n  ),\n  \"profile\", \"(no group)\", \"profile\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, profile) (\n    sum_over_time(namespace_usergroup_profile_size_image:cpu_usage_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", profile!=\"\"}[$__range] offset -1ms)\n  )\n  /\n  (\n    sum by (%(cluster)snamespace, profile) (\n      sum_over_time(namespace_usergroup_profile_size_image:cpu_requests_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", profile!=\"\"}[$__range] offset -1ms)\n    ) > 0\n  ),\n  \"profile\", \"(no group)\", \"profile\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, profile) (\n    sum_over_time(namespace_usergroup_profile_size_image:gpu_requests_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", profile!=\"\"}[$__range] offset -1ms)\n  ) / 1,\n  \"profile\", \"(no group)\", \"profile\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, profile) (\n    sum_over_time(namespace_usergroup_profile_size_image:cost_usd:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", profile!=\"\"}[$__range] offset -1ms)\n  ) / 1,\n  \"profile\", \"(no group)\", \"profile\", \"\"\n)",
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
              "profile": 0,
              "namespace": 1,
              "Value #A": 2,
              "Value #B": 3,
              "Value #C": 4,
              "Value #D": 5,
              "Value #E": 6
            },
            "renameByName": {
              "profile": "Profile",
              "namespace": "Hub",
              "Value #A": "Server-hours",
              "Value #B": "Memory used",
              "Value #C": "CPU used",
              "Value #D": "GPU-hours",
              "Value #E": "Cost"
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
          "noValue": "no pod shows it: start kube-state-metrics with --metric-labels-allowlist=pods=[hubmeter/profile,hubmeter/size,hubmeter/image]",
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
              "options": "Profile"
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
                "value": 180
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
              "options": "Server-hours"
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
                "value": 90
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
                "value": 90
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
              "options": "GPU-hours"
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
                "value": 80
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
                "value": "currencyUSD"
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
            "displayName": "Server-hours",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 9,
        "w": 12,
        "x": 0,
        "y": 38
      }
    },
    {
      "id": 17,
      "type": "table",
      "title": "Images",
      "description": "Each image over the time range, the most server-hours first. Cost is of memory and GPUs requested, at the prices known when it was used: an estimate, for bills come later.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, image) (\n    sum_over_time(namespace_usergroup_profile_size_image:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", image!=\"\"}[$__range] offset -1ms)\n  ) / 1,\n  \"image\", \"(no group)\", \"image\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, image) (\n    sum_over_time(namespace_usergroup_profile_size_image:memory_working_set_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", image!=\"\"}[$__range] offset -1ms)\n  )\n  /\n  (\n    sum by (%(cluster)snamespace, image) (\n      sum_over_time(namespace_usergroup_profile_size_image:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", image!=\"\"}[$__range] offset -1ms)\n    ) > 0\n  ),\n  \"image\", \"(no group)\", \"image\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, image) (\n    sum_over_time(namespace_usergroup_profile_size_image:cpu_usage_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", image!=\"\"}[$__range] offset -1ms)\n  )\n  /\n  (\n    sum by (%(cluster)snamespace, image) (\n      sum_over_time(namespace_usergroup_profile_size_image:cpu_requests_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", image!=\"\"}[$__range] offset -1ms)\n    ) > 0\n  ),\n  \"image\", \"(no group)\", \"image\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, image) (\n    sum_over_time(namespace_usergroup_profile_size_image:gpu_requests_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", image!=\"\"}[$__range] offset -1ms)\n  ) / 1,\n  \"image\", \"(no group)\", \"image\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, image) (\n    sum_over_time(namespace_usergroup_profile_size_image:cost_usd:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", image!=\"\"}[$__range] offset -1ms)\n  ) / 1,\n  \"image\", \"(no group)\", \"image\", \"\"\n)",
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
              "image": 0,
              "namespace": 1,
              "Value #A": 2,
              "Value #B": 3,
              "Value #C": 4,
              "Value #D": 5,
              "Value #E": 6
            },
            "renameByName": {
              "image": "Image",
              "namespace": "Hub",
              "Value #A": "Server-hours",
              "Value #B": "Memory used",
              "Value #C": "CPU used",
              "Value #D": "GPU-hours",
              "Value #E": "Cost"
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
          "noValue": "no pod shows it: start kube-state-metrics with --metric-labels-allowlist=pods=[hubmeter/profile,hubmeter/size,hubmeter/image]",
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
              "options": "Image"
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
                "value": 180
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
              "options": "Server-hours"
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
                "value": 90
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
                "value": 90
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
              "options": "GPU-hours"
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
                "value": 80
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
                "value": "currencyUSD"
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
            "displayName": "Server-hours",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 9,
        "w": 12,
        "x": 12,
        "y": 38
      }
    },
    {
      "id": 18,
      "type": "timeseries",
      "title": "Running servers by profile",
      "description": "Servers that run or start, by profile, recorded once a minute; (no profile) is pods that show none.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, profile) (\n    namespace_usergroup_profile_size_image:servers:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\"}\n  ),\n  \"profile\", \"(no profile)\", \"profile\", \"\"\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{profile}} · %(cluster_legend)s{{namespace}}",
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
              "title": "Only this profile",
              "url": "/d/hubmeter-profiles?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__field.labels.namespace:percentencode}&var-profile=${__field.labels.profile:percentencode}"
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
        "w": 12,
        "x": 0,
        "y": 47
      }
    },
    {
      "id": 19,
      "type": "timeseries",
      "title": "Running servers by image",
      "description": "Servers that run or start, by image, recorded once a minute: an image that nobody starts any more can go.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, image) (\n    namespace_usergroup_profile_size_image:servers:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\"}\n  ),\n  \"image\", \"(no image)\", \"image\", \"\"\n)",
          "format": "time_series",
          "instant": false,
          "legendFormat": "{{image}} · %(cluster_legend)s{{namespace}}",
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
              "title": "Only this image",
              "url": "/d/hubmeter-profiles?${__url_time_range}&${datasource:queryparam}%(cluster_link)s&var-hub=${__field.labels.namespace:percentencode}&var-image=${__field.labels.image:percentencode}"
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
        "w": 12,
        "x": 12,
        "y": 47
      }
    },
    {
      "id": 20,
      "type": "row",
      "title": "Groups",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 57
      }
    },
    {
      "id": 21,
      "type": "table",
      "title": "Which group wastes which size?",
      "description": "Each group's servers of each size over the time range, the most idle memory first; a server of a user of several groups counts in each by the share that group bears. (no group) is what no group claims. Cost is of memory and GPUs requested, at the prices known when it was used: an estimate, for bills come later. Click a group for its users.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup, profile, size) (\n    namespace_usergroup_profile_size_image:servers:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}\n  )\n  or sum by (%(cluster)snamespace, usergroup, profile, size) (\n    last_over_time(namespace_usergroup_profile_size_image:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n  ) * 0,\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup, profile, size) (\n    sum_over_time(namespace_usergroup_profile_size_image:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n  ) / 1,\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup, profile, size) (\n    sum_over_time(namespace_usergroup_profile_size_image:memory_working_set_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n  )\n  /\n  (\n    sum by (%(cluster)snamespace, usergroup, profile, size) (\n      sum_over_time(namespace_usergroup_profile_size_image:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n    ) > 0\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  clamp_min(\n    sum by (%(cluster)snamespace, usergroup, profile, size) (\n      sum_over_time(namespace_usergroup_profile_size_image:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n    )\n    - sum by (%(cluster)snamespace, usergroup, profile, size) (\n      sum_over_time(namespace_usergroup_profile_size_image:memory_working_set_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n    ),\n    0\n  ) / 2^30,\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup, profile, size) (\n    sum_over_time(namespace_usergroup_profile_size_image:cpu_usage_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n  )\n  /\n  (\n    sum by (%(cluster)snamespace, usergroup, profile, size) (\n      sum_over_time(namespace_usergroup_profile_size_image:cpu_requests_core_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n    ) > 0\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup, profile, size) (\n    sum_over_time(namespace_usergroup_profile_size_image:gpu_requests_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n  ) / 1,\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup, profile, size) (\n    sum_over_time(namespace_usergroup_profile_size_image:cost_usd:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", profile=~\"$profile\", size=~\"$size\", image=~\"$image\", size!=\"\"}[$__range] offset -1ms)\n  ) / 1,\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "G"
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
              "size": 1,
              "profile": 2,
              "namespace": 3,
              "Value #A": 4,
              "Value #B": 5,
              "Value #C": 6,
              "Value #D": 7,
              "Value #E": 8,
              "Value #F": 9,
              "Value #G": 10
            },
            "renameByName": {
              "usergroup": "Group",
              "size": "Size",
              "profile": "Profile",
              "namespace": "Hub",
              "Value #A": "Servers now",
              "Value #B": "Server-hours",
              "Value #C": "Memory used",
              "Value #D": "Idle GiB-hours",
              "Value #E": "CPU used",
              "Value #F": "GPU-hours",
              "Value #G": "Cost"
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
          "noValue": "no pod shows it: start kube-state-metrics with --metric-labels-allowlist=pods=[hubmeter/profile,hubmeter/size,hubmeter/image]",
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
              "options": "Size"
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
              "options": "Profile"
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
              "options": "Servers now"
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
              "options": "Server-hours"
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
                "value": 80
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
                "value": 90
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
              "options": "Idle GiB-hours"
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
                "value": 90
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
              "options": "GPU-hours"
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
                "value": 80
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
                "value": "currencyUSD"
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
            "displayName": "Idle GiB-hours",
            "desc": true
          }
        ]
      },
      "gridPos": {
        "h": 11,
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
        "name": "profile",
        "label": "Profile",
        "hide": 0,
        "query": {
          "query": "label_values(namespace_usergroup_profile_size_image:servers:count{%(cluster_matcher)snamespace=~\"$hub\", profile!=\"\"}, profile)",
          "refId": "profile",
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
        "name": "size",
        "label": "Size",
        "hide": 0,
        "query": {
          "query": "label_values(namespace_usergroup_profile_size_image:servers:count{%(cluster_matcher)snamespace=~\"$hub\", profile=~\"$profile\", size!=\"\"}, size)",
          "refId": "size",
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
        "name": "image",
        "label": "Image",
        "hide": 0,
        "query": {
          "query": "label_values(namespace_usergroup_profile_size_image:servers:count{%(cluster_matcher)snamespace=~\"$hub\", profile=~\"$profile\", image!=\"\"}, image)",
          "refId": "image",
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
  "title": "Hubmeter / Profiles",
  "time": {
    "from": "now-7d",
    "to": "now"
  },
  "timepicker": {},
  "timezone": "browser",
  "version": 0,
  "uid": "hubmeter-profiles"
}
