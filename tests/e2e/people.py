"""The hub's users and groups, and the quota of one of the groups. The hub's configuration reads it too."""

from collections.abc import Mapping
from typing import Final

NAMESPACE: Final = "prod"
LOPEZ: Final = "ana.lópez@uni.edu"
LONG: Final = ("long-" * 16)[:80]

Groups = Mapping[str, tuple[str, ...]]  # of each user

USERS: Final[Groups] = {
    "ann": ("physics",),
    "anna": ("chemistry",),
    LOPEZ: ("chemistry", "data science 101", "physics"),
    "Bob-Smith": (),
    "x--y": ("chemistry",),
    "carol": ("physics",),
    LONG: ("data science 101",),
}

# So little that the first minute of a server is more.
LIMITED_GROUP: Final = "physics"
LIMIT: Final = "1 MiB-hours"
