"""A Kubernetes of one node, in Linux namespaces of its own: real API server, kubelet, containerd and DNS.

``python -m tests.kubernetes.node`` starts it, prints its use, and stays until Ctrl-C. It needs root, Linux and the
programs of ``tests.kubernetes.programs``.

The node has one folder, one cgroup, and a network, mount and process namespace. When the first process of the process
namespace ends, the kernel kills the node's other processes and containers and drops its mounts and interfaces. Several
nodes can run at the same time.
"""

import argparse
import json
import os
import secrets
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import yaml

from tests.kubernetes import programs
from tests.kubernetes.cluster import Cluster, ClusterError

ADDRESS: Final = "192.0.2.10"  # of the node; TEST-NET-1, which no network has (RFC 5737)
BRIDGE: Final = "192.0.2.129"
PODS: Final = "10.244.0.0/24"
SERVICES: Final = "10.96.0.0/16"
DNS: Final = "10.96.0.10"
NAME: Final = "node"
PAUSE: Final = "local/pause:1"

TEMPORARY: Final = tempfile.gettempdir()
PREFIX: Final = "hubmeter-node-"  # of the folder's name there; the process that started the node follows
_CGROUPS: Final = Path("/sys/fs/cgroup")
# containerd, the CNI plugins and the kubelet write to fixed paths in these; the node has its own, empty at first.
_OWN_FOLDERS: Final = ("/run", "/var/lib", "/var/log")
# The groups of each user of the API server; a user's token is in Node.tokens.
_USERS: Final[Mapping[str, str]] = {
    "admin": "system:masters",
    "system:kube-controller-manager": "",
    "system:kube-scheduler": "",
    "system:kube-proxy": "",
    f"system:node:{NAME}": "system:nodes",
}


@dataclass
class Node(Cluster):
    """A running node.

    Attributes:
        folder: Configuration, etcd's data, logs and containerd's state of this node.
        tokens: Bearer tokens by user of the API server.
        processes: The programs by name, and ``holder``, whose child is the first process of the process namespace.
    """

    folder: Path
    tokens: Mapping[str, str]
    processes: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    pause = PAUSE

    @property
    def kubeconfig(self) -> Path:
        """The administrator's kubeconfig."""
        return _kubeconfig_path(self.folder, "admin")

    @property
    def pid(self) -> int:
        """The first process of the node's process namespace, as the machine numbers it."""
        return _child(self.processes["holder"].pid)

    def inside(self, *command: str | Path) -> list[str]:
        """Return the command as it runs in the node's network, with the machine's files.

        It uses nsenter because ``ip netns exec`` mounts /sys anew, without cgroups.
        """
        return ["nsenter", f"--target={self.pid}", "--net", "--", *map(str, command)]

    def run(self, *command: str | Path, timeout: float = 60, **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a command in the node's network to its end."""
        return subprocess.run(
            self.inside(*command), check=True, text=True, timeout=timeout, capture_output=True, **options
        )

    def load_image(self, tar: Path) -> None:
        """Import images from an archive of ``docker save``; the node reaches no registry."""
        self.ctr("images", "import", str(tar))

    def ctr(self, *arguments: str) -> str:
        """Run containerd's client in the kubelet's namespace of containerd."""
        socket = self.folder / "containerd.sock"
        return self.run(programs.path("ctr"), "-a", socket, "-n", "k8s.io", *arguments, timeout=300).stdout

    def start(self, name: str, command: Sequence[str | Path]) -> None:
        """Start a program in all namespaces of the node, with its log in ``logs/NAME``."""
        environment = {**os.environ, "PATH": f"{programs.FOLDER}:{os.environ['PATH']}"}
        environment.pop("KUBECONFIG", None)
        enter = ["nsenter", f"--target={self.pid}", "--net", "--mount", "--pid", "--"]
        with (self.folder / "logs" / name).open("ab") as log:
            self.processes[name] = subprocess.Popen(
                [*enter, *map(str, command)], stdout=log, stderr=log, stdin=subprocess.DEVNULL, env=environment,
                start_new_session=True,
            )  # fmt: skip

    def stop(self, name: str, how: signal.Signals = signal.SIGTERM) -> None:
        """Send a program of the node a signal and wait until it has ended; after 30 s, kill it."""
        process = self.processes.pop(name)
        pid = _child(process.pid)
        os.kill(pid, how)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.kill(pid, signal.SIGKILL)
            process.wait(30)

    def curl(self, namespace: str, service: str, port: int, path: str, *options: str) -> str:
        """Return the answer of a Service, asked at its cluster IP."""
        address = self.get("service", service, "-n", namespace)["spec"]["clusterIP"]
        return self._curl(f"http://{address}:{port}{path}", *options)

    def ended(self) -> str:
        """Return which program of the node has ended, with the end of its log; empty while all run."""
        for name, process in self.processes.items():
            if process.poll() is not None:
                return f"{name} ended with {process.returncode}: {self.log(name)}"
        return ""

    def hint(self) -> str:
        """Return where the logs are."""
        return f"; logs are in {self.folder / 'logs'}"

    def log(self, name: str, lines: int = 12) -> str:
        """Return the end of a program's log."""
        text = (self.folder / "logs" / name).read_text(encoding="utf-8", errors="replace")
        return "\n".join(text.splitlines()[-lines:])


@contextmanager
def running() -> Iterator[Node]:
    """Start a node, give it, and remove it with all that it made.

    Raises:
        ClusterError: when it does not start, or leaves something behind.
    """
    node = Node(
        folder=Path(TEMPORARY, f"{PREFIX}{os.getpid()}-{secrets.token_hex(2)}"),
        tokens={user: secrets.token_hex(16) for user in _USERS},
    )
    with _removed_at_the_end(node):
        node.folder.mkdir(0o700)
        (node.folder / "logs").mkdir()
        _make_namespaces(node)
        _make_network(node)
        _configure(node)
        _start_control_plane(node)
        _start_kubelet(node)
        _start_network_programs(node)
        yield node


# ---- namespaces ---------------------------------------------------------------------------------


def _make_namespaces(node: Node) -> None:
    for group in cgroups(node.folder.name):
        group.mkdir()
    # The holder ends with the process that starts it, also when that is killed; the holder's child ends with the
    # holder, and the node with that child.
    unshare = ["unshare", "--net", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    with (node.folder / "logs" / "holder").open("wb") as log:
        node.processes["holder"] = subprocess.Popen(
            ["setpriv", "--pdeathsig=KILL", *unshare, str(programs.path("pause"))],
            stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
        )  # fmt: skip
    node.wait_for("process namespace", lambda: Path(f"/proc/{node.pid}/comm").read_text().strip() == "pause", 20)
    enter = ["nsenter", f"--target={node.pid}", "--mount", "--"]
    for folder in _OWN_FOLDERS:
        subprocess.run([*enter, "mount", "-t", "tmpfs", "-o", "mode=755", "node", folder], check=True, timeout=30)
    # Pods with mountPropagation need it; the machine's mounts are no peers of these.
    subprocess.run([*enter, "mount", "--make-rshared", "/"], check=True, timeout=30)


def _child(pid: int) -> int:
    """Return the only child of a process.

    Raises:
        ClusterError: where it has none, or no longer.
    """
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    except FileNotFoundError:
        children = []
    if not children:
        raise ClusterError(f"process {pid} has no child")
    return int(children[0])


def cgroups(name: str) -> list[Path]:
    """Return the folders of a cgroup: one, or with version 1 one for each controller."""
    if (_CGROUPS / "cgroup.controllers").exists():
        return [_CGROUPS / name]
    return sorted({path.resolve() / name for path in _CGROUPS.iterdir() if path.is_dir()})


def _make_network(node: Node) -> None:
    for command in (
        "ip link set lo up",
        # There may be no device "dummy". The node's address is on lo; a bridge has the default route, which gives
        # outgoing connections their address.
        f"ip addr add {ADDRESS}/32 dev lo",
        "ip link add uplink type bridge",
        f"ip addr add {BRIDGE}/25 dev uplink",
        "ip link set uplink up",
        f"ip route add default dev uplink src {ADDRESS}",
        "sysctl -qw net.ipv4.ip_forward=1",
    ):
        node.run(*command.split())
    # Pods on one bridge reach each other through a Service only so. The setting is missing where the kernel lacks the
    # module.
    with suppress(subprocess.CalledProcessError):
        node.run("sysctl", "-qw", "net.bridge.bridge-nf-call-iptables=1")


# ---- configuration ------------------------------------------------------------------------------


def _configure(node: Node) -> None:
    folder = node.folder
    for name in ("certs", "etcd", "containerd", "run", "kubelet", "cni"):
        (folder / name).mkdir()
    rows = [f'{token},{user},{user},"{_USERS[user]}"' for user, token in node.tokens.items()]
    _secret(folder / "tokens.csv", "\n".join(rows) + "\n")
    subprocess.run(
        ["openssl", "genrsa", "-out", str(folder / "service-accounts.key"), "2048"],
        check=True, capture_output=True, timeout=60,
    )  # fmt: skip
    _make_client_certificate(folder / "certs")
    for user in _USERS:
        _write_kubeconfig(node, user)
    (folder / "containerd.toml").write_text(_containerd(folder), encoding="utf-8")
    (folder / "cni" / "10-bridge.conflist").write_text(json.dumps(_cni()), encoding="utf-8")
    (folder / "kubelet.yaml").write_text(yaml.safe_dump(_kubelet(folder)), encoding="utf-8")
    (folder / "Corefile").write_text(_corefile(folder), encoding="utf-8")


def _make_client_certificate(folder: Path) -> None:
    """Make the certificate of the API server for its requests to the kubelet: logs, commands."""
    for name, subject, signed in (
        ("clients", "/CN=clients", []),
        ("kubelet-client", "/O=system:masters/CN=apiserver", ["-CA", "clients.crt", "-CAkey", "clients.key"]),
    ):
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", subject, *signed]
        subprocess.run(
            [*command, "-keyout", f"{name}.key", "-out", f"{name}.crt"],
            cwd=folder, check=True, capture_output=True, timeout=60,
        )  # fmt: skip


def _secret(path: Path, text: str) -> None:
    path.touch(0o600)
    path.write_text(text, encoding="utf-8")


def _kubeconfig_path(folder: Path, user: str) -> Path:
    return folder / f"{user.replace(':', '-')}.kubeconfig"


def _write_kubeconfig(node: Node, user: str) -> None:
    # The API server makes its own certificate, with the authority's in the same file.
    cluster = {
        "server": f"https://{ADDRESS}:6443",
        "certificate-authority": str(node.folder / "certs" / "apiserver.crt"),
    }
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": "node", "cluster": cluster}],
        "users": [{"name": user, "user": {"token": node.tokens[user]}}],
        "contexts": [{"name": "node", "context": {"cluster": "node", "user": user}}],
        "current-context": "node",
    }
    _secret(_kubeconfig_path(node.folder, user), yaml.safe_dump(config))


def _containerd(folder: Path) -> str:
    return f"""\
version = 2
root = "{folder}/containerd"
state = "{folder}/run/containerd"
[grpc]
  address = "{folder}/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{PAUSE}"
  # Otherwise a sandbox fails with "can't get final child's PID from pipe: EOF" where CAP_SYS_RESOURCE is missing.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "overlayfs"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "{programs.CNI}"
    conf_dir = "{folder}/cni"
"""


def _cni() -> dict[str, Any]:
    bridge = {
        "type": "bridge",
        "bridge": "pods",
        "isGateway": True,
        "ipMasq": False,
        "hairpinMode": True,
        "ipam": {"type": "host-local", "ranges": [[{"subnet": PODS}]], "routes": [{"dst": "0.0.0.0/0"}]},
    }
    return {
        "cniVersion": "0.4.0",
        "name": "pods",
        "plugins": [bridge, {"type": "portmap", "capabilities": {"portMappings": True}}],
    }


def _kubelet(folder: Path) -> dict[str, Any]:
    return {
        "apiVersion": "kubelet.config.k8s.io/v1beta1",
        "kind": "KubeletConfiguration",
        "address": ADDRESS,
        "authentication": {
            "anonymous": {"enabled": False},
            "webhook": {"enabled": True},
            "x509": {"clientCAFile": f"{folder}/certs/clients.crt"},
        },
        "authorization": {"mode": "Webhook"},
        "cgroupDriver": "cgroupfs",
        "cgroupRoot": f"/{folder.name}",
        "failCgroupV1": False,
        "failSwapOn": False,
        "evictionHard": {"memory.available": "0%", "nodefs.available": "0%", "imagefs.available": "0%"},
        "imageGCHighThresholdPercent": 100,
        "imageGCLowThresholdPercent": 99,
        "localStorageCapacityIsolation": False,
        "clusterDNS": [DNS],
        "clusterDomain": "cluster.local",
        "containerRuntimeEndpoint": f"unix://{folder}/containerd.sock",
        "podLogsDir": f"{folder}/pod-logs",
        "resolvConf": f"{folder}/resolv.conf",
        "shutdownGracePeriod": "0s",
        # Every 10 s, rather than each minute, the files of changed Secrets and ConfigMaps are replaced.
        "syncFrequency": "10s",
        "maxPods": 60,
    }


def _corefile(folder: Path) -> str:
    return f"""\
.:53 {{
  bind {DNS}
  errors
  kubernetes cluster.local {{
    kubeconfig {folder}/admin.kubeconfig node
    ttl 5
  }}
}}
"""


# ---- programs -----------------------------------------------------------------------------------


def _start_control_plane(node: Node) -> None:
    folder = node.folder
    start_etcd(node)
    start_api_server(node)
    ready = node.inside(programs.path("kubectl"), f"--kubeconfig={node.kubeconfig}", "get", "--raw=/readyz")
    node.wait_for("API server", lambda: subprocess.run(ready, capture_output=True, check=False).returncode == 0)
    node.start("controller-manager", [
        programs.path("kube-controller-manager"),
        f"--kubeconfig={_kubeconfig_path(folder, 'admin')}",
        f"--service-account-private-key-file={folder}/service-accounts.key",
        f"--root-ca-file={folder}/certs/apiserver.crt", "--use-service-account-credentials",
        f"--cluster-cidr={PODS}", f"--service-cluster-ip-range={SERVICES}", "--leader-elect=false",
        "--node-monitor-grace-period=20s",
    ])  # fmt: skip
    node.start("scheduler", [
        programs.path("kube-scheduler"),
        f"--kubeconfig={_kubeconfig_path(folder, 'system:kube-scheduler')}",
        f"--authentication-kubeconfig={_kubeconfig_path(folder, 'system:kube-scheduler')}",
        f"--authorization-kubeconfig={_kubeconfig_path(folder, 'system:kube-scheduler')}",
        "--leader-elect=false",
    ])  # fmt: skip


def start_etcd(node: Node) -> None:
    """Start etcd; also again, after a test has stopped it."""
    node.start("etcd", [
        programs.path("etcd"), f"--data-dir={node.folder}/etcd", "--listen-client-urls=http://127.0.0.1:2379",
        "--advertise-client-urls=http://127.0.0.1:2379", "--listen-peer-urls=http://127.0.0.1:2380",
        "--unsafe-no-fsync",
    ])  # fmt: skip


def start_api_server(node: Node) -> None:
    """Start the API server; also again, after a test has stopped it."""
    folder = node.folder
    node.start("apiserver", [
        programs.path("kube-apiserver"), "--etcd-servers=http://127.0.0.1:2379", f"--cert-dir={folder}/certs",
        # The endpoint of kubernetes.default needs the address; without the type, logs and exec resolve the node's name.
        f"--advertise-address={ADDRESS}", "--kubelet-preferred-address-types=InternalIP",
        f"--service-cluster-ip-range={SERVICES}", f"--token-auth-file={folder}/tokens.csv",
        "--authorization-mode=Node,RBAC", "--enable-admission-plugins=NodeRestriction",
        f"--service-account-key-file={folder}/service-accounts.key",
        f"--service-account-signing-key-file={folder}/service-accounts.key",
        "--service-account-issuer=https://kubernetes.default.svc", "--allow-privileged",
        f"--kubelet-client-certificate={folder}/certs/kubelet-client.crt",
        f"--kubelet-client-key={folder}/certs/kubelet-client.key",
    ])  # fmt: skip


def _start_kubelet(node: Node) -> None:
    folder = node.folder
    (folder / "resolv.conf").write_text(f"nameserver {DNS}\n", encoding="utf-8")
    node.start("containerd", [programs.path("containerd"), f"--config={folder}/containerd.toml"])
    node.wait_for("containerd", lambda: bool(node.ctr("version")))
    node.load_image(programs.pause_image(folder / "pause.tar", PAUSE))
    start_kubelet(node)
    node.wait_for("node that is ready", lambda: _is_ready(node))


def start_kubelet(node: Node, *, knows_containerd: bool = True) -> None:
    """Start the kubelet; without knowing containerd's socket, cAdvisor has series of whole pods only."""
    folder = node.folder
    node.start("kubelet", [
        programs.path("kubelet"), f"--config={folder}/kubelet.yaml", f"--hostname-override={NAME}",
        f"--kubeconfig={_kubeconfig_path(folder, f'system:node:{NAME}')}", f"--root-dir={folder}/kubelet",
        f"--cert-dir={folder}/kubelet/pki", f"--node-ip={ADDRESS}",
        "--node-labels=hub.jupyter.org/node-purpose=user",  # as Zero to JupyterHub has it for nodes of users' servers
        *([f"--containerd={folder}/containerd.sock"] if knows_containerd else []),
    ])  # fmt: skip


def _is_ready(node: Node) -> bool:
    conditions = node.get("node", NAME)["status"]["conditions"]
    return any(c["type"] == "Ready" and c["status"] == "True" for c in conditions)


def _start_network_programs(node: Node) -> None:
    folder = node.folder
    node.start("proxy", [
        programs.path("kube-proxy"), f"--kubeconfig={_kubeconfig_path(folder, 'system:kube-proxy')}",
        f"--hostname-override={NAME}", f"--cluster-cidr={PODS}", "--proxy-mode=iptables", "--conntrack-max-per-core=0",
        "--conntrack-tcp-timeout-established=0", "--conntrack-tcp-timeout-close-wait=0",
    ])  # fmt: skip
    node.run("ip", "addr", "add", f"{DNS}/32", "dev", "lo")
    node.start("coredns", [programs.path("coredns"), "-conf", folder / "Corefile"])
    if has_ipset(node):
        _start_policies(node)


def has_ipset(node: Node) -> bool:
    """Return whether the kernel has sets of addresses, without which kube-router enforces no NetworkPolicy."""
    return subprocess.run(node.inside("ipset", "list", "-name"), capture_output=True, check=False).returncode == 0


def _start_policies(node: Node) -> None:
    """Start kube-router's firewall, which enforces NetworkPolicies, and wait until it has made its first rules."""
    node.start("kube-router", [
        programs.path("kube-router"), f"--kubeconfig={_kubeconfig_path(node.folder, 'admin')}",
        f"--hostname-override={NAME}", "--run-firewall", "--run-router=false", "--run-service-proxy=false",
        "--enable-cni=false", f"--service-cluster-ip-range={SERVICES}", "--health-port=0",
    ])  # fmt: skip
    node.wait_for("kube-router's rules", lambda: "KUBE-ROUTER-FORWARD" in node.run("iptables-save").stdout, 60)


# ---- the end ------------------------------------------------------------------------------------


@contextmanager
def _removed_at_the_end(node: Node) -> Iterator[None]:
    """Give, then remove the node.

    Another process removes it, in a session of its own, when its standard input is closed: so neither Ctrl-C during the
    removal nor SIGKILL to this process leaves anything.

    Raises:
        ClusterError: when something is left.
    """
    with subprocess.Popen(
        [sys.executable, "-m", "tests.kubernetes.node", "--remove", node.folder], cwd=programs.ROOT, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    ) as remover:  # fmt: skip
        try:
            yield
        finally:
            if holder := node.processes.get("holder"):
                holder.kill()  # and with it all other processes of the node
                for process in node.processes.values():
                    process.wait(60)
            said, _ = remover.communicate(timeout=600)
    if remover.returncode:
        raise ClusterError(said)


def _remove(folder: Path) -> int:
    """Remove what a node leaves when its processes end; return 1 and print it, if something is left."""
    sys.stdin.read()  # ends with the process that has the other end
    _wait_until(lambda: _remove_cgroups(folder.name))
    # The images' files are many: shutil.rmtree takes a minute.
    subprocess.run(["rm", "-rf", "--one-file-system", str(folder)], capture_output=True, timeout=300, check=False)
    _wait_until(lambda: not left(folder))
    if found := left(folder):
        print(f"the node has left behind: {', '.join(found)}")
        return 1
    return 0


def _wait_until(holds: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not holds() and time.monotonic() < end:
        time.sleep(0.1)


def _remove_cgroups(name: str) -> bool:
    """Remove the cgroups that no process is in; return whether all are gone."""
    for top in cgroups(name):
        for group in sorted((path for path in (top, *top.rglob("*/")) if path.is_dir()), reverse=True):
            with suppress(OSError):  # busy for a moment after its last process has ended
                group.rmdir()
    return not any(group.exists() for group in cgroups(name))


def left(folder: Path) -> list[str]:
    """Return what there is of a node: processes, mounts, cgroups and its folder."""
    mounts = Path("/proc/self/mounts").read_text(encoding="utf-8").splitlines()
    return [
        *(f"process {pid}" for pid in _processes_of(folder)),
        *(f"mount {mount}" for mount in mounts if str(folder) in mount),
        *(f"cgroup {group}" for group in cgroups(folder.name) if group.exists()),
        *([f"folder {folder}"] if folder.exists() else []),
    ]


def _processes_of(folder: Path) -> Iterator[int]:
    """Yield the processes that name the node's folder on their command line."""
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        with suppress(OSError):
            if str(folder).encode() in entry.read_bytes() and int(entry.parent.name) != os.getpid():
                yield int(entry.parent.name)


def main() -> int:
    """Start a node and stay until Ctrl-C; or remove one."""
    parser = argparse.ArgumentParser(prog="make kubernetes-node", description=__doc__)
    parser.add_argument("--remove", type=Path, help=argparse.SUPPRESS)
    folder = parser.parse_args().remove
    if folder:
        return _remove(folder)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it
    with suppress(KeyboardInterrupt), running() as node:
        enter = f"nsenter --target={node.pid} --net"
        version = node.get("node", NAME)["status"]["nodeInfo"]["kubeletVersion"]
        print(
            f"Kubernetes {version} is ready. In another terminal:\n"
            f"  export KUBECONFIG={node.kubeconfig}\n"
            f"  {enter} {programs.path('kubectl')} get pods -A\n"
            f"  docker save IMAGE | {enter} {programs.path('ctr')} -a {node.folder}/containerd.sock -n k8s.io"
            " images import -\n"
            f"Logs are in {node.folder}/logs. Ctrl-C ends and removes the node.",
            flush=True,
        )
        signal.pause()
    return 0


if __name__ == "__main__":
    sys.exit(main())
