// Written by hubmeter-generate; do not edit.
[
  {
    "name": "hubmeter-membership",
    "interval": "150s",
    "rules": [
      {
        "record": "namespace_usergroup_username:usergroup_share:max",
        "template": importstr '../../promql/hubmeter_promql/rules/usergroup_share_live.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:usergroup_share:timestamp",
        "template": importstr '../../promql/hubmeter_promql/rules/usergroup_share_told.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace:usergroup_share:timestamp",
        "template": importstr '../../promql/hubmeter_promql/rules/usergroup_share_hub_told.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:usergroup_share:last",
        "template": importstr '../../promql/hubmeter_promql/rules/usergroup_share.promql',
        "parameters": {},
        "labels": {}
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
        "template": importstr '../../promql/hubmeter_promql/rules/hubs.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace:usage_seen:group",
        "template": importstr '../../promql/hubmeter_promql/rules/usage_seen.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_pod_uid:scheduled_pods:group",
        "template": importstr '../../promql/hubmeter_promql/rules/scheduled_pods.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_pod_uid_username:pods:group",
        "template": importstr '../../promql/hubmeter_promql/rules/pods.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_pod_username:pods:group",
        "template": importstr '../../promql/hubmeter_promql/rules/named_pods.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:usergroup_share:active",
        "template": importstr '../../promql/hubmeter_promql/rules/usergroup_share_active.promql',
        "parameters": {},
        "labels": {}
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
        "template": importstr '../../promql/hubmeter_promql/rules/memory_working_set_bytes.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:memory_working_set_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/pair.promql',
        "parameters": {
          "resource": "memory_working_set_bytes:sum",
          "share": "namespace_usergroup_username:usergroup_share:active"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup:memory_working_set_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/group.promql',
        "parameters": {
          "resource": "memory_working_set_bytes:sum"
        },
        "labels": {}
      },
      {
        "record": "namespace:memory_working_set_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/hub.promql',
        "parameters": {
          "resource": "memory_working_set_bytes:sum"
        },
        "labels": {}
      },
      {
        "record": "namespace:memory_working_set_bytes:whole",
        "template": importstr '../../promql/hubmeter_promql/rules/whole_memory_working_set_bytes.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_username:memory_requests_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/container_resources.promql',
        "parameters": {
          "kind": "requests",
          "kubernetes_resource": "memory"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:memory_requests_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/pair.promql',
        "parameters": {
          "resource": "memory_requests_bytes:sum",
          "share": "namespace_usergroup_username:usergroup_share:active"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup:memory_requests_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/group.promql',
        "parameters": {
          "resource": "memory_requests_bytes:sum"
        },
        "labels": {}
      },
      {
        "record": "namespace:memory_requests_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/hub.promql',
        "parameters": {
          "resource": "memory_requests_bytes:sum"
        },
        "labels": {}
      },
      {
        "record": "namespace:memory_requests_bytes:whole",
        "template": importstr '../../promql/hubmeter_promql/rules/whole_memory_requests_bytes.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_username:memory_limits_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/container_resources.promql',
        "parameters": {
          "kind": "limits",
          "kubernetes_resource": "memory"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:memory_limits_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/pair.promql',
        "parameters": {
          "resource": "memory_limits_bytes:sum",
          "share": "namespace_usergroup_username:usergroup_share:active"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup:memory_limits_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/group.promql',
        "parameters": {
          "resource": "memory_limits_bytes:sum"
        },
        "labels": {}
      },
      {
        "record": "namespace:memory_limits_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/hub.promql',
        "parameters": {
          "resource": "memory_limits_bytes:sum"
        },
        "labels": {}
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
        "template": importstr '../../promql/hubmeter_promql/rules/cpu_usage_cores.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:cpu_usage_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/pair.promql',
        "parameters": {
          "resource": "cpu_usage_cores:sum",
          "share": "namespace_usergroup_username:usergroup_share:active"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup:cpu_usage_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/group.promql',
        "parameters": {
          "resource": "cpu_usage_cores:sum"
        },
        "labels": {}
      },
      {
        "record": "namespace:cpu_usage_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/hub.promql',
        "parameters": {
          "resource": "cpu_usage_cores:sum"
        },
        "labels": {}
      },
      {
        "record": "namespace_username:cpu_requests_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/container_resources.promql',
        "parameters": {
          "kind": "requests",
          "kubernetes_resource": "cpu"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:cpu_requests_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/pair.promql',
        "parameters": {
          "resource": "cpu_requests_cores:sum",
          "share": "namespace_usergroup_username:usergroup_share:active"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup:cpu_requests_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/group.promql',
        "parameters": {
          "resource": "cpu_requests_cores:sum"
        },
        "labels": {}
      },
      {
        "record": "namespace:cpu_requests_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/hub.promql',
        "parameters": {
          "resource": "cpu_requests_cores:sum"
        },
        "labels": {}
      },
      {
        "record": "namespace_username:cpu_limits_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/container_resources.promql',
        "parameters": {
          "kind": "limits",
          "kubernetes_resource": "cpu"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:cpu_limits_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/pair.promql',
        "parameters": {
          "resource": "cpu_limits_cores:sum",
          "share": "namespace_usergroup_username:usergroup_share:active"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup:cpu_limits_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/group.promql',
        "parameters": {
          "resource": "cpu_limits_cores:sum"
        },
        "labels": {}
      },
      {
        "record": "namespace:cpu_limits_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/hub.promql',
        "parameters": {
          "resource": "cpu_limits_cores:sum"
        },
        "labels": {}
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
        "template": importstr '../../promql/hubmeter_promql/rules/servers.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:servers:count",
        "template": importstr '../../promql/hubmeter_promql/rules/pair.promql',
        "parameters": {
          "resource": "servers:count",
          "share": "namespace_usergroup_username:usergroup_share:active"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup:servers:count",
        "template": importstr '../../promql/hubmeter_promql/rules/group.promql',
        "parameters": {
          "resource": "servers:count"
        },
        "labels": {}
      },
      {
        "record": "namespace:servers:count",
        "template": importstr '../../promql/hubmeter_promql/rules/hub.promql',
        "parameters": {
          "resource": "servers:count"
        },
        "labels": {}
      },
      {
        "record": "namespace_username:gpu_requests:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/container_resources.promql',
        "parameters": {
          "kind": "requests",
          "kubernetes_resource": "%(gpu_resources)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:gpu_requests:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/pair.promql',
        "parameters": {
          "resource": "gpu_requests:sum",
          "share": "namespace_usergroup_username:usergroup_share:active"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup:gpu_requests:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/group.promql',
        "parameters": {
          "resource": "gpu_requests:sum"
        },
        "labels": {}
      },
      {
        "record": "namespace:gpu_requests:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/hub.promql',
        "parameters": {
          "resource": "gpu_requests:sum"
        },
        "labels": {}
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
        "template": importstr '../../promql/hubmeter_promql/rules/directory_owners.promql',
        "parameters": {},
        "labels": {}
      }
    ],
    "each": ""
  },
  {
    "name": "hubmeter-homes",
    "interval": "150s",
    "rules": [
      {
        "record": "namespace_directory:home_bytes:max",
        "template": importstr '../../promql/hubmeter_promql/rules/directory_bytes.promql',
        "parameters": {
          "measure": "total_size_bytes"
        },
        "labels": {}
      },
      {
        "record": "namespace_directory_username:homes:group",
        "template": importstr '../../promql/hubmeter_promql/rules/directories.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_username:home_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/home_bytes.promql',
        "parameters": {
          "directories": "namespace_directory:home_bytes:max"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:home_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/pair.promql',
        "parameters": {
          "resource": "home_bytes:sum",
          "share": "namespace_usergroup_username:usergroup_share:last"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup:home_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/group.promql',
        "parameters": {
          "resource": "home_bytes:sum"
        },
        "labels": {}
      },
      {
        "record": "namespace:home_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/hub.promql',
        "parameters": {
          "resource": "home_bytes:sum"
        },
        "labels": {}
      },
      {
        "record": "namespace_directory:home_limit_bytes:max",
        "template": importstr '../../promql/hubmeter_promql/rules/directory_bytes.promql',
        "parameters": {
          "measure": "hard_limit_bytes"
        },
        "labels": {}
      },
      {
        "record": "namespace_username:home_limit_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/home_bytes.promql',
        "parameters": {
          "directories": "namespace_directory:home_limit_bytes:max"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:home_limit_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/pair.promql',
        "parameters": {
          "resource": "home_limit_bytes:sum",
          "share": "namespace_usergroup_username:usergroup_share:last"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup:home_limit_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/group.promql',
        "parameters": {
          "resource": "home_limit_bytes:sum"
        },
        "labels": {}
      },
      {
        "record": "namespace:home_limit_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/hub.promql',
        "parameters": {
          "resource": "home_limit_bytes:sum"
        },
        "labels": {}
      },
      {
        "record": "namespace_directory:orphaned_home_bytes:max",
        "template": importstr '../../promql/hubmeter_promql/rules/orphaned_home_bytes.promql',
        "parameters": {},
        "labels": {}
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
        "template": importstr '../../promql/hubmeter_promql/rules/profile_pods.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_pod_username_profile_size_image:pods:group",
        "template": importstr '../../promql/hubmeter_promql/rules/profile_named_pods.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_username_profile_size_image:combinations:created",
        "template": importstr '../../promql/hubmeter_promql/rules/profile_combinations.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username_profile_size_image:usergroup_share:last",
        "template": importstr '../../promql/hubmeter_promql/rules/profile_share.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:servers:count",
        "template": importstr '../../promql/hubmeter_promql/rules/profile_servers.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:memory_working_set_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/profile_memory_working_set_bytes.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:cpu_usage_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/profile_cpu_usage_cores.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:memory_requests_bytes:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/profile_requests.promql',
        "parameters": {
          "kubernetes_resource": "memory"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:cpu_requests_cores:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/profile_requests.promql',
        "parameters": {
          "kubernetes_resource": "cpu"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:gpu_requests:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/profile_requests.promql',
        "parameters": {
          "kubernetes_resource": "%(gpu_resources)s"
        },
        "labels": {}
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
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_username:memory_working_set_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_username:memory_requests_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_username:memory_requests_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_username:cpu_usage_core_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_username:cpu_usage_cores:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_username:cpu_requests_core_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_username:cpu_requests_cores:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_username:gpu_requests_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_username:gpu_requests:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_username:server_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_username:servers:count",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_username:home_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_username:home_bytes:sum",
          "seconds": "150"
        },
        "labels": {}
      },
      {
        "record": "namespace:usage_recorded:count5m",
        "template": importstr '../../promql/hubmeter_promql/rules/usage_recorded.promql',
        "parameters": {},
        "labels": {}
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
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_username:memory_working_set_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:memory_requests_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_username:memory_requests_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:cpu_usage_core_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_username:cpu_usage_cores:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:cpu_requests_core_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_username:cpu_requests_cores:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:gpu_requests_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_username:gpu_requests:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:server_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_username:servers:count",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_username:home_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_username:home_bytes:sum",
          "seconds": "150"
        },
        "labels": {}
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
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup:memory_working_set_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup:memory_requests_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup:memory_requests_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup:cpu_usage_core_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup:cpu_usage_cores:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup:cpu_requests_core_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup:cpu_requests_cores:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup:gpu_requests_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup:gpu_requests:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup:server_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup:servers:count",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup:home_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup:home_bytes:sum",
          "seconds": "150"
        },
        "labels": {}
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
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_profile_size_image:servers:count",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:memory_requests_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_profile_size_image:memory_requests_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:memory_working_set_byte_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_profile_size_image:memory_working_set_bytes:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:cpu_requests_core_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_profile_size_image:cpu_requests_cores:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:cpu_usage_core_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_profile_size_image:cpu_usage_cores:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:gpu_requests_hours:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/bucket.promql',
        "parameters": {
          "series": "namespace_usergroup_profile_size_image:gpu_requests:sum",
          "seconds": "%(interval_seconds)s"
        },
        "labels": {}
      },
      {
        "record": "namespace_usergroup_profile_size_image:cost_usd:sum5m",
        "template": importstr '../../promql/hubmeter_promql/rules/profile_cost_usd.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_profile_size:server_memory_working_set_bytes:p95",
        "template": importstr '../../promql/hubmeter_promql/rules/profile_memory_p95.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_profile_size:server_cpu_usage_cores:p95",
        "template": importstr '../../promql/hubmeter_promql/rules/profile_cpu_p95.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_profile_size_le:server_memory_used_ratio:count",
        "template": importstr '../../promql/hubmeter_promql/rules/profile_memory_used.promql',
        "parameters": {
          "part": "0.5"
        },
        "labels": {
          "le": "0.5"
        }
      },
      {
        "record": "namespace_profile_size_le:server_memory_used_ratio:count",
        "template": importstr '../../promql/hubmeter_promql/rules/profile_memory_used.promql',
        "parameters": {
          "part": "+Inf"
        },
        "labels": {
          "le": "+Inf"
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
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_username:memory_requests_byte_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_username_window:cpu_requests_core_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_username:cpu_requests_core_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_username_window:gpu_requests_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_username:gpu_requests_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_username_window:server_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_username:server_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_window:memory_requests_byte_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_usergroup:memory_requests_byte_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_window:cpu_requests_core_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_usergroup:cpu_requests_core_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_window:gpu_requests_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_usergroup:gpu_requests_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_window:server_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_usergroup:server_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_username_window:server_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_usergroup_username:server_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_window:active_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/active_users.promql',
        "parameters": {},
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_window:active_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/hub_active_users.promql',
        "parameters": {},
        "labels": {
          "window": "%(window)s"
        }
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
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_username:memory_requests_byte_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_username_window:cpu_requests_core_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_username:cpu_requests_core_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_username_window:gpu_requests_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_username:gpu_requests_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_username_window:server_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_username:server_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_window:memory_requests_byte_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_usergroup:memory_requests_byte_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_window:cpu_requests_core_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_usergroup:cpu_requests_core_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_window:gpu_requests_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_usergroup:gpu_requests_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_window:server_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_usergroup:server_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_username_window:server_hours:hourly",
        "template": importstr '../../promql/hubmeter_promql/rules/window.promql',
        "parameters": {
          "series": "namespace_usergroup_username:server_hours:sum5m"
        },
        "labels": {
          "window": "%(window)s"
        }
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
        "template": importstr '../../promql/hubmeter_promql/rules/window_hourly.promql',
        "parameters": {
          "series": "namespace_username_window:memory_requests_byte_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_username_window:cpu_requests_core_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/window_hourly.promql',
        "parameters": {
          "series": "namespace_username_window:cpu_requests_core_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_username_window:gpu_requests_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/window_hourly.promql',
        "parameters": {
          "series": "namespace_username_window:gpu_requests_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_username_window:server_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/window_hourly.promql',
        "parameters": {
          "series": "namespace_username_window:server_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_window:memory_requests_byte_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/window_hourly.promql',
        "parameters": {
          "series": "namespace_usergroup_window:memory_requests_byte_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_window:cpu_requests_core_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/window_hourly.promql',
        "parameters": {
          "series": "namespace_usergroup_window:cpu_requests_core_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_window:gpu_requests_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/window_hourly.promql',
        "parameters": {
          "series": "namespace_usergroup_window:gpu_requests_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_window:server_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/window_hourly.promql',
        "parameters": {
          "series": "namespace_usergroup_window:server_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_username_window:server_hours:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/window_hourly.promql',
        "parameters": {
          "series": "namespace_usergroup_username_window:server_hours:hourly"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_usergroup_window:active_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/active_users.promql',
        "parameters": {},
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_window:active_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/hub_active_users.promql',
        "parameters": {},
        "labels": {
          "window": "%(window)s"
        }
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
        "template": importstr '../../promql/hubmeter_promql/rules/quota_membership.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_scope_usergroup_username:quota_scope:group",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_scope_group.promql',
        "parameters": {},
        "labels": {
          "scope": "group"
        }
      },
      {
        "record": "namespace_scope_usergroup_username:quota_scope:group",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_scope.promql',
        "parameters": {
          "scope": "user",
          "match": "namespace, username"
        },
        "labels": {
          "scope": "user"
        }
      },
      {
        "record": "namespace_scope_usergroup_username:quota_scope:group",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_scope.promql',
        "parameters": {
          "scope": "everybody",
          "match": "namespace"
        },
        "labels": {
          "scope": "everybody"
        }
      },
      {
        "record": "namespace_scope_usergroup_username:quota_scope:group",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_scope_fallback.promql',
        "parameters": {},
        "labels": {
          "scope": "fallback"
        }
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
        "template": importstr '../../promql/hubmeter_promql/rules/quota_limit_each.promql',
        "parameters": {
          "resource": "memory"
        },
        "labels": {
          "resource": "memory",
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_scope_usergroup_username_resource_window:quota_limit:each",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_limit_each.promql',
        "parameters": {
          "resource": "cpu"
        },
        "labels": {
          "resource": "cpu",
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_scope_usergroup_username_resource_window:quota_limit:each",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_limit_each.promql',
        "parameters": {
          "resource": "gpu"
        },
        "labels": {
          "resource": "gpu",
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_username_resource_window:quota_limit:merged",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_limit.promql',
        "parameters": {
          "each": "namespace_scope_usergroup_username_resource_window:quota_limit:each"
        },
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_username_resource_window:quota_used:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_used.promql',
        "parameters": {
          "resource": "memory",
          "series": "namespace_username_window:memory_requests_byte_hours:sum"
        },
        "labels": {
          "resource": "memory",
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_username_resource_window:quota_used:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_used.promql',
        "parameters": {
          "resource": "cpu",
          "series": "namespace_username_window:cpu_requests_core_hours:sum"
        },
        "labels": {
          "resource": "cpu",
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_username_resource_window:quota_used:sum",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_used.promql',
        "parameters": {
          "resource": "gpu",
          "series": "namespace_username_window:gpu_requests_hours:sum"
        },
        "labels": {
          "resource": "gpu",
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_username_resource_window:quota_used:ratio",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_ratio.promql',
        "parameters": {},
        "labels": {
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_resource_window_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_users_by_window.promql',
        "parameters": {
          "part": "0"
        },
        "labels": {
          "threshold": "0",
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_resource_window_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_users_by_window.promql',
        "parameters": {
          "part": "0.8"
        },
        "labels": {
          "threshold": "80",
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_resource_window_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_users_by_window.promql',
        "parameters": {
          "part": "0.9"
        },
        "labels": {
          "threshold": "90",
          "window": "%(window)s"
        }
      },
      {
        "record": "namespace_resource_window_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_users_by_window.promql',
        "parameters": {
          "part": "1"
        },
        "labels": {
          "threshold": "100",
          "window": "%(window)s"
        }
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
        "template": importstr '../../promql/hubmeter_promql/rules/quota_nearest.promql',
        "parameters": {},
        "labels": {}
      },
      {
        "record": "namespace_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_users.promql',
        "parameters": {
          "part": "0"
        },
        "labels": {
          "threshold": "0"
        }
      },
      {
        "record": "namespace_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_users.promql',
        "parameters": {
          "part": "0.8"
        },
        "labels": {
          "threshold": "80"
        }
      },
      {
        "record": "namespace_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_users.promql',
        "parameters": {
          "part": "0.9"
        },
        "labels": {
          "threshold": "90"
        }
      },
      {
        "record": "namespace_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_users.promql',
        "parameters": {
          "part": "1"
        },
        "labels": {
          "threshold": "100"
        }
      },
      {
        "record": "namespace_usergroup_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_users_by_group.promql',
        "parameters": {
          "part": "0"
        },
        "labels": {
          "threshold": "0"
        }
      },
      {
        "record": "namespace_usergroup_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_users_by_group.promql',
        "parameters": {
          "part": "0.8"
        },
        "labels": {
          "threshold": "80"
        }
      },
      {
        "record": "namespace_usergroup_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_users_by_group.promql',
        "parameters": {
          "part": "0.9"
        },
        "labels": {
          "threshold": "90"
        }
      },
      {
        "record": "namespace_usergroup_threshold:quota_users:count",
        "template": importstr '../../promql/hubmeter_promql/rules/quota_users_by_group.promql',
        "parameters": {
          "part": "1"
        },
        "labels": {
          "threshold": "100"
        }
      }
    ],
    "each": ""
  }
]
