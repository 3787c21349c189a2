"""Images from OpenShift's ImageStreams. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from hubmeter_hub.profiles.model import Image

_PREFIX: Final = "opendatahub.io"
_DEFAULT_ORDER: Final = 100


def from_image_streams(streams: Iterable[Mapping[str, Any]]) -> tuple[Image, ...]:
    """Return an image named ``STREAM:TAG`` for each tag that can be pulled, in the order of the annotations."""
    images = [image for stream in streams for image in _images(stream)]
    return tuple(sorted(images, key=lambda image: (image.order, image.name)))


def _images(stream: Mapping[str, Any]) -> Iterator[Image]:
    metadata, status = stream["metadata"], stream.get("status") or {}
    annotations = metadata.get("annotations") or {}
    repository = status.get("dockerImageRepository")
    for tag in status.get("tags") or ():
        items = tag.get("items") or ()
        if not items:
            continue  # declared, but not imported or built
        name = f"{metadata['name']}:{tag['tag']}"
        yield Image(
            name=name,
            image=f"{repository}:{tag['tag']}" if repository else items[0]["dockerImageReference"],
            display_name=annotations.get(f"{_PREFIX}/notebook-image-name") or name,
            description=annotations.get(f"{_PREFIX}/notebook-image-desc") or "",
            default=str(annotations.get(f"{_PREFIX}/default-image")).lower() == "true",
            order=_order(annotations.get(f"{_PREFIX}/notebook-image-order")),
        )


def _order(text: object) -> int:
    """Return the order; the default for a text that is no number, so that the image is still offered."""
    return int(text) if isinstance(text, str) and text.isdecimal() else _DEFAULT_ORDER
