// Written by hubmeter-generate; do not edit.
[
  {
    "name": "hubmeter-membership",
    "interval": "%(membership_interval)s",
    "rules": [
      {
        "record": "namespace_usergroup_username:usergroup_share:max",
        "template": importstr '../../promql/hubmeter_promql/rules/membership/usergroup_share_live.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:usergroup_share:timestamp",
        "template": importstr '../../promql/hubmeter_promql/rules/membership/usergroup_share_reported.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace:usergroup_share:timestamp",
        "template": importstr '../../promql/hubmeter_promql/rules/membership/usergroup_share_hub_reported.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:usergroup_share:last",
        "template": importstr '../../promql/hubmeter_promql/rules/membership/usergroup_share.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-pods",
    "interval": "%(interval)s",
    "rules": [
      {
        "record": "namespace:hubs:group",
        "template": importstr '../../promql/hubmeter_promql/rules/membership/hubs.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace:usage_seen:group",
        "template": importstr '../../promql/hubmeter_promql/rules/health/usage_seen.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_pod_uid:scheduled_pods:group",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/scheduled_pods.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_pod_uid_username:pods:group",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/pods.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_pod_username:pods:group",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/named_pods.promql',
        "parameters": {
          "by": "username",
          "pods": "namespace_pod_uid_username:pods:group"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:usergroup_share:active",
        "template": importstr '../../promql/hubmeter_promql/rules/membership/usergroup_share_active.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-memory",
    "interval": "%(interval)s",
    "rules": [
      {
        "record": "namespace_username:memory_working_set_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/memory_working_set_bytes.promql',
        "parameters": {
          "by": "username",
          "pods": "namespace_pod_username:pods:group"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:memory_working_set_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/pair.promql',
        "parameters": {
          "resource": "memory_working_set_bytes:sum",
          "share": "namespace_usergroup_username:usergroup_share:active"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup:memory_working_set_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/group.promql',
        "parameters": {
          "resource": "memory_working_set_bytes:sum"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace:memory_working_set_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/hub.promql',
        "parameters": {
          "resource": "memory_working_set_bytes:sum"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace:memory_working_set_bytes:whole",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/whole_memory_working_set_bytes.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_username:memory_requests_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/container_resources.promql',
        "parameters": {
          "by": "username",
          "pods": "namespace_pod_uid_username:pods:group",
          "kind": "requests",
          "kubernetes_resource": "memory"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:memory_requests_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/pair.promql',
        "parameters": {
          "resource": "memory_requests_bytes:sum",
          "share": "namespace_usergroup_username:usergroup_share:active"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup:memory_requests_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/group.promql',
        "parameters": {
          "resource": "memory_requests_bytes:sum"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace:memory_requests_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/hub.promql',
        "parameters": {
          "resource": "memory_requests_bytes:sum"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace:memory_requests_bytes:whole",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/whole_memory_requests_bytes.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_username:memory_limits_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/container_resources.promql',
        "parameters": {
          "by": "username",
          "pods": "namespace_pod_uid_username:pods:group",
          "kind": "limits",
          "kubernetes_resource": "memory"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:memory_limits_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/pair.promql',
        "parameters": {
          "resource": "memory_limits_bytes:sum",
          "share": "namespace_usergroup_username:usergroup_share:active"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup:memory_limits_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/group.promql',
        "parameters": {
          "resource": "memory_limits_bytes:sum"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace:memory_limits_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/hub.promql',
        "parameters": {
          "resource": "memory_limits_bytes:sum"
        },
        "labels": {},
        "when": {}
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-cpu",
    "interval": "%(interval)s",
    "rules": [
      {
        "record": "namespace_username:cpu_usage_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/cpu_usage_cores.promql',
        "parameters": {
          "by": "username",
          "pods": "namespace_pod_username:pods:group"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:cpu_usage_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/pair.promql',
        "parameters": {
          "resource": "cpu_usage_cores:sum",
          "share": "namespace_usergroup_username:usergroup_share:active"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup:cpu_usage_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/group.promql',
        "parameters": {
          "resource": "cpu_usage_cores:sum"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace:cpu_usage_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/hub.promql',
        "parameters": {
          "resource": "cpu_usage_cores:sum"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_username:cpu_requests_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/container_resources.promql',
        "parameters": {
          "by": "username",
          "pods": "namespace_pod_uid_username:pods:group",
          "kind": "requests",
          "kubernetes_resource": "cpu"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:cpu_requests_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/pair.promql',
        "parameters": {
          "resource": "cpu_requests_cores:sum",
          "share": "namespace_usergroup_username:usergroup_share:active"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup:cpu_requests_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/group.promql',
        "parameters": {
          "resource": "cpu_requests_cores:sum"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace:cpu_requests_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/hub.promql',
        "parameters": {
          "resource": "cpu_requests_cores:sum"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_username:cpu_limits_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/container_resources.promql',
        "parameters": {
          "by": "username",
          "pods": "namespace_pod_uid_username:pods:group",
          "kind": "limits",
          "kubernetes_resource": "cpu"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:cpu_limits_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/pair.promql',
        "parameters": {
          "resource": "cpu_limits_cores:sum",
          "share": "namespace_usergroup_username:usergroup_share:active"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup:cpu_limits_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/group.promql',
        "parameters": {
          "resource": "cpu_limits_cores:sum"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace:cpu_limits_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/hub.promql',
        "parameters": {
          "resource": "cpu_limits_cores:sum"
        },
        "labels": {},
        "when": {}
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-servers",
    "interval": "%(interval)s",
    "rules": [
      {
        "record": "namespace_username:servers:count",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/servers.promql',
        "parameters": {
          "by": "username",
          "pods": "namespace_pod_uid_username:pods:group"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:servers:count",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/pair.promql',
        "parameters": {
          "resource": "servers:count",
          "share": "namespace_usergroup_username:usergroup_share:active"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup:servers:count",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/group.promql',
        "parameters": {
          "resource": "servers:count"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace:servers:count",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/hub.promql',
        "parameters": {
          "resource": "servers:count"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_username:gpu_requests:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/container_resources.promql',
        "parameters": {
          "by": "username",
          "pods": "namespace_pod_uid_username:pods:group",
          "kind": "requests",
          "kubernetes_resource": "%(gpu_resources)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:gpu_requests:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/pair.promql',
        "parameters": {
          "resource": "gpu_requests:sum",
          "share": "namespace_usergroup_username:usergroup_share:active"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup:gpu_requests:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/group.promql',
        "parameters": {
          "resource": "gpu_requests:sum"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace:gpu_requests:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/hub.promql',
        "parameters": {
          "resource": "gpu_requests:sum"
        },
        "labels": {},
        "when": {}
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-owners",
    "interval": "5m",
    "rules": [
      {
        "record": "namespace_directory_username:owners:group",
        "template": importstr '../../promql/hubmeter_promql/rules/homes/directory_owners.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-homes",
    "interval": "%(membership_interval)s",
    "rules": [
      {
        "record": "namespace_directory:home_bytes:max",
        "template": importstr '../../promql/hubmeter_promql/rules/homes/directory_bytes.promql',
        "parameters": {
          "measure": "total_size_bytes"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_directory_username:homes:group",
        "template": importstr '../../promql/hubmeter_promql/rules/homes/directories.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_directory:orphaned_home_bytes:max",
        "template": importstr '../../promql/hubmeter_promql/rules/homes/orphaned_home_bytes.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_username:home_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/homes/home_bytes.promql',
        "parameters": {
          "directories": "namespace_directory:home_bytes:max"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:home_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/pair.promql',
        "parameters": {
          "resource": "home_bytes:sum",
          "share": "namespace_usergroup_username:usergroup_share:last"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup:home_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/group.promql',
        "parameters": {
          "resource": "home_bytes:sum"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace:home_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/hub.promql',
        "parameters": {
          "resource": "home_bytes:sum"
        },
        "labels": {},
        "when": {}
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-home-limits",
    "interval": "%(membership_interval)s",
    "rules": [
      {
        "record": "namespace_directory:home_limit_bytes:max",
        "template": importstr '../../promql/hubmeter_promql/rules/homes/directory_bytes.promql',
        "parameters": {
          "measure": "hard_limit_bytes"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_username:home_limit_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/homes/home_bytes.promql',
        "parameters": {
          "directories": "namespace_directory:home_limit_bytes:max"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:home_limit_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/pair.promql',
        "parameters": {
          "resource": "home_limit_bytes:sum",
          "share": "namespace_usergroup_username:usergroup_share:last"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup:home_limit_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/group.promql',
        "parameters": {
          "resource": "home_limit_bytes:sum"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace:home_limit_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/hub.promql',
        "parameters": {
          "resource": "home_limit_bytes:sum"
        },
        "labels": {},
        "when": {}
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-profiles",
    "interval": "%(interval)s",
    "rules": [
      {
        "record": "namespace_pod_uid_username_profile_size_image:pods:group",
        "template": importstr '../../promql/hubmeter_promql/rules/profiles/pods.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_pod_username_profile_size_image:pods:group",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/named_pods.promql',
        "parameters": {
          "by": "username, profile, size, image",
          "pods": "namespace_pod_uid_username_profile_size_image:pods:group"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_username_profile_size_image:combinations:created",
        "template": importstr '../../promql/hubmeter_promql/rules/profiles/combinations.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username_profile_size_image:usergroup_share:last",
        "template": importstr '../../promql/hubmeter_promql/rules/profiles/share.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:servers:count",
        "template": importstr '../../promql/hubmeter_promql/rules/profiles/profile.promql',
        "parameters": {
          "of_users": "sum by (%(cluster)snamespace, username, profile, size, image) (\n  group by (%(cluster)snamespace, pod, uid) (\n    kube_pod_container_info{%(kube_state_metrics)s%(hub_selector)s, container=\"%(server_container)s\"}\n  )\n  * on (%(cluster)snamespace, pod, uid) group_left (username, profile, size, image) namespace_pod_uid_username_profile_size_image:pods:group\n)"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:memory_working_set_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/profiles/profile.promql',
        "parameters": {
          "of_users": "sum by (%(cluster)snamespace, username, profile, size, image) (\n  max by (%(cluster)snamespace, pod, container) (\n    container_memory_working_set_bytes{%(cadvisor)s%(hub_selector)s, container!=\"\", container!=\"POD\", image!=\"\"}\n  )\n  * on (%(cluster)snamespace, pod) group_left (username, profile, size, image) namespace_pod_username_profile_size_image:pods:group\n)"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:cpu_usage_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/profiles/profile.promql',
        "parameters": {
          "of_users": "sum by (%(cluster)snamespace, username, profile, size, image) (\n  max by (%(cluster)snamespace, pod, container) (\n    clamp_min(\n      container_cpu_usage_seconds_total{%(cadvisor)s%(hub_selector)s, container!=\"\", container!=\"POD\", image!=\"\"}\n      - container_cpu_usage_seconds_total{%(cadvisor)s%(hub_selector)s, container!=\"\", container!=\"POD\", image!=\"\"} offset %(interval)s,\n      0\n    ) / %(interval_seconds)s\n  )\n  * on (%(cluster)snamespace, pod) group_left (username, profile, size, image) namespace_pod_username_profile_size_image:pods:group\n)"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:memory_requests_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/profiles/profile.promql',
        "parameters": {
          "of_users": "sum by (%(cluster)snamespace, username, profile, size, image) (\n  max by (%(cluster)snamespace, pod, uid, container) (\n    kube_pod_container_resource_requests{%(kube_state_metrics)s%(hub_selector)s, resource=~\"memory\"}\n  )\n  * on (%(cluster)snamespace, pod, uid) group_left (username, profile, size, image) namespace_pod_uid_username_profile_size_image:pods:group\n)"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:cpu_requests_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/profiles/profile.promql',
        "parameters": {
          "of_users": "sum by (%(cluster)snamespace, username, profile, size, image) (\n  max by (%(cluster)snamespace, pod, uid, container) (\n    kube_pod_container_resource_requests{%(kube_state_metrics)s%(hub_selector)s, resource=~\"cpu\"}\n  )\n  * on (%(cluster)snamespace, pod, uid) group_left (username, profile, size, image) namespace_pod_uid_username_profile_size_image:pods:group\n)"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:gpu_requests:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/profiles/profile.promql',
        "parameters": {
          "of_users": "sum by (%(cluster)snamespace, username, profile, size, image) (\n  max by (%(cluster)snamespace, pod, uid, container) (\n    kube_pod_container_resource_requests{%(kube_state_metrics)s%(hub_selector)s, resource=~\"%(gpu_resources)s\"}\n  )\n  * on (%(cluster)snamespace, pod, uid) group_left (username, profile, size, image) namespace_pod_uid_username_profile_size_image:pods:group\n)"
        },
        "labels": {},
        "when": {}
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-user-buckets",
    "interval": "5m",
    "rules": [
      {
        "record": "namespace_username:memory_working_set_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_username:memory_working_set_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_username:memory_requests_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_username:memory_requests_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_username:cpu_usage_core_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_username:cpu_usage_cores:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_username:cpu_requests_core_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_username:cpu_requests_cores:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_username:gpu_requests_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_username:gpu_requests:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_username:server_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_username:servers:count",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_username:home_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_username:home_bytes:sum",
          "seconds": "%(membership_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace:usage_recorded:count5m",
        "template": importstr '../../promql/hubmeter_promql/rules/health/usage_recorded.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-pair-buckets",
    "interval": "5m",
    "rules": [
      {
        "record": "namespace_usergroup_username:memory_working_set_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_username:memory_working_set_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:memory_requests_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_username:memory_requests_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:cpu_usage_core_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_username:cpu_usage_cores:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:cpu_requests_core_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_username:cpu_requests_cores:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:gpu_requests_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_username:gpu_requests:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:server_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_username:servers:count",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_username:home_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_username:home_bytes:sum",
          "seconds": "%(membership_seconds)s"
        },
        "labels": {},
        "when": {}
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-group-buckets",
    "interval": "5m",
    "rules": [
      {
        "record": "namespace_usergroup:memory_working_set_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup:memory_working_set_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup:memory_requests_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup:memory_requests_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup:cpu_usage_core_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup:cpu_usage_cores:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup:cpu_requests_core_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup:cpu_requests_cores:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup:gpu_requests_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup:gpu_requests:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup:server_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup:servers:count",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup:home_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup:home_bytes:sum",
          "seconds": "%(membership_seconds)s"
        },
        "labels": {},
        "when": {}
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-profile-buckets",
    "interval": "5m",
    "rules": [
      {
        "record": "namespace_usergroup_profile_size_image:server_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_profile_size_image:servers:count",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:memory_requests_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_profile_size_image:memory_requests_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:memory_working_set_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_profile_size_image:memory_working_set_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:cpu_requests_core_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_profile_size_image:cpu_requests_cores:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:cpu_usage_core_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_profile_size_image:cpu_usage_cores:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:gpu_requests_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_profile_size_image:gpu_requests:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:cost_usd:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/profiles/cost_usd.promql',
        "parameters": {
          "match": "namespace, ",
          "price": "sum by (%(cluster)snamespace, driver) (\n  max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(hub_selector)s})\n  and on (day) count_values(\"day\", floor(vector(time()) / 86400))\n)"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter"
        }
      },
      {
        "record": "namespace_usergroup_profile_size_image:cost_usd:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/profiles/cost_usd.promql',
        "parameters": {
          "match": "",
          "price": "driver:unit_price_usd:opencost"
        },
        "labels": {},
        "when": {
          "cost_source": "opencost"
        }
      },
      {
        "record": "namespace_profile_size:server_memory_working_set_bytes:p95",
        "template": importstr '../../promql/hubmeter_promql/rules/profiles/memory_p95.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_profile_size:server_cpu_usage_cores:p95",
        "template": importstr '../../promql/hubmeter_promql/rules/profiles/cpu_p95.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_profile_size_le:server_memory_used_ratio:count",
        "template": importstr '../../promql/hubmeter_promql/rules/profiles/memory_used.promql',
        "parameters": {
          "part": "0.5"
        },
        "labels": {
          "le": "0.5"
        },
        "when": {}
      },
      {
        "record": "namespace_profile_size_le:server_memory_used_ratio:count",
        "template": importstr '../../promql/hubmeter_promql/rules/profiles/memory_used.promql',
        "parameters": {
          "part": "+Inf"
        },
        "labels": {
          "le": "+Inf"
        },
        "when": {}
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-costs",
    "interval": "5m",
    "rules": [
      {
        "record": "namespace_username_driver:cost_usage:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usage.promql',
        "parameters": {
          "series": "namespace_username:memory_requests_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {
          "driver": "compute"
        },
        "when": {
          "cost_source": "exporter|opencost",
          "cost_weight": "memory"
        }
      },
      {
        "record": "namespace_username_driver:cost_usage:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usage_dominant.promql',
        "parameters": {},
        "labels": {
          "driver": "compute"
        },
        "when": {
          "cost_source": "exporter|opencost",
          "cost_weight": "dominant"
        }
      },
      {
        "record": "namespace_username_driver:cost_usage:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usage.promql',
        "parameters": {
          "series": "namespace_username:home_bytes:sum",
          "seconds": "%(membership_seconds)s"
        },
        "labels": {
          "driver": "home"
        },
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "namespace_username_driver:cost_usage:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usage.promql',
        "parameters": {
          "series": "namespace_username:gpu_requests:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {
          "driver": "gpu"
        },
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "namespace_usergroup_username_driver:cost_usage:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usage.promql',
        "parameters": {
          "series": "namespace_usergroup_username:memory_requests_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {
          "driver": "compute"
        },
        "when": {
          "cost_source": "exporter|opencost",
          "cost_weight": "memory"
        }
      },
      {
        "record": "namespace_usergroup_username_driver:cost_usage:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usage_dominant_pair.promql',
        "parameters": {},
        "labels": {
          "driver": "compute"
        },
        "when": {
          "cost_source": "exporter|opencost",
          "cost_weight": "dominant"
        }
      },
      {
        "record": "namespace_usergroup_username_driver:cost_usage:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usage.promql',
        "parameters": {
          "series": "namespace_usergroup_username:home_bytes:sum",
          "seconds": "%(membership_seconds)s"
        },
        "labels": {
          "driver": "home"
        },
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "namespace_usergroup_username_driver:cost_usage:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usage.promql',
        "parameters": {
          "series": "namespace_usergroup_username:gpu_requests:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {
          "driver": "gpu"
        },
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "namespace_usergroup_driver:cost_usage:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usage_sum.promql',
        "parameters": {
          "by": "namespace, usergroup",
          "series": "namespace_usergroup_username_driver:cost_usage:sum5m"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "namespace_driver:cost_usage:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usage_sum.promql',
        "parameters": {
          "by": "namespace",
          "series": "namespace_username_driver:cost_usage:sum5m"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "driver:unit_price_usd:opencost",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/price_opencost_compute.promql',
        "parameters": {},
        "labels": {
          "driver": "compute"
        },
        "when": {
          "cost_source": "opencost"
        }
      },
      {
        "record": "driver:unit_price_usd:opencost",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/price_opencost.promql',
        "parameters": {
          "metric": "pv_hourly_cost",
          "object": "persistentvolume",
          "unit": "2^30"
        },
        "labels": {
          "driver": "home"
        },
        "when": {
          "cost_source": "opencost"
        }
      },
      {
        "record": "driver:unit_price_usd:opencost",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/price_opencost.promql',
        "parameters": {
          "metric": "node_gpu_hourly_cost",
          "object": "node",
          "unit": "1"
        },
        "labels": {
          "driver": "gpu"
        },
        "when": {
          "cost_source": "opencost"
        }
      },
      {
        "record": "namespace_username:cost_usd:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usd.promql',
        "parameters": {
          "by": "namespace, username",
          "usage": "namespace_username_driver:cost_usage:sum5m",
          "match": "namespace, ",
          "price": "sum by (%(cluster)snamespace, driver) (\n  max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(hub_selector)s})\n  and on (day) count_values(\"day\", floor(vector(time()) / 86400))\n)"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter"
        }
      },
      {
        "record": "namespace_username:cost_usd:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usd.promql',
        "parameters": {
          "by": "namespace, username",
          "usage": "namespace_username_driver:cost_usage:sum5m",
          "match": "",
          "price": "driver:unit_price_usd:opencost"
        },
        "labels": {},
        "when": {
          "cost_source": "opencost"
        }
      },
      {
        "record": "namespace_usergroup_username:cost_usd:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usd.promql',
        "parameters": {
          "by": "namespace, usergroup, username",
          "usage": "namespace_usergroup_username_driver:cost_usage:sum5m",
          "match": "namespace, ",
          "price": "sum by (%(cluster)snamespace, driver) (\n  max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(hub_selector)s})\n  and on (day) count_values(\"day\", floor(vector(time()) / 86400))\n)"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter"
        }
      },
      {
        "record": "namespace_usergroup_username:cost_usd:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usd.promql',
        "parameters": {
          "by": "namespace, usergroup, username",
          "usage": "namespace_usergroup_username_driver:cost_usage:sum5m",
          "match": "",
          "price": "driver:unit_price_usd:opencost"
        },
        "labels": {},
        "when": {
          "cost_source": "opencost"
        }
      },
      {
        "record": "namespace_usergroup:cost_usd:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usd.promql',
        "parameters": {
          "by": "namespace, usergroup",
          "usage": "namespace_usergroup_driver:cost_usage:sum5m",
          "match": "namespace, ",
          "price": "sum by (%(cluster)snamespace, driver) (\n  max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(hub_selector)s})\n  and on (day) count_values(\"day\", floor(vector(time()) / 86400))\n)"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter"
        }
      },
      {
        "record": "namespace_usergroup:cost_usd:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usd.promql',
        "parameters": {
          "by": "namespace, usergroup",
          "usage": "namespace_usergroup_driver:cost_usage:sum5m",
          "match": "",
          "price": "driver:unit_price_usd:opencost"
        },
        "labels": {},
        "when": {
          "cost_source": "opencost"
        }
      },
      {
        "record": "namespace:cost_usd:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usd.promql',
        "parameters": {
          "by": "namespace",
          "usage": "namespace_driver:cost_usage:sum5m",
          "match": "namespace, ",
          "price": "sum by (%(cluster)snamespace, driver) (\n  max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(hub_selector)s})\n  and on (day) count_values(\"day\", floor(vector(time()) / 86400))\n)"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter"
        }
      },
      {
        "record": "namespace:cost_usd:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/usd.promql',
        "parameters": {
          "by": "namespace",
          "usage": "namespace_driver:cost_usage:sum5m",
          "match": "",
          "price": "driver:unit_price_usd:opencost"
        },
        "labels": {},
        "when": {
          "cost_source": "opencost"
        }
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-cost-days",
    "interval": "1h",
    "rules": [
      {
        "record": "namespace_username_driver:cost_usage:sum1d",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/day.promql',
        "parameters": {
          "series": "namespace_username_driver:cost_usage:sum5m",
          "record": "namespace_username_driver:cost_usage:sum1d"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "namespace_usergroup_username_driver:cost_usage:sum1d",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/day.promql',
        "parameters": {
          "series": "namespace_usergroup_username_driver:cost_usage:sum5m",
          "record": "namespace_usergroup_username_driver:cost_usage:sum1d"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "namespace_usergroup_driver:cost_usage:sum1d",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/day.promql',
        "parameters": {
          "series": "namespace_usergroup_driver:cost_usage:sum5m",
          "record": "namespace_usergroup_driver:cost_usage:sum1d"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "namespace_driver:cost_usage:sum1d",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/day.promql',
        "parameters": {
          "series": "namespace_driver:cost_usage:sum5m",
          "record": "namespace_driver:cost_usage:sum1d"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "namespace_username:cost_usd:sum1d",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/day.promql',
        "parameters": {
          "series": "namespace_username:cost_usd:sum5m",
          "record": "namespace_username:cost_usd:sum1d"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "namespace_usergroup_username:cost_usd:sum1d",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/day.promql',
        "parameters": {
          "series": "namespace_usergroup_username:cost_usd:sum5m",
          "record": "namespace_usergroup_username:cost_usd:sum1d"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "namespace_usergroup:cost_usd:sum1d",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/day.promql',
        "parameters": {
          "series": "namespace_usergroup:cost_usd:sum5m",
          "record": "namespace_usergroup:cost_usd:sum1d"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "namespace:cost_usd:sum1d",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/day.promql',
        "parameters": {
          "series": "namespace:cost_usd:sum5m",
          "record": "namespace:cost_usd:sum1d"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter|opencost"
        }
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-cost-months",
    "interval": "1h",
    "rules": [
      {
        "record": "namespace_usergroup_month:cost_usd:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/month.promql',
        "parameters": {
          "cost_of_day": "sum by (%(cluster)snamespace, usergroup) (\n  last_over_time(namespace_usergroup_driver:cost_usage:sum1d{}[1d] offset -2d)\n  * on (%(cluster)snamespace, driver) group_left () (last_over_time((\n  sum by (%(cluster)snamespace, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(hub_selector)s, estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(hub_selector)s, estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n)\nor\nsum by (%(cluster)snamespace, usergroup) (sum_over_time(namespace_usergroup:cost_usd:sum5m{}[1d] offset -86699999ms))"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "namespace_usergroup:cost_usd:forecast",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/forecast.promql',
        "parameters": {
          "cost_of_day": "sum by (%(cluster)snamespace, usergroup) (\n  last_over_time(namespace_usergroup_driver:cost_usage:sum1d{}[1d] offset -2d)\n  * on (%(cluster)snamespace, driver) group_left () (last_over_time((\n  sum by (%(cluster)snamespace, driver, day) (\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(hub_selector)s, estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, driver, day) (%(metrics_prefix)s_unit_price_usd{%(hub_selector)s, estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400)))\n)\nor\nsum by (%(cluster)snamespace, usergroup) (sum_over_time(namespace_usergroup:cost_usd:sum5m{}[1d] offset -86699999ms))"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "kind_month:cloud_cost_usd:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/bill_month.promql',
        "parameters": {
          "bill_of_day": "last_over_time((\n  sum by (%(cluster)skind, day) (\n    max by (%(cluster)snamespace, component, kind, day) (%(metrics_prefix)s_cloud_cost_usd{estimated=\"false\"})\n    or\n    max by (%(cluster)snamespace, component, kind, day) (%(metrics_prefix)s_cloud_cost_usd{estimated=\"true\"})\n  )\n)[35d:6h] offset -34d)\nand on (day) count_values(\"day\", floor(vector(time()) / 86400))"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter"
        }
      },
      {
        "record": "component:cost_difference_usd:max",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/difference.promql',
        "parameters": {},
        "labels": {},
        "when": {
          "cost_source": "exporter"
        }
      },
      {
        "record": "usergroup:cost_budget_usd:month",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/budget.promql',
        "parameters": {},
        "labels": {},
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "usergroup:cost_budget_used:ratio",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/budget_ratio.promql',
        "parameters": {
          "series": "namespace_usergroup_month:cost_usd:sum and on (month) count_values(\"month\", year() * 100 + month())"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter|opencost"
        }
      },
      {
        "record": "usergroup:cost_budget_forecast:ratio",
        "template": importstr '../../promql/hubmeter_promql/rules/costs/budget_ratio.promql',
        "parameters": {
          "series": "namespace_usergroup:cost_usd:forecast"
        },
        "labels": {},
        "when": {
          "cost_source": "exporter|opencost"
        }
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-window-%(window)s",
    "interval": "5m",
    "rules": [
      {
        "record": "namespace_username_window:memory_requests_byte_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_username:memory_requests_byte_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_window:cpu_requests_core_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_username:cpu_requests_core_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_window:gpu_requests_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_username:gpu_requests_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_window:server_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_username:server_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_window:memory_requests_byte_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_usergroup:memory_requests_byte_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_window:cpu_requests_core_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_usergroup:cpu_requests_core_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_window:gpu_requests_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_usergroup:gpu_requests_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_window:server_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_usergroup:server_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_window:cost_usd:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_username:cost_usd:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_username_window:server_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_usergroup_username:server_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_window:active_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/active_users.promql',
        "parameters": {},
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_window:active_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/hub_active_users.promql',
        "parameters": {},
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      }
    ],
    "each": "short windows"
  },
  {
    "name": "hubmeter-window-%(window)s-hourly",
    "interval": "1h",
    "rules": [
      {
        "record": "namespace_username_window:memory_requests_byte_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_username:memory_requests_byte_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_window:cpu_requests_core_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_username:cpu_requests_core_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_window:gpu_requests_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_username:gpu_requests_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_window:server_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_username:server_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_window:memory_requests_byte_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_usergroup:memory_requests_byte_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_window:cpu_requests_core_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_usergroup:cpu_requests_core_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_window:gpu_requests_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_usergroup:gpu_requests_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_window:server_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_usergroup:server_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_window:cost_usd:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_username:cost_usd:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_username_window:server_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window.promql',
        "parameters": {
          "series": "namespace_usergroup_username:server_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      }
    ],
    "each": "long windows"
  },
  {
    "name": "hubmeter-window-%(window)s",
    "interval": "5m",
    "rules": [
      {
        "record": "namespace_username_window:memory_requests_byte_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window_hourly.promql',
        "parameters": {
          "series": "namespace_username_window:memory_requests_byte_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_window:cpu_requests_core_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window_hourly.promql',
        "parameters": {
          "series": "namespace_username_window:cpu_requests_core_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_window:gpu_requests_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window_hourly.promql',
        "parameters": {
          "series": "namespace_username_window:gpu_requests_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_window:server_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window_hourly.promql',
        "parameters": {
          "series": "namespace_username_window:server_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_window:memory_requests_byte_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window_hourly.promql',
        "parameters": {
          "series": "namespace_usergroup_window:memory_requests_byte_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_window:cpu_requests_core_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window_hourly.promql',
        "parameters": {
          "series": "namespace_usergroup_window:cpu_requests_core_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_window:gpu_requests_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window_hourly.promql',
        "parameters": {
          "series": "namespace_usergroup_window:gpu_requests_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_window:server_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window_hourly.promql',
        "parameters": {
          "series": "namespace_usergroup_window:server_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_window:cost_usd:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window_hourly.promql',
        "parameters": {
          "series": "namespace_username_window:cost_usd:hourly"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_username_window:server_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/window_hourly.promql',
        "parameters": {
          "series": "namespace_usergroup_username_window:server_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_window:active_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/active_users.promql',
        "parameters": {},
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_window:active_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/windows/hub_active_users.promql',
        "parameters": {},
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      }
    ],
    "each": "long windows"
  },
  {
    "name": "hubmeter-quotas",
    "interval": "5m",
    "rules": [
      {
        "record": "namespace_usergroup_username:quota_membership:group",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/membership.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_scope_usergroup_username:quota_scope:group",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/scope_group.promql',
        "parameters": {},
        "labels": {
          "scope": "group"
        },
        "when": {}
      },
      {
        "record": "namespace_scope_usergroup_username:quota_scope:group",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/scope.promql',
        "parameters": {
          "scope": "user",
          "match": "namespace, username"
        },
        "labels": {
          "scope": "user"
        },
        "when": {}
      },
      {
        "record": "namespace_scope_usergroup_username:quota_scope:group",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/scope.promql',
        "parameters": {
          "scope": "everybody",
          "match": "namespace"
        },
        "labels": {
          "scope": "everybody"
        },
        "when": {}
      },
      {
        "record": "namespace_scope_usergroup_username:quota_scope:group",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/scope_fallback.promql',
        "parameters": {},
        "labels": {
          "scope": "fallback"
        },
        "when": {}
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-quotas-%(window)s",
    "interval": "5m",
    "rules": [
      {
        "record": "namespace_scope_usergroup_username_resource_window:quota_limit:each",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/limit_each.promql',
        "parameters": {
          "resource": "memory"
        },
        "labels": {
          "resource": "memory",
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_scope_usergroup_username_resource_window:quota_limit:each",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/limit_each.promql',
        "parameters": {
          "resource": "cpu"
        },
        "labels": {
          "resource": "cpu",
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_scope_usergroup_username_resource_window:quota_limit:each",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/limit_each.promql',
        "parameters": {
          "resource": "gpu"
        },
        "labels": {
          "resource": "gpu",
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_scope_usergroup_username_resource_window:quota_limit:each",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/limit_each.promql',
        "parameters": {
          "resource": "cost"
        },
        "labels": {
          "resource": "cost",
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_resource_window:quota_limit:merged",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/limit.promql',
        "parameters": {
          "each": "namespace_scope_usergroup_username_resource_window:quota_limit:each"
        },
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_resource_window:quota_used:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/used.promql',
        "parameters": {
          "resource": "memory",
          "series": "namespace_username_window:memory_requests_byte_hours:sum"
        },
        "labels": {
          "resource": "memory",
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_resource_window:quota_used:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/used.promql',
        "parameters": {
          "resource": "cpu",
          "series": "namespace_username_window:cpu_requests_core_hours:sum"
        },
        "labels": {
          "resource": "cpu",
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_resource_window:quota_used:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/used.promql',
        "parameters": {
          "resource": "gpu",
          "series": "namespace_username_window:gpu_requests_hours:sum"
        },
        "labels": {
          "resource": "gpu",
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_resource_window:quota_used:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/used.promql',
        "parameters": {
          "resource": "cost",
          "series": "namespace_username_window:cost_usd:sum"
        },
        "labels": {
          "resource": "cost",
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_username_resource_window:quota_used:ratio",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/ratio.promql',
        "parameters": {},
        "labels": {
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_resource_window_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/users_by_window.promql',
        "parameters": {
          "part": "0"
        },
        "labels": {
          "threshold": "0",
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_resource_window_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/users_by_window.promql',
        "parameters": {
          "part": "0.8"
        },
        "labels": {
          "threshold": "80",
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_resource_window_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/users_by_window.promql',
        "parameters": {
          "part": "0.9"
        },
        "labels": {
          "threshold": "90",
          "window": "%(window)s"
        },
        "when": {}
      },
      {
        "record": "namespace_resource_window_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/users_by_window.promql',
        "parameters": {
          "part": "1"
        },
        "labels": {
          "threshold": "100",
          "window": "%(window)s"
        },
        "when": {}
      }
    ],
    "each": "windows"
  },
  {
    "name": "hubmeter-quota-users",
    "interval": "5m",
    "rules": [
      {
        "record": "namespace_username:quota_used_ratio:max",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/nearest.promql',
        "parameters": {},
        "labels": {},
        "when": {}
      },
      {
        "record": "namespace_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/users.promql',
        "parameters": {
          "part": "0"
        },
        "labels": {
          "threshold": "0"
        },
        "when": {}
      },
      {
        "record": "namespace_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/users.promql',
        "parameters": {
          "part": "0.8"
        },
        "labels": {
          "threshold": "80"
        },
        "when": {}
      },
      {
        "record": "namespace_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/users.promql',
        "parameters": {
          "part": "0.9"
        },
        "labels": {
          "threshold": "90"
        },
        "when": {}
      },
      {
        "record": "namespace_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/users.promql',
        "parameters": {
          "part": "1"
        },
        "labels": {
          "threshold": "100"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/users_by_group.promql',
        "parameters": {
          "part": "0"
        },
        "labels": {
          "threshold": "0"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/users_by_group.promql',
        "parameters": {
          "part": "0.8"
        },
        "labels": {
          "threshold": "80"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/users_by_group.promql',
        "parameters": {
          "part": "0.9"
        },
        "labels": {
          "threshold": "90"
        },
        "when": {}
      },
      {
        "record": "namespace_usergroup_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quotas/users_by_group.promql',
        "parameters": {
          "part": "1"
        },
        "labels": {
          "threshold": "100"
        },
        "when": {}
      }
    ],
    "each": ""
  }
]
