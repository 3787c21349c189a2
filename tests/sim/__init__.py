"""A simulated cluster: what Kubernetes, JupyterHub and dirsize would have exposed, as functions of time."""
