"""The images of the end-to-end tests: published ones where a registry gives them, the rest is built here.

A variable ``HUBMETER_E2E_..._IMAGE`` names an image to use as it is: SITE, EXPORTER, COSTS, PROMETHEUS, GRAFANA.
"""

import json
import os
import re
import subprocess
import tarfile
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Final

import yaml

ROOT: Final = Path(__file__).parents[2]
HERE: Final = Path(__file__).parent
_PACKAGES: Final = ("common", "promql", "exporter", "generator", "hub")
_IN_SITE: Final = ("pyproject.toml", "README.md", "LICENSE", *_PACKAGES, "tests")
_BUILD_SECONDS: Final = 900.0


def chosen(parts: Iterable[str] = ("site", "exporter", "costs", "prometheus")) -> dict[str, str]:
    """Return the variables of compose.yaml for these parts, after pulling or building the images."""
    found: dict[str, str] = {}
    base = ""
    for part in parts:
        name = variable(part)
        if name in os.environ:
            continue
        base = base or run(".ci/docker", "base", seconds=_BUILD_SECONDS).strip()
        if part == "site":
            found[name] = _site(base)
        elif part == "prometheus":
            found[name] = public(part) if is_reachable(public(part)) else _prometheus(base)
        else:
            run("make", "--no-print-directory", "image", f"IMAGES={part}", f"BASE={base}", "NETWORK=host",
                seconds=_BUILD_SECONDS)  # fmt: skip
            found[name] = f"hubmeter-{part}:{_version()}"
    return found


def variable(part: str) -> str:
    """Return the name of the variable that says which image a part has."""
    return f"HUBMETER_E2E_{part.upper()}_IMAGE"


def public(service: str) -> str:
    """Return the published image that compose.yaml has for a service."""
    image = yaml.safe_load((HERE / "compose.yaml").read_text(encoding="utf-8"))["services"][service]["image"]
    match = re.fullmatch(r"\$\{\w+:-(.+)\}", image)
    assert match, image
    return match[1]


def is_reachable(image: str) -> bool:
    """Return whether the daemon has the image or can pull it."""
    for command in (["docker", "image", "inspect", image], ["docker", "pull", "--quiet", image]):
        try:
            done = subprocess.run(command, capture_output=True, timeout=300, check=False)
        except subprocess.TimeoutExpired:
            continue
        if done.returncode == 0:
            return True
    return False


def run(*command: str, seconds: float = 60.0) -> str:
    """Run a command in the checkout and return what it prints; a failure shows the end of what it complained."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=seconds, check=False)
    assert done.returncode == 0, f"{' '.join(command)}: {done.stderr[-3000:]}"
    return done.stdout


def _version() -> str:
    chart = yaml.safe_load((ROOT / "chart" / "Chart.yaml").read_text(encoding="utf-8"))
    return str(chart["appVersion"])


def _site(base: str) -> str:
    setup = (ROOT / ".ci" / "setup").read_text(encoding="utf-8")
    wheel = re.search(r"NODE_WHEEL='(.+?)'", setup)
    assert wheel, "no NODE_WHEEL in .ci/setup"
    tools = json.loads((ROOT / ".ci" / "package.json").read_text(encoding="utf-8"))
    versions = {"NODE_WHEEL": wheel[1], "PROXY": tools["dependencies"]["configurable-http-proxy"]}
    listed = run("git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", *_IN_SITE).split("\0")
    files = {name: ROOT / name for name in listed if (ROOT / name).is_file()}
    return _build("site", base, files, versions)


def _prometheus(base: str) -> str:
    program = ROOT / ".tools" / "prometheus-2" / "prometheus"
    assert program.exists(), (
        f"no registry gives {public('prometheus')}, and {program} is missing: run .ci/setup prometheus"
    )
    return _build("prometheus", base, {"prometheus": program}, {})


def _build(part: str, base: str, files: Mapping[str, Path], arguments: Mapping[str, str]) -> str:
    image = f"hubmeter-e2e-{part}"
    options = ["--build-arg", "PIP_CERT"] if "PIP_CERT" in os.environ else []
    for name, value in {"BASE": base, **arguments}.items():
        options += ["--build-arg", f"{name}={value}"]
    with tempfile.TemporaryFile() as context:
        _pack(context, {"Dockerfile": HERE / f"{part}.Dockerfile", **files}.items())
        context.seek(0)
        done = subprocess.run(
            ["docker", "build", "--network=host", f"--tag={image}", *options, "-"],
            stdin=context, capture_output=True, text=True, timeout=_BUILD_SECONDS, check=False,
        )  # fmt: skip
    assert done.returncode == 0, f"building {image}: {(done.stdout + done.stderr)[-3000:]}"
    return image


def _pack(into: IO[bytes], files: Iterable[tuple[str, Path]]) -> None:
    """Write a tar archive; not in the format PAX, which Docker takes for a Dockerfile."""
    with tarfile.open(fileobj=into, mode="w", format=tarfile.GNU_FORMAT, dereference=True) as archive:
        for name, path in sorted(files):
            entry = archive.gettarinfo(str(path), name)
            entry.uid = entry.gid = 0
            entry.mode = 0o755 if entry.mode & 0o100 else 0o644
            with path.open("rb") as content:
                archive.addfile(entry, content)
