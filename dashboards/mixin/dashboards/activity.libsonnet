// Written by hubmeter-generate; do not edit.
{
  "annotations": {
    "list": []
  },
  "description": "How many servers run and how many people come, by hub and group, and when it is busy.",
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
      "description": "Servers of the chosen hubs that run or start now, named servers included.",
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
          "expr": "sum(namespace:servers:count{%(cluster_matcher)snamespace=~\"$hub\"})\nor sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0",
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
        "w": 4,
        "x": 0,
        "y": 0
      }
    },
    {
      "id": 2,
      "type": "stat",
      "title": "Most at one time",
      "description": "The most servers that ran at once in the time range, all chosen hubs together, looked at every 5 minutes.",
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
          "expr": "max_over_time(sum(namespace:servers:count{%(cluster_matcher)snamespace=~\"$hub\"})[$__range:5m])",
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
        "w": 4,
        "x": 4,
        "y": 0
      }
    },
    {
      "id": 3,
      "type": "stat",
      "title": "Server-hours",
      "description": "One server for one hour each, over the time range, all chosen hubs together.",
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
          "expr": "sum(sum_over_time(namespace:servers:count{%(cluster_matcher)snamespace=~\"$hub\"}[$__range] offset -1ms))\n* %(interval_seconds)s / 3600",
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
      "title": "Active users",
      "description": "Distinct users who had a server in each rolling window that ends now. A person with accounts on two hubs counts twice.",
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
          "expr": "sort(sum by (%(cluster)swindow) (namespace_window:active_users:count{%(cluster_matcher)snamespace=~\"$hub\"}))",
          "format": "time_series",
          "instant": true,
          "legendFormat": "%(cluster_legend)slast {{window}}",
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
        "w": 12,
        "x": 12,
        "y": 0
      }
    },
    {
      "id": 5,
      "type": "row",
      "title": "Servers",
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
      "id": 6,
      "type": "timeseries",
      "title": "Running servers by hub",
      "description": "The most servers that ran at one time in each step of the chart, all of the hub's, whatever groups are chosen.",
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
          "expr": "sum by (%(cluster)snamespace) (max_over_time(namespace:servers:count{%(cluster_matcher)snamespace=~\"$hub\"}[$__interval]))",
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
        "y": 5
      }
    },
    {
      "id": 7,
      "type": "timeseries",
      "title": "Running servers by group",
      "description": "Servers by the group that bears them; a server of a user of two groups may count half in each.",
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
        "h": 10,
        "w": 12,
        "x": 12,
        "y": 5
      }
    },
    {
      "id": 8,
      "type": "row",
      "title": "People",
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
      "id": 9,
      "type": "timeseries",
      "title": "Active users by window",
      "description": "Distinct users who had a server in the day, week or month before each point, all chosen hubs added. A window that is longer than what has been recorded shows too few.",
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
          "expr": "sort(sum by (%(cluster)swindow) (namespace_window:active_users:count{%(cluster_matcher)snamespace=~\"$hub\"}))",
          "format": "time_series",
          "instant": false,
          "legendFormat": "%(cluster_legend)slast {{window}}",
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
        "y": 16
      }
    },
    {
      "id": 10,
      "type": "timeseries",
      "title": "Active users by hub, last $window",
      "description": "Distinct users of each hub who had a server in the chosen window before each point.",
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
          "expr": "sum by (%(cluster)snamespace) (namespace_window:active_users:count{%(cluster_matcher)snamespace=~\"$hub\", window=\"$window\"})",
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
        "y": 16
      }
    },
    {
      "id": 11,
      "type": "timeseries",
      "title": "Active users by group, last $window",
      "description": "Distinct users of each group who had a server in the chosen window before each point. Users of several groups count in each to which they are accounted.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    namespace_usergroup_window:active_users:count{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", window=\"$window\"}\n  ),\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
        "h": 10,
        "w": 8,
        "x": 16,
        "y": 16
      }
    },
    {
      "id": 12,
      "type": "row",
      "title": "Peak hours",
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
      "id": 13,
      "type": "table",
      "title": "When it is busy: running servers by hour of the day and day of the week",
      "description": "The mean number of running servers of the chosen hubs, looked at every 15 minutes of the time range. Hours are UTC plus the hours chosen above. Choose a range of whole weeks, so that no day counts more often.",
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
          "expr": "label_replace(\n  avg_over_time(\n    (\n      (sum(namespace:servers:count{%(cluster_matcher)snamespace=~\"$hub\"}) or sum(namespace:hubs:group{%(cluster_matcher)snamespace=~\"$hub\"}) * 0)\n      * on () group_right ()\n      (\n        count_values(\"hour\", hour(vector(time() + 3600 * $utc_offset)))\n        * on () group_left (weekday)\n        count_values(\"weekday\", (day_of_week(vector(time() + 3600 * $utc_offset)) + 6) %% 7 + 1)\n      )\n    )[$__range:15m]\n  ),\n  \"hour\", \"0$1\", \"hour\", \"(.)\"\n)",
          "format": "table",
          "instant": true,
          "legendFormat": "__auto",
          "range": false,
          "refId": "A"
        }
      ],
      "transformations": [
        {
          "id": "sortBy",
          "options": {
            "fields": {},
            "sort": [
              {
                "field": "hour",
                "desc": false
              }
            ]
          }
        },
        {
          "id": "groupingToMatrix",
          "options": {
            "columnField": "hour",
            "rowField": "weekday",
            "valueField": "Value",
            "emptyValue": "null"
          }
        },
        {
          "id": "sortBy",
          "options": {
            "fields": {},
            "sort": [
              {
                "field": "weekday\\hour",
                "desc": false
              }
            ]
          }
        }
      ],
      "fieldConfig": {
        "defaults": {
          "unit": "short",
          "decimals": 1,
          "color": {
            "mode": "continuous-blues"
          },
          "noValue": "0",
          "custom": {
            "align": "center",
            "cellOptions": {
              "type": "color-background",
              "mode": "basic"
            },
            "filterable": false,
            "inspect": false,
            "minWidth": 30
          }
        },
        "overrides": [
          {
            "matcher": {
              "id": "byName",
              "options": "weekday\\hour"
            },
            "properties": [
              {
                "id": "mappings",
                "value": [
                  {
                    "type": "value",
                    "options": {
                      "1": {
                        "text": "Mon",
                        "index": 1
                      },
                      "2": {
                        "text": "Tue",
                        "index": 2
                      },
                      "3": {
                        "text": "Wed",
                        "index": 3
                      },
                      "4": {
                        "text": "Thu",
                        "index": 4
                      },
                      "5": {
                        "text": "Fri",
                        "index": 5
                      },
                      "6": {
                        "text": "Sat",
                        "index": 6
                      },
                      "7": {
                        "text": "Sun",
                        "index": 7
                      }
                    }
                  }
                ]
              },
              {
                "id": "custom.cellOptions",
                "value": {
                  "type": "auto"
                }
              },
              {
                "id": "displayName",
                "value": " "
              },
              {
                "id": "custom.width",
                "value": 60
              },
              {
                "id": "unit",
                "value": "string"
              }
            ]
          }
        ]
      },
      "options": {
        "showHeader": true,
        "cellHeight": "sm"
      },
      "gridPos": {
        "h": 9,
        "w": 24,
        "x": 0,
        "y": 27
      }
    },
    {
      "id": 14,
      "type": "row",
      "title": "In numbers",
      "collapsed": false,
      "panels": [],
      "gridPos": {
        "h": 1,
        "w": 24,
        "x": 0,
        "y": 36
      }
    },
    {
      "id": 15,
      "type": "table",
      "title": "Hubs in the time range",
      "description": "The most servers at one time, server-hours, and active users of each hub.",
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
          "expr": "sum by (%(cluster)snamespace) (namespace:servers:count{%(cluster_matcher)snamespace=~\"$hub\"})",
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
          "expr": "sum by (%(cluster)snamespace) (max_over_time(namespace:servers:count{%(cluster_matcher)snamespace=~\"$hub\"}[$__range]))",
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
          "expr": "sum by (%(cluster)snamespace) (sum_over_time(namespace:servers:count{%(cluster_matcher)snamespace=~\"$hub\"}[$__range] offset -1ms))\n* %(interval_seconds)s / 3600",
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
          "expr": "sum by (%(cluster)snamespace) (namespace_window:active_users:count{%(cluster_matcher)snamespace=~\"$hub\", window=\"$window\"})",
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
              "namespace": 0,
              "Value #A": 1,
              "Value #B": 2,
              "Value #C": 3,
              "Value #D": 4
            },
            "renameByName": {
              "namespace": "Hub",
              "Value #A": "Servers now",
              "Value #B": "Most at one time",
              "Value #C": "Server-hours",
              "Value #D": "Active users, last $window"
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
              }
            ]
          },
          {
            "matcher": {
              "id": "byName",
              "options": "Most at one time"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
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
              "options": "Active users, last $window"
            },
            "properties": [
              {
                "id": "noValue",
                "value": "-"
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
        "h": 10,
        "w": 11,
        "x": 0,
        "y": 37
      }
    },
    {
      "id": 16,
      "type": "table",
      "title": "Groups in the time range",
      "description": "Server-hours and distinct users of each group in the time range. Click a group for its users.",
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
          "expr": "label_replace(\n  sum by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) / 1\n  or sum by (%(cluster)snamespace, usergroup) (\n    last_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) * 0,\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
          "expr": "label_replace(\n  count by (%(cluster)snamespace, usergroup) (\n    sum_over_time(namespace_usergroup_username:server_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\", username!=\"\"}[$__range] offset -1ms) > 0\n  )\n  or sum by (%(cluster)snamespace, usergroup) (\n    last_over_time(namespace_usergroup:memory_requests_byte_hours:sum5m{%(cluster_matcher)snamespace=~\"$hub\", usergroup=~\"$usergroup\"}[$__range] offset -1ms)\n  ) * 0,\n  \"usergroup\", \"(no group)\", \"usergroup\", \"\"\n)",
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
              "usergroup": 0,
              "namespace": 1,
              "Value #A": 2,
              "Value #B": 3
            },
            "renameByName": {
              "usergroup": "Group",
              "namespace": "Hub",
              "Value #A": "Server-hours",
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
        "h": 10,
        "w": 13,
        "x": 11,
        "y": 37
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
        "type": "custom",
        "name": "window",
        "label": "Active within",
        "hide": 0,
        "query": "%(windows)s",
        "current": {
          "selected": true,
          "text": "%(longest_window)s",
          "value": "%(longest_window)s"
        },
        "options": [],
        "includeAll": false,
        "multi": false
      },
      {
        "type": "custom",
        "name": "utc_offset",
        "label": "Hours from UTC",
        "hide": 0,
        "query": "-12,-11,-10,-9,-8,-7,-6,-5,-4,-3,-2,-1,0,1,2,3,4,5,6,7,8,9,10,11,12,13,14",
        "current": {
          "selected": true,
          "text": "0",
          "value": "0"
        },
        "options": [],
        "includeAll": false,
        "multi": false
      }
    ]
  },
  "title": "Hubmeter / Activity",
  "time": {
    "from": "now-30d",
    "to": "now"
  },
  "timepicker": {},
  "timezone": "browser",
  "version": 0,
  "uid": "hubmeter-activity"
}
