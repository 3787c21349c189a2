"""The settings of mails and of the webhook, from a YAML file. Secrets come from the environment."""

import re
from collections.abc import Mapping
from email.utils import parseaddr
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from hubmeter_common import validation
from hubmeter_common.settings_file import SettingsError, read

# A mailbox whose local part is a dot-atom of RFC 5322, which needs no quotes: "a,b@uni.edu" would be two mailboxes.
# Addresses that are not ASCII need SMTPUTF8, which many servers lack.
_ADDRESS: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")


def is_address(text: str) -> bool:
    """Return whether a text is an address such as ana@uni.edu."""
    return _ADDRESS.fullmatch(text) is not None


def _address(value: str) -> str:
    if not is_address(value):
        raise ValueError("must be an address such as ana@uni.edu, in ASCII")
    return value


def _sender(value: str) -> str:
    if "\n" in value or "\r" in value or not is_address(parseaddr(value)[1]):
        raise ValueError("must be an address such as Hubmeter <hubmeter@uni.edu>")
    return value


def _template(value: str) -> str:
    if value in {"", "{username}"}:
        return value
    if value.count("{username}") != 1 or not is_address(value.replace("{username}", "ana")):
        raise ValueError("must be {username}, or an address with it, such as {username}@uni.edu")
    return value


def _pattern(value: str) -> str:
    if value and value.count("{group}") != 1:
        raise ValueError("must be the name of a group with {group}, such as {group}-leads")
    return value


def _link(value: str) -> str:
    if value and not re.fullmatch(r"https?://[^\s@]+", value):
        raise ValueError("must be empty or a URL such as https://reports.uni.edu")
    return value


class _Section(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Mail(_Section):
    """The SMTP server, and the sender."""

    sender: Annotated[str, AfterValidator(_sender)]
    host: Annotated[str, Field(min_length=1)]
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    tls: Literal["starttls", "tls", "none"] = "starttls"


class Webhook(_Section):
    """The form of the message; the URL is a secret."""

    form: Literal["slack", "mattermost", "teams"] = "slack"


class Delivery(_Section):
    """Who gets the reports of groups, and how.

    Attributes:
        recipients: Addresses by group.
        leads: Usernames by group, of groups without an entry in ``recipients``.
        leads_group: Name of the group whose members lead a group, with ``{group}``.
        address: Address of a username, with ``{username}``; that alone if usernames are addresses.
        link: URL of the folder with the files, for the webhook.
        mail: None sends no mail.
        webhook: None posts nothing.
    """

    recipients: dict[str, list[Annotated[str, AfterValidator(_address)]]] = {}
    leads: dict[str, list[Annotated[str, Field(min_length=1)]]] = {}
    leads_group: Annotated[str, AfterValidator(_pattern)] = ""
    address: Annotated[str, AfterValidator(_template)] = ""
    link: Annotated[str, AfterValidator(_link)] = ""
    mail: Mail | None = None
    webhook: Webhook | None = None


def load(path: Path) -> Delivery:
    """Return the settings of a file.

    Raises:
        SettingsError: It cannot be read, or a key or a value is invalid.
    """
    return make(read(path), str(path))


def make(values: Mapping[str, Any], origin: str) -> Delivery:
    """Return the settings. Raises `SettingsError`."""
    try:
        settings = Delivery.model_validate(values)
    except ValidationError as error:
        raise SettingsError(
            "; ".join(f"{origin}: {validation.sentence(e, _keys(e['loc']))}" for e in error.errors())
        ) from error
    if settings.mail is None and settings.webhook is None:
        raise SettingsError(f"{origin}: neither mail nor webhook is set; set one")
    if (settings.leads or settings.leads_group) and not settings.address:
        raise SettingsError(f"{origin}: leads are set without address; set it, for example {{username}}@uni.edu")
    return settings


def _keys(location: tuple[int | str, ...]) -> list[str]:
    sections: dict[int | str, type[BaseModel]] = {"mail": Mail, "webhook": Webhook}
    return [*(sections.get(location[0], Delivery) if len(location) > 1 else Delivery).model_fields]
