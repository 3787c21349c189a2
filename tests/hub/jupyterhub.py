"""A real JupyterHub behind a real configurable-http-proxy, for as long as a ``with`` block lasts."""

import os
import secrets
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import requests

from tests.tools import TOOLS
from tests.waiting import PATIENCE, free_port, wait_until

VERSIONS = (5, 6)


class HubDidNotStartError(RuntimeError):
    """The hub ended or did not answer in time; the message ends with what it logged last."""


@dataclass(frozen=True)
class Service:
    """One entry of ``c.JupyterHub.services`` and the scopes its role grants.

    A service with a ``command`` is managed (the hub starts it), one with only a ``url`` is external but
    proxied, and one with neither is just an owner of a token.
    """

    name: str
    scopes: Sequence[str]
    url: str | None = None
    command: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    token: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)

    def config(self) -> dict[str, object]:
        """Return the service as JupyterHub's configuration spells it."""
        entry: dict[str, object] = {"name": self.name, "api_token": self.token}
        if self.url is not None:
            entry["url"] = self.url
        if self.command:
            entry["command"] = list(self.command)
            entry["environment"] = dict(self.environment)
        return entry

    def role(self) -> dict[str, object]:
        """Return the role that grants the service its scopes, and no others."""
        return {"name": f"role-{self.name}", "scopes": list(self.scopes), "services": [self.name]}


@dataclass(frozen=True)
class Hub:
    """A running hub. ``token`` belongs to an administrator's service; ``url`` ends without a slash.

    ``restart`` ends the hub, but not its proxy, and starts it again.
    """

    url: str
    api_url: str
    token: str = field(repr=False)
    log_path: Path
    restart: Callable[[], None] = field(repr=False)


@contextmanager
def real_hub(
    version: int,
    users: Mapping[str, Sequence[str]],
    services: Sequence[Service] = (),
    config_extra: str = "",
    folder: Path | None = None,
) -> Iterator[Hub]:
    """Run JupyterHub ``version`` (5 or 6) with these users, each in these groups, until the block ends.

    Anybody may log in with any password (dummy authenticator); names keep their upper case. ``config_extra``
    is appended to jupyterhub_config.py. The hub's database, configuration and log go to ``folder``, by
    default a temporary one that is removed at the end.

    Raises:
        HubDidNotStartError: with the end of the hub's log.
        FileNotFoundError: when ``.tools`` lacks this JupyterHub or the proxy.
    """
    python = TOOLS / f"hub{version}" / "bin" / "python"
    proxy = TOOLS / "node_modules" / ".bin" / "configurable-http-proxy"
    for needed in (python, proxy):
        if not needed.exists():
            raise FileNotFoundError(f"{needed} is missing: run .ci/setup, which installs JupyterHub and its proxy")
    with ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="hubmeter-hub-")))
        admin = Service("tests-admin", ["admin:users", "admin:groups", "admin:servers", "list:services"])
        public, api, hub_port = free_port(), free_port(), free_port()
        config = folder / "jupyterhub_config.py"
        token = secrets.token_hex(16)
        config.write_text(
            _config(users, [admin, *services], (public, api, hub_port), token) + config_extra + "\n",
            encoding="utf-8",
        )
        config.chmod(0o600)
        hub = Hub(
            f"http://127.0.0.1:{public}",
            f"http://127.0.0.1:{hub_port}/hub/api",
            admin.token,
            folder / "jupyterhub.log",
            lambda: restart(),  # noqa: PLW0108 - it is defined below
        )

        def start(log_path: Path, *command: str | Path, **environment: str) -> subprocess.Popen[bytes]:
            log = stack.enter_context(log_path.open("wb"))
            # Its own session, so that the hub's managed services can be ended together with it.
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=_environment() | environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
            stack.callback(_stop, process)
            return process

        # A hub that starts its proxy itself ends after 10 seconds without it, which is not enough on a busy machine.
        proxy_log = folder / "proxy.log"
        started = start(
            proxy_log,
            proxy,
            "--ip=127.0.0.1",
            f"--port={public}",
            "--api-ip=127.0.0.1",
            f"--api-port={api}",
            f"--error-target=http://127.0.0.1:{hub_port}/hub/error",
            CONFIGPROXY_AUTH_TOKEN=token,
        )
        _wait_until_ready("the proxy", started, f"http://127.0.0.1:{api}/api/routes", token, proxy_log)
        hubs: list[subprocess.Popen[bytes]] = []

        def start_hub() -> None:
            hubs.append(start(hub.log_path, python, "-m", "jupyterhub", "-f", config))
            _wait_until_ready("JupyterHub", hubs[-1], f"{hub.url}/hub/health", "", hub.log_path)

        def restart() -> None:
            _stop(hubs[-1])
            start_hub()

        start_hub()
        yield hub


def _environment() -> dict[str, str]:
    """Return our environment without the settings of a hub that the tests themselves may run under."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("JUPYTERHUB_", "CONFIGPROXY_"))}


def _config(
    users: Mapping[str, Sequence[str]],
    services: Sequence[Service],
    ports: tuple[int, int, int],
    token: str,
) -> str:
    public, api, hub_port = ports
    groups: dict[str, dict[str, list[str]]] = {}
    for user, names in users.items():
        for name in names:
            groups.setdefault(name, {"users": []})["users"].append(user)
    return f"""\
from jupyterhub.auth import DummyAuthenticator


class KeepCase(DummyAuthenticator):
    def normalize_username(self, username):
        return username


c.JupyterHub.authenticator_class = KeepCase
c.KeepCase.allowed_users = set({sorted(users)!r})
c.KeepCase.allow_all = True
c.JupyterHub.load_groups = {groups!r}
c.JupyterHub.services = {[service.config() for service in services]!r}
c.JupyterHub.load_roles = {[service.role() for service in services]!r}
c.JupyterHub.bind_url = "http://127.0.0.1:{public}"
c.JupyterHub.hub_bind_url = "http://127.0.0.1:{hub_port}"
c.ConfigurableHTTPProxy.api_url = "http://127.0.0.1:{api}"
c.ConfigurableHTTPProxy.auth_token = {token!r}
c.ConfigurableHTTPProxy.should_start = False
c.JupyterHub.tornado_settings = {{"slow_spawn_timeout": {PATIENCE:.0f}, "slow_stop_timeout": {PATIENCE:.0f}}}
c.Spawner.start_timeout = c.Spawner.http_timeout = {PATIENCE:.0f}
c.JupyterHub.db_url = "sqlite:///jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = "cookie_secret"
c.JupyterHub.cleanup_servers = True
"""


def _wait_until_ready(name: str, process: subprocess.Popen[bytes], url: str, token: str, log_path: Path) -> None:
    """Wait until a program answers with a good status."""

    def log() -> str:
        return f"the log ends with:\n{log_path.read_text(encoding='utf-8', errors='replace')[-4000:]}"

    def ready() -> bool:
        if process.poll() is not None:
            raise HubDidNotStartError(f"{name} ended with code {process.returncode}; {log()}")
        try:
            return requests.get(url, headers={"Authorization": f"token {token}"}, timeout=PATIENCE).ok
        except requests.ConnectionError:
            return False  # not listening yet

    wait_until(ready, lambda: f"{name} answers; {log()}", every=0.1)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a program, and whatever is left of its session; a hub ends its services, which have their own."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):  # then the whole session is killed
        process.wait(PATIENCE)
    with suppress(ProcessLookupError):  # everybody has left
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(PATIENCE)
