"""Names that people chose, as Kubernetes lets them be spelled: in labels, and in the names of objects.

Always valid, always the same for the same name, and never the same for two names.
"""

import hashlib
import re
from typing import Final

from kubespawner.slugs import is_valid_label, multi_slug, safe_slug

_LABEL_LENGTH: Final = 63
_USER_LENGTH: Final = 32
_NOT_IN_LABELS: Final = re.compile(r"[^A-Za-z0-9._-]+")


def label_value(name: str) -> str:
    """Return the name as the value of a label: itself where that is allowed, else its end that is, and a hash.

    The end, because that is where images differ: ``quay.io/org/scipy:2026`` is ``scipy-2026-`` and eight digits.
    """
    if is_valid_label(name):
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:8]
    text = _NOT_IN_LABELS.sub("-", name.rstrip("/").rpartition("/")[2])
    text = text[: _LABEL_LENGTH - len(digest) - 1].strip("-._")
    return f"{text}-{digest}" if text else digest


def user_slug(username: str, servername: str) -> str:
    """Return what tells a user's server from all others in names of objects, at most 48 characters.

    KubeSpawner's own spelling of short names, so that ``ann`` stays ``ann``; a named server has one of its own.
    """
    slug: str = multi_slug([username, servername]) if servername else safe_slug(username, max_length=_USER_LENGTH)
    return slug
