# Prometheus as the distribution has it, laid out as in its own image, for where that cannot be pulled. images.py builds it.
ARG BASE=docker.io/library/debian:bookworm-slim
FROM ${BASE}
COPY prometheus /bin/prometheus
RUN install -d -o 65534 -g 65534 /prometheus
USER 65534:65534
WORKDIR /prometheus
EXPOSE 9090
ENTRYPOINT ["/bin/prometheus"]
