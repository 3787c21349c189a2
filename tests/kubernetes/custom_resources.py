"""Custom resources in the shape of those that profiles use on OpenShift, whose own definitions need OpenShift.

Sources: the API reference of OpenShift 4 (image.openshift.io/v1, ImageStream) and radanalytics.io's spark-operator
(manifest/operator-crd.yaml, SparkCluster).
"""

from typing import Any, Final

Json = dict[str, Any]

_TEXT: Final[Json] = {"type": "string"}
_NUMBER: Final[Json] = {"type": "integer", "format": "int64"}


def _object(**properties: Json) -> Json:
    return {"type": "object", "properties": properties}


def _list(item: Json) -> Json:
    return {"type": "array", "items": item}


_REFERENCE: Final = _object(kind=_TEXT, name=_TEXT, namespace=_TEXT)
_SPEC_TAG: Final = {
    **_object(
        name=_TEXT,
        annotations={"type": "object", "nullable": True, "additionalProperties": _TEXT},
        importPolicy=_object(importMode=_TEXT, insecure={"type": "boolean"}, scheduled={"type": "boolean"}),
        referencePolicy=_object(type=_TEXT),
        reference={"type": "boolean"},
        generation={**_NUMBER, "nullable": True},
        **{"from": _REFERENCE},
    ),
    "required": ["name"],
}
_EVENT: Final = {
    **_object(created={**_TEXT, "nullable": True}, dockerImageReference=_TEXT, image=_TEXT, generation=_NUMBER),
    "required": ["created", "dockerImageReference", "image", "generation"],
}
_STATUS_TAG: Final = {
    **_object(
        tag=_TEXT, items={**_list(_EVENT), "nullable": True}, conditions=_list(_object(type=_TEXT, status=_TEXT))
    ),
    "required": ["tag"],  # OpenShift writes "items": null, which a custom resource loses
}
_IMAGE_STREAM: Final = _object(
    spec=_object(
        dockerImageRepository=_TEXT, lookupPolicy=_object(local={"type": "boolean"}), tags=_list(_SPEC_TAG)
    ),
    status=_object(dockerImageRepository=_TEXT, publicDockerImageRepository=_TEXT, tags=_list(_STATUS_TAG)),
)  # fmt: skip
_SPARK_CLUSTER: Final = _object(
    spec=_object(
        customImage=_TEXT,
        master=_object(instances=_TEXT, memory=_TEXT, cpu=_TEXT),
        worker=_object(instances=_TEXT, memory=_TEXT, cpu=_TEXT),
    ),
    status=_object(state=_TEXT),
)


def _definition(group: str, kind: str, plural: str, schema: Json) -> Json:
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural, "singular": kind.lower(), "listKind": f"{kind}List"},
            "versions": [{"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}],
        },
    }


DEFINITIONS: Final = (
    _definition("image.openshift.io", "ImageStream", "imagestreams", _IMAGE_STREAM),
    _definition("radanalytics.io", "SparkCluster", "sparkclusters", _SPARK_CLUSTER),
)


def image_stream(namespace: str, name: str, repository: str, tag: str, **annotations: str) -> Json:
    """Return an ImageStream with one tag that is imported and one that is not, as OpenShift fills in its status."""
    reference = f"{repository}:{tag}"
    event = {"created": "2026-11-02T08:00:00Z", "dockerImageReference": reference, "generation": 2, "image": "sha256:0"}
    failed = [{"type": "ImportSuccess", "status": "False"}]
    return {
        "apiVersion": "image.openshift.io/v1",
        "kind": "ImageStream",
        "metadata": {
            "name": name,
            "namespace": namespace,
            "labels": {"opendatahub.io/notebook-image": "true"},
            "annotations": {f"opendatahub.io/{key.replace('_', '-')}": text for key, text in annotations.items()},
        },
        "spec": {
            "lookupPolicy": {"local": True},
            "tags": [
                {"name": each, "from": {"kind": "DockerImage", "name": reference}, "annotations": None}
                for each in (tag, "absent")
            ],
        },
        "status": {
            "dockerImageRepository": repository,
            "tags": [{"tag": tag, "items": [event]}, {"tag": "absent", "items": None, "conditions": failed}],
        },
    }
