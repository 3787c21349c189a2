"""Sends the reports of a run to their recipients, each once."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cache, partial
from typing import Any, Final, Protocol

from hubmeter_exporter.report.delivery.attempts import DeliveryError, UncertainError, UnreachableError, attempt
from hubmeter_exporter.report.delivery.mail import Attachment, Writer
from hubmeter_exporter.report.delivery.sent import Key, Sent
from hubmeter_exporter.report.delivery.settings import Delivery, is_address
from hubmeter_exporter.report.delivery.webhook import body, text
from hubmeter_promql.month.model import GroupReport, Reports
from hubmeter_promql.month.texts import Texts
from hubmeter_promql.names import NO_GROUP

NO_RECIPIENT: Final = 3  # exit code

_log = logging.getLogger(__name__)


class Mails(Protocol):
    """A mail server."""

    def send(self, message: EmailMessage) -> None:
        """Send a mail. Raises `DeliveryError` or `UncertainError`."""
        ...

    def close(self) -> None:
        """End the connection."""
        ...


@dataclass
class Outcome:
    """What happened: numbers of messages, and the groups without a recipient."""

    sent: int = 0
    before: int = 0
    failed: int = 0
    without: tuple[str, ...] = ()

    @property
    def exit_code(self) -> int:
        """0, 1 if a message failed, 3 if a group has no recipient."""
        return 1 if self.failed else NO_RECIPIENT if self.without else 0


class Courier:
    """Sends mails and a message to a webhook."""

    def __init__(
        self,
        delivery: Delivery,
        texts: Texts,
        sent: Sent,
        mails: Mails | None,
        post: Callable[[dict[str, Any]], None],
        sleep: Callable[[float], object],
        attachment: Callable[[GroupReport], Attachment],
    ) -> None:
        """Take the parts.

        Args:
            delivery: The settings.
            texts: Of mails and messages.
            sent: The ledger.
            mails: The mail server; None if the settings have no mail.
            post: Posts a body to the webhook.
            sleep: Waits seconds between attempts.
            attachment: Returns the file of a group for its mails.
        """
        self._delivery = delivery
        self._texts = texts
        self._sent = sent
        self._mails = mails
        self._post = post
        self._sleep = sleep
        self._attachment = attachment
        self._unreachable: UnreachableError | None = None

    def send(
        self, reports: Reports, members: Callable[[str], list[str]], now: float, *, dry_run: bool = False
    ) -> Outcome:
        """Send what was not sent before; with ``dry_run`` only log it.

        Args:
            reports: Of whole months without a day whose bill is partial; others are not sent.
            members: Returns the present members of a group.
            now: Unix time in seconds.
            dry_run: Send nothing.

        Raises:
            SentError: The ledger cannot be used.
            CostApiError: The members of a group cannot be read.
        """
        outcome = Outcome()
        if unfinished := next(filter(None, map(_unfinished, reports.groups)), ""):
            _log.error("Nothing is sent: %s.", unfinished)
            outcome.failed += 1
            return outcome
        if self._mails:
            try:
                self._mail_all(reports, members, now, outcome, dry_run=dry_run)
            finally:
                self._mails.close()
        if self._delivery.webhook and reports.groups:
            message = text(reports, self._texts, self._delivery.link)
            content = body(self._delivery.webhook, message)
            key = Key(reports.groups[0].period.month, "", "webhook", "")
            self._once(
                key, "the message to the webhook", lambda: partial(self._post, content), outcome, dry_run=dry_run
            )
        _log.info(
            "%d sent%s, %d sent before, %d failed.",
            outcome.sent, " (dry run)" if dry_run else "", outcome.before, outcome.failed,
        )  # fmt: skip
        names = {report.group for report in reports.groups}
        for group in sorted(self._delivery.recipients.keys() - names) if reports.summary else []:
            _log.warning("No report of %r, which has recipients: it has no usage in this month.", group)
        if outcome.without:
            _log.error("No recipient: %s. Set recipients, or leads and address.", ", ".join(map(repr, outcome.without)))
        return outcome

    def recipients(self, group: str, members: Callable[[str], list[str]]) -> list[str]:
        """Return the addresses for a group, each once."""
        delivery = self._delivery
        if group in delivery.recipients:
            return [*dict.fromkeys(delivery.recipients[group])]
        leads = delivery.leads.get(group, [])
        if not leads and delivery.leads_group:
            leads = members(delivery.leads_group.replace("{group}", group))
        addresses = [delivery.address.replace("{username}", lead) for lead in dict.fromkeys(leads)]
        for address in addresses:
            if not is_address(address):
                _log.warning("Ignored the lead of %r: %r is no address.", group, address)
        return [address for address in addresses if is_address(address)]

    def _mail_all(
        self,
        reports: Reports,
        members: Callable[[str], list[str]],
        now: float,
        outcome: Outcome,
        *,
        dry_run: bool,
    ) -> None:
        settings = self._delivery.mail
        assert settings is not None  # noqa: S101 - checked by the caller
        writer, without = Writer(self._texts, settings.sender), []
        for report in reports.groups:
            addresses = self.recipients(report.group, members)
            if not addresses and report.group != NO_GROUP:
                without.append(report.group)
            attached = cache(partial(self._attachment, report))  # made only if it is sent, and once
            for address in addresses:
                key = Key(report.period.month, report.group, "mail", address)

                def prepare(
                    report: GroupReport = report, address: str = address, of: Callable[[], Attachment] = attached
                ) -> Callable[[], None]:
                    return partial(self._mail, writer.mail(report, of(), address, now))

                self._once(key, f"the report of {report.group!r} to {address}", prepare, outcome, dry_run=dry_run)
        outcome.without = tuple(without)

    def _mail(self, message: EmailMessage) -> None:
        assert self._mails is not None  # noqa: S101 - checked by the caller
        if self._unreachable:  # another three minutes for each mail would take hours
            raise DeliveryError(str(self._unreachable), temporary=False)
        self._mails.send(message)

    def _once(
        self, key: Key, what: str, prepare: Callable[[], Callable[[], None]], outcome: Outcome, *, dry_run: bool
    ) -> None:
        """Prepare and send a message unless the ledger has it; it is noted before, so that it is never sent twice."""
        state = self._sent.state(key)
        if state == "sent":
            outcome.before += 1
            return
        if state == "sending":
            _log.error("Not sent again: %s may have been sent by a run that ended; see docs/reports.md.", what)
            outcome.failed += 1
            return
        if dry_run:
            _log.info("Would send %s.", what)
            outcome.sent += 1
            return
        send = prepare()
        self._sent.begin(key)
        try:
            attempt(send, self._sleep)
        except DeliveryError as error:
            self._sent.undo(key)
            if isinstance(error, UnreachableError):
                self._unreachable = error
            _log.error("Did not send %s: %s.", what, error)
            outcome.failed += 1
        except UncertainError as error:
            _log.error("Perhaps sent %s: %s. It is not sent again; see docs/reports.md.", what, error)
            outcome.failed += 1
        else:
            self._sent.done(key)
            _log.info("Sent %s.", what)
            outcome.sent += 1


def _unfinished(report: GroupReport) -> str:
    """Return why a report is not final, "" if it is."""
    if not report.period.whole:
        return f"{report.period.month} is not over"
    days = [day.day for day in report.days if day.state == "open"]
    return f"the bill of {days[0]} is not settled yet" if days else ""
