"""Mails: their text and attachment, and an SMTP server (RFC 5321), one mail for each recipient."""

import hashlib
import smtplib
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from email.utils import formatdate, parseaddr
from typing import Final, Literal

from hubmeter_common.slugs import safe_slug
from hubmeter_exporter.report.delivery.attempts import DeliveryError, UncertainError, UnreachableError
from hubmeter_exporter.report.delivery.settings import Mail
from hubmeter_promql.month.model import GroupReport
from hubmeter_promql.month.templating import environment
from hubmeter_promql.month.texts import Texts

_POLICY: Final = policy.SMTP.clone(cte_type="7bit")  # not all servers have 8BITMIME
_KINDS: Final = {"html": ("text", "html", {"charset": "utf-8"}), "pdf": ("application", "pdf", {})}
_TIMEOUT: Final = 60.0
_SHOWN: Final = 200


@dataclass(frozen=True)
class Attachment:
    """A file of a group."""

    form: Literal["html", "pdf"]
    content: bytes


class Writer:
    """Writes the mails of a run."""

    def __init__(self, texts: Texts, sender: str) -> None:
        """Load the template."""
        self._texts = texts
        self._sender = sender
        self._template = environment(texts, autoescape=False).get_template("mail.txt")

    def mail(self, report: GroupReport, attached: Attachment, recipient: str, now: float) -> EmailMessage:
        """Return the mail with a group's report: a plain text, and the file."""
        group = " ".join(report.group.split())
        message = EmailMessage(policy=_POLICY)
        message["From"] = self._sender
        message["To"] = recipient
        message["Subject"] = self._texts.gettext("Usage of %(group)s in %(month)s") % {
            "group": group,
            "month": self._texts.month(report.period.first),
        }
        message["Date"] = formatdate(now)
        key = "\0".join((report.period.month, report.group, recipient))
        domain = parseaddr(self._sender)[1].rpartition("@")[2]
        message["Message-ID"] = f"<hubmeter-{hashlib.sha256(key.encode()).hexdigest()[:32]}@{domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(self._template.render(report=report, group=group, form=attached.form))
        kind, subtype, parameters = _KINDS[attached.form]
        name = f"{safe_slug(report.group)}-{report.period.month}.{attached.form}"
        message.add_attachment(attached.content, kind, subtype, filename=name, params=parameters)
        return message


class Mailer:
    """A connection to an SMTP server, which is opened with the first mail."""

    def __init__(self, settings: Mail, environment: Mapping[str, str]) -> None:
        """Take the settings, and SMTP_USERNAME and SMTP_PASSWORD. Nothing is sent yet.

        Raises:
            DeliveryError: A password would be sent without TLS.
        """
        self._settings = settings
        self._username = environment.get("SMTP_USERNAME", "")
        self._password = environment.get("SMTP_PASSWORD", "")
        self._smtp: smtplib.SMTP | None = None
        if self._username and settings.tls == "none":
            raise DeliveryError(
                "mail.tls is none, but SMTP_USERNAME is set: the password would be sent in clear; set mail.tls to "
                "starttls or tls",
                temporary=False,
            )

    def send(self, message: EmailMessage) -> None:
        """Send a mail to its recipient.

        Raises:
            DeliveryError: It was not sent.
            UncertainError: The connection ended before the server confirmed it.
        """
        content, sender, recipient = message.as_bytes(), parseaddr(str(message["From"]))[1], str(message["To"])
        smtp = self._connected()
        try:
            self._accepted(smtp.mail(sender), f"the sender {sender}")
            self._accepted(smtp.rcpt(recipient), recipient)
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise DeliveryError(
                f"{self._settings.host} ended the connection ({_cause(error)})", temporary=True
            ) from error
        try:
            self._accepted(smtp.data(content), f"the mail to {recipient}")
        except smtplib.SMTPDataError as error:
            raise self._refused(error.smtp_code, error.smtp_error, f"the mail to {recipient}") from error
        except (smtplib.SMTPException, OSError) as error:
            self.close()
            raise UncertainError(
                f"{self._settings.host} did not confirm the mail to {recipient} ({type(error).__name__})"
            ) from error

    def close(self) -> None:
        """Close the connection."""
        if self._smtp is not None:
            self._smtp.close()
            self._smtp = None

    def _connected(self) -> smtplib.SMTP:
        if self._smtp is not None:
            return self._smtp
        settings = self._settings
        opened: smtplib.SMTP | None = None
        try:
            context = ssl.create_default_context()
            if settings.tls == "tls":
                opened = smtplib.SMTP_SSL(settings.host, settings.port, timeout=_TIMEOUT, context=context)
            else:
                opened = smtplib.SMTP(settings.host, settings.port, timeout=_TIMEOUT)
            if settings.tls == "starttls":
                opened.starttls(context=context)
            opened.ehlo_or_helo_if_needed()
            if self._username:
                opened.login(self._username, self._password)
            self._smtp, opened = opened, None
            return self._smtp
        except smtplib.SMTPResponseException as error:
            raise self._refused(error.smtp_code, b"", "the connection or the login") from error
        except (ssl.SSLError, smtplib.SMTPNotSupportedError) as error:
            raise DeliveryError(
                f"{settings.host}:{settings.port} cannot be used with mail.tls {settings.tls} "
                f"({str(error)[:_SHOWN]}); set mail.tls and mail.port, or SSL_CERT_FILE for your own authority",
                temporary=False,
            ) from error
        except (smtplib.SMTPException, OSError) as error:
            raise UnreachableError(
                f"{settings.host}:{settings.port} cannot be reached ({_cause(error)})", temporary=True
            ) from error
        finally:
            if opened is not None:
                opened.close()

    def _accepted(self, reply: tuple[int, bytes], what: str) -> None:
        code, text = reply
        if not 200 <= code < 300:
            raise self._refused(code, text, what)

    def _refused(self, code: int, text: bytes | str, what: str) -> DeliveryError:
        """Return the error for a reply, and end the connection, in whose middle it may be."""
        self.close()
        shown = (text.decode("utf-8", "replace") if isinstance(text, bytes) else text)[:_SHOWN]
        return DeliveryError(
            f"{self._settings.host} refused {what} ({code} {' '.join(shown.split())})".replace(" )", ")"),
            temporary=400 <= code < 500,
        )


def _cause(error: Exception) -> str:
    return str(error)[:_SHOWN] or type(error).__name__
