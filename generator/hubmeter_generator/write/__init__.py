"""One writer a form: rule files, Kubernetes objects, the chart's files, the mixin."""
