// Written by `make generate` from generator/hubmeter_generator/settings.yaml; do not edit.
{
  // Label that distinguishes clusters that share one Prometheus (Mimir, Thanos, federation), for example "cluster". All
  // joins and sums keep it. Empty: one cluster.
  cluster_label: "",

  // Matchers for the namespaces of hubs. Set them if the cluster has hubs that Hubmeter must not measure, for example
  // 'namespace=~"prod|staging"'.
  hub_selector: "namespace!=\"\"",

  // Hubs of pods that run in other namespaces than their hub: a list of a regular expression for whole names of
  // namespaces, and the hub's namespace. The first match counts; $1 is the expression's first group. For example
  // [{namespaces: "hub-.*", hub: hub}] for KubeSpawner's enable_user_namespaces, [{namespaces: "dask-(.+)", hub: "$1"}]
  // for dask-gateway. hub_selector must match these namespaces, too.
  pod_namespaces: [],

  // Matchers for the series of kube-state-metrics, for example 'job="kube-state-metrics"'. Set them only if another
  // exporter writes different series under the same names. A second instance, or OpenCost's copy, does no harm.
  kube_state_metrics_selector: "",

  // Matchers for the series of cAdvisor, for example 'job="kubelet", metrics_path="/metrics/cadvisor"'. Set them if
  // several jobs scrape the same containers and their values differ.
  cadvisor_selector: "",

  // Prefix of the exporters' metrics: the value of --jupyterhub_metrics_prefix.
  metrics_prefix: "jupyterhub",

  // Label of kube_pod_annotations with the pod annotation hub.jupyter.org/username. Set it if relabelling renames it.
  username_annotation_label: "annotation_hub_jupyter_org_username",

  // Label of kube_pod_labels with the pod label hubmeter/profile, which Hubmeter's profiles set. Set this, size_label
  // and image_label if KubeSpawner's own profile_list sets other pod labels. kube-state-metrics replaces every
  // character except letters and digits with an underscore: example.org/size becomes label_example_org_size.
  profile_label: "label_hubmeter_profile",

  // Label of kube_pod_labels with the pod label hubmeter/size.
  size_label: "label_hubmeter_size",

  // Label of kube_pod_labels with the pod label hubmeter/image.
  image_label: "label_hubmeter_image",

  // Name of the container that distinguishes a server from a Dask worker. KubeSpawner's default is notebook.
  server_container: "notebook",

  // Extended resources that count as GPUs, and the part of a GPU that each is. resource is a regular expression for names
  // in kube-state-metrics; the first match counts. part is a fraction in quotes. By default, NVIDIA's MIG slices count by
  // their compute slices: sevenths of a GPU, on an A30 (slices of 6 GB) fourths. Add your shared or renamed resources, for
  // example {resource: nvidia_com_gpu_shared, part: "1/4"}; "0" is no GPU. Different resources of a container add up.
  gpu_resources: [{"resource": "nvidia_com_gpu|amd_com_gpu", "part": "1"}, {"resource": "nvidia_com_mig_1g_6gb.*", "part": "1/4"}, {"resource": "nvidia_com_mig_2g_12gb.*", "part": "2/4"}, {"resource": "nvidia_com_mig_4g_24gb.*", "part": "4/4"}, {"resource": "nvidia_com_mig_1g_.+", "part": "1/7"}, {"resource": "nvidia_com_mig_2g_.+", "part": "2/7"}, {"resource": "nvidia_com_mig_3g_.+", "part": "3/7"}, {"resource": "nvidia_com_mig_4g_.+", "part": "4/7"}, {"resource": "nvidia_com_mig_7g_.+", "part": "7/7"}],

  // Evaluation interval of the rules; must divide 5m. Set a longer one if the scrape interval is longer than 1m.
  interval: "1m",

  // Evaluation interval of the rules for groups and home directories, whose cost grows with registered users instead of
  // running servers. Must divide 5m and be at most 150s, so that the 5-minute look-back always covers two evaluations.
  membership_interval: "150s",

  // How long the last known groups stay in use while a hub's exporter is down. Set it longer than your longest
  // deployment.
  carry_forward: "1h",

  // How long the last size of a home directory counts while dirsize does not report it: after a restart dirsize finds
  // directories again over hours. Set it longer than dirsize needs for your storage. Where dirsize exports
  // dirsize_last_updated_ns, a directory that it has not measured for so long counts as deleted, if it measured another
  // twice since.
  home_carry_forward: "1d",

  // Directories beside the home directories that belong to no user by intention: a regular expression of whole names. They
  // are not listed as orphaned. Empty: every directory without a user is orphaned.
  shared_directories: "_?shared|lost.found",

  // Label of kube_node_labels with the pool of a node, for the dashboard Cluster, for example
  // label_cloud_google_com_gke_nodepool or label_eks_amazonaws_com_nodegroup. kube-state-metrics exports it with
  // --metric-labels-allowlist=nodes=[...]. Nodes without it are one pool without a name.
  node_pool_label: "label_hub_jupyter_org_node_purpose",

  // Rolling windows for quotas and active users. Dashboards show a quota only if its window is here. Write whole days in
  // days: 7d, not 1w or 168h. Usage is summed for users with a limit only, over more than 1d once an hour. A window adds
  // two rule groups, and one longer than 1d adds three.
  windows: ["1d", "7d", "30d"],

  // Grafana: regular expression for the names of the data sources that dashboards offer. Empty: every Prometheus.
  datasource_regex: "",

  // Grafana: colour scheme of charts. palette-classic has more than twelve colours. palette-colorblind has eight in the dark theme and
  // five in the light one, which people with a colour vision deficiency can distinguish; it needs Grafana 13.
  color_scheme: "palette-classic",

  // Grafana: tags of every dashboard. The links between dashboards find them by the first tag.
  dashboard_tags: ["hubmeter", "jupyterhub"],

  // Alerts: URL of a runbook; {alert} is replaced by the alert's name. Set it if you keep your own runbooks.
  runbook_url: "https://github.com/hubmeter/hubmeter/blob/main/docs/runbooks/{alert}.md",

  // Alerts: threshold of HubmeterHomeNearlyFull, a fraction of the home directory's limit, for example "0.9". Empty:
  // no alert.
  home_nearly_full_ratio: "",

  // Alerts: threshold of HubmeterQuotaUserNearLimit, a fraction of the quota's limit, for example "0.9". Empty: no
  // alert. Users see their usage on the usage page, and the hub refuses to start servers at the limit.
  user_near_limit_ratio: "",

  // Costs: source of unit prices. exporter: hubmeter-costs reads the bill. opencost: OpenCost's prices of nodes and
  // volumes; without a bill, all costs are estimates. none: no costs are recorded.
  cost_source: "exporter",

  // Costs: weight that divides the bill for compute. memory: requested memory. dominant: the larger of a user's shares
  // of the hub's memory requests and CPU requests; choose it if some users need many cores and little memory.
  cost_weight: "memory",

  // Costs: matchers of kube_node_labels for the nodes that users' pods may run on. Their allocatable memory and GPUs, minus
  // the usage, are idle capacity, whose cost is a row of its own. By default, the nodes with the label
  // hub.jupyter.org/node-purpose=user of Zero to JupyterHub. kube-state-metrics needs
  // --metric-labels-allowlist=nodes=[hub.jupyter.org/node-purpose]. Empty: all nodes with an exported label.
  cost_node_selector: "label_hub_jupyter_org_node_purpose=\"user\"",

  // Costs: label of kube_node_labels with the hub whose users alone run on the node, as its tag on the bill, for example
  // label_2i2c_hub_name. Set it if hubs have nodes of their own. Empty: all hubs share all nodes.
  cost_node_hub_label: "",

  // Costs: monthly budgets of groups in USD, for example {physics: 500, "data science": 120.50}, for a panel and for
  // alerts. One budget covers a group on all hubs.
  budgets: {},
}
