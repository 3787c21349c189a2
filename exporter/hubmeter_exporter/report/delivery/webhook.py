"""A message to a webhook of Slack, Mattermost or Teams: the month, the groups and their costs, and no usernames."""

from typing import Any, Final
from urllib.parse import urlsplit

import requests
from urllib3.exceptions import NewConnectionError

from hubmeter_exporter.report.delivery.attempts import DeliveryError, UncertainError
from hubmeter_exporter.report.delivery.settings import Webhook
from hubmeter_promql.month.model import Reports
from hubmeter_promql.month.texts import Texts

_TIMEOUT: Final = 30.0
_GROUPS: Final = 20  # in a message; their costs are the highest


def text(reports: Reports, texts: Texts, link: str) -> str:
    """Return the message."""
    groups = sorted(reports.groups, key=lambda report: -report.total)
    (month,) = {texts.month(report.period.first) for report in groups}
    lines = [texts.gettext("Usage reports of %(month)s") % {"month": month}]
    lines += [f"• {' '.join(report.group.split())}: {texts.money(report.total)}" for report in groups[:_GROUPS]]
    if (more := len(groups) - _GROUPS) > 0:
        lines.append(texts.ngettext("and %(num)s more group", "and %(num)s more groups", more) % {"num": more})
    return "\n".join([*lines, *([link] if link else [])])


def body(settings: Webhook, message: str) -> dict[str, Any]:
    """Return the JSON that the service takes."""
    if settings.form in {"slack", "mattermost"}:
        # In both, these three characters begin links, mentions and entities.
        plain = message.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        # In Mattermost, a group named @channel would notify everyone.
        return {"text": plain if settings.form == "slack" else plain.replace("@", "@\u200b")}
    lines = [{"type": "TextBlock", "text": line, "wrap": True} for line in message.splitlines()]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": lines,
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": card}]}


def post(url: str, content: dict[str, Any]) -> None:
    """Post a message. The URL is a secret, and in no error.

    Raises:
        DeliveryError: It was not posted.
        UncertainError: The connection ended before the service confirmed it.
    """
    host = urlsplit(url).hostname
    try:
        response = requests.post(url, json=content, timeout=_TIMEOUT, allow_redirects=False)
    except requests.ConnectionError as error:
        cause = getattr(error.args[0], "reason", error.args[0]) if error.args else None
        if isinstance(error, requests.exceptions.SSLError):
            raise DeliveryError(f"the certificate of the webhook at {host} is not valid", temporary=False) from None
        if isinstance(cause, NewConnectionError) or isinstance(
            error, requests.exceptions.ProxyError | requests.ConnectTimeout
        ):
            raise DeliveryError(f"the webhook at {host} cannot be reached", temporary=True) from None
        raise UncertainError(f"the webhook at {host} ended the connection") from None
    except requests.Timeout:
        raise UncertainError(f"the webhook at {host} did not confirm the message") from None
    except (requests.RequestException, ValueError, OSError) as error:
        raise DeliveryError(
            f"the URL of the webhook cannot be used ({type(error).__name__}); check HUBMETER_WEBHOOK_URL",
            temporary=False,
        ) from None
    if not 200 <= response.status_code < 300:
        moved = ", a redirect; set HUBMETER_WEBHOOK_URL to its target" if response.is_redirect else ""
        temporary = response.status_code == 429 or response.status_code >= 500
        raise DeliveryError(f"the webhook at {host} answered HTTP {response.status_code}{moved}", temporary=temporary)
