"""Names in the spelling that Kubernetes allows: in labels, and in the names of objects.

The result is always valid, is the same for the same name, and differs for different names.
"""

import hashlib
import re
from typing import Final

from kubespawner.slugs import is_valid_label, multi_slug, safe_slug

_LABEL_LENGTH: Final = 63
_USER_LENGTH: Final = 32
_NOT_IN_LABELS: Final = re.compile(r"[^A-Za-z0-9._-]+")


def label_value(name: str) -> str:
    """Return the name as a label value: unchanged if that is valid, else its last part and a hash.

    Images differ in the last part: ``quay.io/org/scipy:2026`` becomes ``scipy-2026-`` and eight digits.
    """
    if is_valid_label(name):
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    text = _NOT_IN_LABELS.sub("-", name.rstrip("/").rpartition("/")[2])
    text = text[: _LABEL_LENGTH - len(digest) - 1].strip("-._")
    return f"{text}-{digest}" if text else digest


def user_slug(username: str, servername: str) -> str:
    """Return the part of object names that identifies a user's server, at most 48 characters.

    It is KubeSpawner's spelling: ``ann`` stays ``ann``, and each named server has its own.
    """
    slug: str = multi_slug([username, servername]) if servername else safe_slug(username, max_length=_USER_LENGTH)
    return slug
