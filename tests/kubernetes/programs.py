"""The programs of the node: built from Go modules and cached, or taken from Debian packages.

``.ci/setup kubernetes`` unpacks the packages and runs this module, which builds the rest. Versions and checksums are in
``modules/*/go.mod`` and ``go.sum``. All programs of a node are in one module, so that what they share is compiled once.
"""

import argparse
import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
FOLDER: Final = ROOT / ".tools" / "kubernetes"
CNI: Final = FOLDER / "cni"
CRDS: Final = FOLDER / "crds"
SOURCES: Final = Path(__file__).parent / "modules"
VERSION: Final = "v1.34.4"
NODE: Final = ("node", "crds")  # modules that a node needs

_KUBERNETES: Final = ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubelet", "kube-proxy", "kubectl")
# Module's folder -> the packages of its programs.
_PACKAGES: Final = {
    "node": {
        **{name: f"./{name}" for name in ("etcd", "coredns", "pause")},
        "kube-router": "github.com/cloudnativelabs/kube-router/v2/cmd/kube-router",
        **{name: f"k8s.io/kubernetes/cmd/{name}" for name in _KUBERNETES},
    },
    "kwok": {"kwok": "sigs.k8s.io/kwok/cmd/kwok"},  # plays nodes and pods for `make bench BENCH=kubernetes`
}
# Without inlining and debugging information, compiling takes half as long.
_COMPILER: Final = "all=-l -dwarf=false"
# Modules with definitions of custom resources, and their files.
_CRDS: Final = {
    "github.com/grafana/grafana-operator/v5": "config/crd/bases/*dashboards.yaml",
    "github.com/prometheus-operator/prometheus-operator": "example/prometheus-operator-crd/*.yaml",
}
# Without these the server says v0.0.0, and charts with a kubeVersion refuse it.
_STAMPS: Final = {
    "k8s.io/component-base/version.gitVersion": VERSION,
    "k8s.io/component-base/version.gitMajor": VERSION[1:].split(".")[0],
    "k8s.io/component-base/version.gitMinor": VERSION.split(".")[1],
}


def path(name: str) -> Path:
    """Return where a program is."""
    return FOLDER / name


def kubectl() -> Path:
    """Return where kubectl is: the node's, or the machine's, which CLUSTER=kubeconfig uses."""
    return path("kubectl") if path("kubectl").exists() else Path(shutil.which("kubectl") or path("kubectl"))


def cache() -> Path:
    """Return the folder of built programs: outside of the checkout, named by what they are built from."""
    base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    digest = hashlib.sha256()
    for file in sorted([*SOURCES.glob("*/go.mod"), *SOURCES.glob("*/go.sum"), *SOURCES.glob("**/*.go")]):
        digest.update(file.read_bytes())
    digest.update(json.dumps([_PACKAGES, _COMPILER, _STAMPS, _CRDS]).encode())
    return base / "hubmeter" / "kubernetes" / digest.hexdigest()[:16]


def build(*modules: str) -> None:
    """Build what the cache lacks of some modules, or of the node's, and link it into .tools/kubernetes."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for module in modules or NODE:
        if module == "crds":
            if not (cache() / "crds").exists():
                _copy_crds()
            _link(CRDS, cache() / "crds")
        else:
            _build(module, _PACKAGES[module])


def _link(path: Path, target: Path) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to(target)


def _copy_crds() -> None:
    built = cache()
    built.mkdir(parents=True, exist_ok=True)
    command = ["go", "mod", "download", "-json"]
    with tempfile.TemporaryDirectory(dir=built) as draft:
        Path(draft, "crds").mkdir()
        for module, files in _CRDS.items():
            done = subprocess.run(
                [*command, module], cwd=SOURCES / "crds", check=True, capture_output=True, text=True, timeout=600
            )
            for file in Path(json.loads(done.stdout)["Dir"]).glob(files):
                Path(draft, "crds", file.name).write_bytes(file.read_bytes())
        Path(draft, "crds").replace(built / "crds")


def _build(module: str, packages: Mapping[str, str]) -> None:
    built = cache()
    built.mkdir(parents=True, exist_ok=True)
    missing = {name: package for name, package in packages.items() if not (built / name).exists()}
    if missing:
        began = time.monotonic()
        print(f"kubernetes: {' '.join(missing)} ...", flush=True)
        stamps = "-s -w" + "".join(f" -X {key}={value}" for key, value in _STAMPS.items() if module == "node")
        with tempfile.TemporaryDirectory(dir=built) as draft:
            # Together they link while others compile; each gets its package's name.
            subprocess.run(
                ["go", "build", "-trimpath", "-buildvcs=false", "-gcflags", _COMPILER, "-ldflags", stamps,
                 "-o", f"{draft}/", *missing.values()],
                cwd=SOURCES / module, check=True, env={**os.environ, "CGO_ENABLED": "0"}, timeout=2700,
            )  # fmt: skip
            for name in missing:
                Path(draft, name).replace(built / name)
        print(f"kubernetes: built in {time.monotonic() - began:.0f} s", flush=True)
    for name in packages:
        _link(path(name), built / name)


def pause_image(archive: Path, name: str) -> Path:
    """Write the sandbox's image, a static program, as an archive of ``docker save``; return the archive."""
    layer = _tar({"pause": path("pause").read_bytes()}, mode=0o755)
    config = {
        "architecture": "amd64",
        "os": "linux",
        "config": {"Entrypoint": ["/pause"], "User": "65535:65535"},
        "rootfs": {"type": "layers", "diff_ids": [f"sha256:{hashlib.sha256(layer).hexdigest()}"]},
    }
    manifest = [{"Config": "config.json", "RepoTags": [name], "Layers": ["layer.tar"]}]
    files = {
        "layer.tar": layer,
        "config.json": json.dumps(config).encode(),
        "manifest.json": json.dumps(manifest).encode(),
    }
    archive.write_bytes(_tar(files))
    return archive


def _tar(files: dict[str, bytes], mode: int = 0o644) -> bytes:
    held = io.BytesIO()
    with tarfile.open(fileobj=held, mode="w") as tar:
        for name, content in files.items():
            entry = tarfile.TarInfo(name)
            entry.size, entry.mode = len(content), mode
            tar.addfile(entry, io.BytesIO(content))
    return held.getvalue()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.kubernetes.programs", description=__doc__)
    parser.add_argument(
        "module", nargs="*", help=f"of {', '.join([*_PACKAGES, 'crds'])}; default: all that a node needs"
    )
    modules = parser.parse_args().module
    if unknown := {*modules} - {*_PACKAGES, "crds"}:
        parser.error(f"unknown modules: {', '.join(sorted(unknown))}")
    build(*modules)
