"""The options of the usage page in jupyterhub_config.py."""

from traitlets import Bool, Integer, Unicode

from hubmeter_hub.config import UsageConfig


class UsageViewer(UsageConfig):
    """The page where users see what they used."""

    session_secret_key = Unicode(
        help="Signs the page's cookies; at least 32 random characters, from a secret. Without it, a restart logs out."
    ).tag(config=True)
    footer_note = Unicode(help="A sentence at the end of the page, for example whom to ask for more.").tag(config=True)
    enable_home_storage = Bool(True, help="Whether the page shows home storage.").tag(config=True)
    enable_compute = Bool(True, help="Whether the page shows memory, CPU and GPU.").tag(config=True)
    service_port = Integer(9000, help="The port the service listens on.").tag(config=True)
    public_hub_url = Unicode(
        help="The hub as browsers see it, such as https://hub.example.org, where the service cannot know it itself."
    ).tag(config=True)
