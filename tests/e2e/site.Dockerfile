# A JupyterHub with its proxy and our plugins, which is also the simulated cluster. images.py builds it, with files of the
# whole repository; BASE is what chart/images/Dockerfile is built from, by default or as `.ci/docker base` says.
ARG BASE=docker.io/library/python:3.13-slim-bookworm
FROM ${BASE}
ARG PIP_CERT
ARG NODE_WHEEL
ARG PROXY
ENV PATH=/opt/hubmeter/bin:/opt/proxy/node_modules/.bin:$PATH PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1
WORKDIR /opt/hubmeter/source
# Zero to JupyterHub's configuration needs pycurl.
RUN python3 -m venv /opt/hubmeter \
 && pip install --quiet --no-cache-dir "jupyterhub==6.*" "jupyterhub-kubespawner>=7" prometheus_client pycurl jupyter_server "${NODE_WHEEL}"
# Node.js has authorities of its own; a machine behind a proxy trusts others, which are in the base image.
RUN NODE_EXTRA_CA_CERTS=/etc/ssl/certs/ca-certificates.crt npm install --prefix /opt/proxy --no-package-lock --no-audit \
      --no-fund --ignore-scripts --loglevel=error "configurable-http-proxy@${PROXY}"
COPY pyproject.toml README.md LICENSE ./
COPY common common
COPY promql promql
COPY exporter exporter
COPY generator generator
COPY hub hub
RUN pip install --quiet --no-cache-dir '.[hub]'
COPY tests tests
RUN install -d -o 65532 -g 65532 /srv/jupyterhub
USER 65532:65532
WORKDIR /srv/jupyterhub
EXPOSE 8000 8081 9100
