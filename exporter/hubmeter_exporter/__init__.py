"""What Prometheus scrapes: who is in which group of a JupyterHub."""
