// Written by `make generate` from generator/hubmeter_generator/settings.yaml; do not edit.
{
  // The label that tells clusters apart where several write into one Prometheus (Mimir, Thanos, federation), for example
  // "cluster". Every join and every sum then keeps it. Empty: one cluster.
  cluster_label: "",

  // Matchers that every metric of a hub's namespace must meet. Narrow it where hubs share the cluster with others whose
  // usage is none of your business, for example 'namespace=~"prod|staging"'.
  hub_selector: "namespace!=\"\"",

  // Matchers for kube-state-metrics' series, for example 'job="kube-state-metrics"'. Two instances, or a copy by OpenCost,
  // do no harm; set it only where another exporter writes other things under the same names.
  kube_state_metrics_selector: "",

  // Matchers for cAdvisor's series, for example 'job="kubelet", metrics_path="/metrics/cadvisor"'. Set it where the same
  // containers are scraped under several jobs whose numbers differ.
  cadvisor_selector: "",

  // The exporter's --jupyterhub_metrics_prefix. Set it where you set that.
  metrics_prefix: "jupyterhub",

  // The label in which kube-state-metrics shows the pod annotation hub.jupyter.org/username. Set it where a relabelling
  // renamed it.
  username_annotation_label: "annotation_hub_jupyter_org_username",

  // The labels in which kube-state-metrics shows the pod labels hubmeter/profile, hubmeter/size and hubmeter/image, which
  // Hubmeter's profiles set. Set them where KubeSpawner's own profile_list gives pods other labels for the same: every
  // character but letters and digits is an underscore there, so example.org/size is label_example_org_size.
  profile_label: "label_hubmeter_profile",

  // The same for the size.
  size_label: "label_hubmeter_size",

  // The same for the image.
  image_label: "label_hubmeter_image",

  // The container that makes a pod a server rather than a Dask worker. KubeSpawner calls it notebook.
  server_container: "notebook",

  // Extended resources that count as GPUs, a regular expression of kube-state-metrics' spelling.
  gpu_resources: "nvidia_com_gpu|amd_com_gpu",

  // How often rules are evaluated; must divide 5m. Longer where you scrape less often than once a minute.
  interval: "1m",

  // How often groups and home directories are looked at, which costs by the registered users rather than by those who run
  // something; must divide 5m and be at most 150s, so that no reader misses one that is late.
  membership_interval: "150s",

  // How long the last known groups are still used while a hub's exporter is silent. Longer than your longest deployment.
  carry_forward: "1h",

  // Rolling windows for sums and for active users. Quotas need theirs here to be seen in dashboards, in days where they are
  // whole days (7d, not 1w or 168h). Each costs two or three rule groups; those longer than a day are computed once an hour.
  windows: ["1d", "7d", "30d"],

  // Grafana: which data sources the dashboards offer, a regular expression of their names. Empty: every Prometheus.
  datasource_regex: "",

  // Grafana: tags of every dashboard. The first one also finds the other dashboards for the links on top.
  dashboard_tags: ["hubmeter", "jupyterhub"],

  // Alerts: where a runbook is found; {alert} stands for the alert's name. Point it to your own copy if yours differ.
  runbook_url: "https://github.com/hubmeter/hubmeter/blob/main/docs/runbooks/{alert}.md",

  // Alerts: warn when a home directory is fuller than this part of its limit, for example "0.9". Empty: no such alert;
  // many sites let the user's own page tell them.
  home_nearly_full_ratio: "",

  // Alerts: warn when a user has used this part of a quota's limit, for example "0.9". Empty: no such alert; users see it on
  // their own page, and at the limit servers no longer start.
  user_near_limit_ratio: "",

  // Costs: where prices come from. exporter: hubmeter-costs reads the bill. opencost: OpenCost's prices of nodes and volumes,
  // without a bill, so everything is an estimate. none: no costs are recorded.
  cost_source: "exporter",

  // Costs: what compute is divided by. memory: memory requested. dominant: the larger of a user's parts of the hub's memory
  // and CPU requests; choose it where some need many cores and little memory.
  cost_weight: "memory",

  // Costs: what groups may cost a month, in USD, for a panel and for alerts, for example {physics: 500, "data science": 120.50}.
  // A group of several hubs has one budget for all.
  budgets: {},
}
