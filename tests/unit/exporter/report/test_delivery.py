"""Reports by mail, through a real SMTP server, and to a webhook: each is sent once."""

import asyncio
import datetime
import email
import email.policy
import json
import logging
import ssl
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, field, replace
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hubmeter_common.settings_file import SettingsError
from hubmeter_exporter.report import cli
from hubmeter_exporter.report.delivery import webhook
from hubmeter_exporter.report.delivery.attempts import WAITS, DeliveryError, UncertainError
from hubmeter_exporter.report.delivery.courier import Courier, Outcome
from hubmeter_exporter.report.delivery.mail import Attachment, Mailer, Writer
from hubmeter_exporter.report.delivery.sent import Key, Sent, SentError
from hubmeter_exporter.report.delivery.settings import Delivery, make
from hubmeter_exporter.report.forms import Forms
from hubmeter_promql.bills import BillState
from hubmeter_promql.month import build
from hubmeter_promql.month.model import Reports
from hubmeter_promql.month.texts import Texts
from tests.http_server import Handler, http_server
from tests.unit.exporter.report import made_up
from tests.waiting import PATIENCE, free_port

SECRET = "secret-0123456789"
MEMBERS = {"biology-leads": ["mia", "noah"], "astronomy-leads": []}
STATES: dict[datetime.date, BillState] = dict.fromkeys(made_up.PERIOD.days, "settled")
SETTLED = replace(made_up.data(), states={**made_up.data().states, **STATES})
PAGES = Forms(Texts("en"), ["html"]).attachment
REPORTS = Reports(build.group_reports(SETTLED, made_up.PERIOD, ["biology", "astronomy", "none"], made_up.NOW), None)


@dataclass
class Inbox:
    """The handler of an SMTP server; ``replies`` are those to the next mails, and "" ends the connection."""

    mails: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    replies: list[str] = field(default_factory=list)
    refused: tuple[str, ...] = ()
    logins: list[tuple[str, bool]] = field(default_factory=list)

    async def handle_RCPT(  # noqa: N802 - a name of aiosmtpd
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        if address in self.refused:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - a name of aiosmtpd
        if self.replies and not (reply := self.replies.pop(0)).startswith("250"):
            if not reply:
                assert isinstance(server.transport, asyncio.WriteTransport)
                server.transport.abort()
            return reply or "250 OK"
        message = email.message_from_bytes(envelope.original_content or b"", policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.mails.append(message)
        self.to += envelope.rcpt_tos
        return "250 OK"

    def authenticate(self, _server: SMTP, session: Session, _: Envelope, _mechanism: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login.decode(), session.ssl is not None))
        return AuthResult(success=data.password == SECRET.encode(), handled=False)


@contextmanager
def smtp_server(inbox: Inbox, **options: Any) -> Iterator[int]:
    port = free_port()
    controller = Controller(inbox, hostname="127.0.0.1", port=port, ready_timeout=PATIENCE, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def server(inbox: Inbox) -> Iterator[int]:
    with smtp_server(inbox) as port:
        yield port


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Sent]:
    with closing(Sent(tmp_path / "new" / "sent.sqlite", lambda: made_up.NOW)) as sent:
        yield sent


def settings(port: int = 25, **values: Any) -> Delivery:
    mail = {"sender": "Hubmeter <hubmeter@uni.edu>", "host": "127.0.0.1", "port": port, "tls": "none"}
    return make({"mail": mail, **values}, "the test")


def courier(
    delivery: Delivery, ledger: Sent, waited: list[float] | None = None, post: Callable[[Any], None] | None = None
) -> Courier:
    def refuse(_: Any) -> None:
        raise AssertionError("nothing is to be posted")

    mailer = Mailer(delivery.mail, {}) if delivery.mail else None
    sleep = (waited if waited is not None else []).append
    return Courier(delivery, Texts("en"), ledger, mailer, post or refuse, sleep, PAGES)


def send(courier: Courier, *, dry_run: bool = False, reports: Reports = REPORTS) -> Outcome:
    return courier.send(reports, lambda group: MEMBERS.get(group, []), made_up.NOW, dry_run=dry_run)


def test_each_recipient_gets_one_mail_with_a_plain_text_and_the_page(inbox: Inbox, server: int, ledger: Sent) -> None:
    of = settings(server, recipients={"biology": ["ana@uni.edu", "bo@uni.edu", "ana@uni.edu"], "astronomy": []})
    outcome = send(courier(of, ledger))
    assert (outcome.sent, outcome.failed, outcome.without, outcome.exit_code) == (2, 0, ("astronomy",), 3)
    assert inbox.to == ["ana@uni.edu", "bo@uni.edu"]
    first, second = inbox.mails
    assert (first["To"], first["From"], second["To"]) == ("ana@uni.edu", "Hubmeter <hubmeter@uni.edu>", "bo@uni.edu")
    assert first["Subject"] == "Usage of biology in October 2026"
    assert (first["Auto-Submitted"], first["Date"]) == ("auto-generated", "Wed, 04 Nov 2026 06:00:00 -0000")
    assert first["Message-ID"] != second["Message-ID"]
    assert all(mail.as_bytes().isascii() for mail in inbox.mails)  # for servers without 8BITMIME
    text, page = first.iter_parts()
    assert isinstance(text, EmailMessage)
    total = Texts("en").money(REPORTS.groups[0].total)
    assert text.get_content_type() == "text/plain"
    assert f"Cost: {total}\n" in text.get_content().replace("\r\n", "\n")
    assert (page.get_content_type(), page.get_filename()) == ("text/html", "biology-2026-10.html")
    content = page.get_payload(decode=True)
    assert isinstance(content, bytes)
    assert f'<dd class="value">{total}</dd>' in content.decode()


def test_a_mail_with_a_pdf_says_so() -> None:
    writer = Writer(Texts("en"), "hubmeter@uni.edu")
    text, file = writer.mail(REPORTS.groups[0], Attachment("pdf", b"%PDF-"), "ana@uni.edu", made_up.NOW).iter_parts()
    assert isinstance(text, EmailMessage)
    assert "The attached file has charts, and the usage of each member.\n" in text.get_content().replace("\r\n", "\n")
    assert (file.get_content_type(), file.get_filename()) == ("application/pdf", "biology-2026-10.pdf")
    assert file.get_payload(decode=True) == b"%PDF-"


def test_a_second_run_sends_only_what_the_first_did_not(inbox: Inbox, server: int, tmp_path: Path) -> None:
    inbox.refused = ("bo@uni.edu",)
    of = settings(server, recipients={"biology": ["ana@uni.edu", "bo@uni.edu"], "astronomy": ["ana@uni.edu"]})
    for refused, expected in ((inbox.refused, (2, 0, 1)), ((), (1, 2, 0)), ((), (0, 3, 0))):
        inbox.refused = refused
        with closing(Sent(tmp_path / "sent.sqlite")) as ledger:
            outcome = send(courier(of, ledger))
        assert (outcome.sent, outcome.before, outcome.failed) == expected
        assert outcome.exit_code == (1 if expected[2] else 0)
    assert inbox.to == ["ana@uni.edu", "ana@uni.edu", "bo@uni.edu"]


def test_a_dry_run_sends_nothing_and_names_each_recipient(
    inbox: Inbox, server: int, ledger: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    of = settings(server, recipients={"biology": ["ana@uni.edu"], "astronomy": ["ana@uni.edu"]})
    assert send(courier(of, ledger), dry_run=True).sent == 2
    assert "Would send the report of 'biology' to ana@uni.edu." in caplog.text
    assert inbox.mails == []
    assert send(courier(of, ledger)).sent == 2


def test_temporary_failures_are_tried_again_and_others_are_not(
    inbox: Inbox, server: int, ledger: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    waited: list[float] = []
    of = settings(server, recipients={"biology": ["ana@uni.edu"], "astronomy": ["bo@uni.edu"]})
    inbox.replies = ["451 try later", "250", "554 too large"]
    outcome = send(courier(of, ledger, waited))
    assert (outcome.sent, outcome.failed, inbox.to, waited) == (1, 1, ["ana@uni.edu"], [WAITS[0]])
    assert "Did not send the report of 'astronomy' to bo@uni.edu: 127.0.0.1 refused the mail to bo@uni.edu (554" in (
        caplog.text
    )


def test_a_mail_that_may_have_been_sent_is_not_sent_again(
    inbox: Inbox, server: int, ledger: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    of = settings(server, recipients={"biology": ["ana@uni.edu"], "astronomy": ["bo@uni.edu"]})
    inbox.replies = [""]
    outcome = send(courier(of, ledger))
    assert (outcome.sent, outcome.failed, inbox.to) == (1, 1, ["bo@uni.edu"])
    assert "Perhaps sent the report of 'biology' to ana@uni.edu: 127.0.0.1 did not confirm" in caplog.text
    outcome = send(courier(of, ledger))
    assert (outcome.sent, outcome.before, outcome.failed, inbox.to) == (0, 1, 1, ["bo@uni.edu"])
    assert ledger.state(Key("2026-10", "biology", "mail", "ana@uni.edu")) == "sending"


def test_a_server_that_is_away_is_tried_again_and_named(ledger: Sent, caplog: pytest.LogCaptureFixture) -> None:
    waited: list[float] = []
    port = free_port()
    outcome = send(courier(settings(port, recipients={"biology": ["ana@uni.edu", "bo@uni.edu"]}), ledger, waited))
    assert (outcome.failed, waited) == (2, [*WAITS])  # the second mail does not wait again
    assert caplog.text.count(f"127.0.0.1:{port} cannot be reached ([Errno 111] Connection refused)") == 2
    assert ledger.state(Key("2026-10", "biology", "mail", "ana@uni.edu")) is None


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-signed certificate of 127.0.0.1 and its key, in a file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    signed = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(1).not_valid_before(now - datetime.timedelta(1)).not_valid_after(now + datetime.timedelta(1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    path = tmp_path_factory.mktemp("certificate") / "both.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(signed.public_bytes(serialization.Encoding.PEM) + private)
    return path


@pytest.mark.parametrize("trusted", [True, False])
def test_the_password_goes_through_tls_to_a_trusted_server_only(
    inbox: Inbox, certificate: Path, ledger: Sent, monkeypatch: pytest.MonkeyPatch, trusted: bool,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    options = {
        "tls_context": context, "require_starttls": True, "authenticator": inbox.authenticate, "auth_required": True,
    }  # fmt: skip
    with smtp_server(inbox, **options) as port:
        of = settings(port, recipients={"biology": ["ana@uni.edu"], "astronomy": ["ana@uni.edu"]})
        assert of.mail
        of = of.model_copy(update={"mail": of.mail.model_copy(update={"host": "localhost", "tls": "starttls"})})
        assert of.mail
        mailer = Mailer(of.mail, {"SMTP_USERNAME": "hubmeter", "SMTP_PASSWORD": SECRET})
        outcome = send(Courier(of, Texts("en"), ledger, mailer, lambda _: None, lambda _: None, PAGES))
        assert (outcome.sent, outcome.failed) == ((2, 0) if trusted else (0, 2))
        assert inbox.logins == ([("hubmeter", True)] if trusted else [])
        if not trusted:
            assert "cannot be used with mail.tls starttls" in caplog.text
            assert "SSL_CERT_FILE for your own authority" in caplog.text
            return
        wrong = Mailer(of.mail, {"SMTP_USERNAME": "hubmeter", "SMTP_PASSWORD": "no"})
        with pytest.raises(DeliveryError, match=r"localhost refused the connection or the login \(535\)"):
            wrong.send(EmailMessage())


def test_no_password_goes_without_tls() -> None:
    mail = settings().mail
    assert mail
    with pytest.raises(DeliveryError, match="the password would be sent in clear; set"):
        Mailer(mail, {"SMTP_USERNAME": "hubmeter", "SMTP_PASSWORD": SECRET})


def test_leads_get_the_report_of_their_group_by_their_usernames(ledger: Sent) -> None:
    def members(group: str) -> list[str]:
        return MEMBERS.get(group, [])

    odd = ["no address", "x,bo", "x>,<bo", "a:b;", "ana@uni.edu", "ana.lópez"]
    of = courier(settings(leads={"biology": ["ana", *odd]}, address="{username}@uni.edu"), ledger)
    assert of.recipients("biology", members) == ["ana@uni.edu"]
    of = courier(settings(leads={"biology": ["ana@uni.edu", "bo", "ana.lópez@uni.edu"]}, address="{username}"), ledger)
    assert of.recipients("biology", members) == ["ana@uni.edu"]
    assert of.recipients("astronomy", members) == []
    of = courier(settings(leads_group="{group}-leads", address="{username}@uni.edu"), ledger)
    assert of.recipients("biology", members) == ["mia@uni.edu", "noah@uni.edu"]
    of = courier(settings(recipients={"biology": []}, leads={"biology": ["ana"]}, address="{username}@u.edu"), ledger)
    assert of.recipients("biology", members) == []


def test_an_unfinished_month_is_not_sent(ledger: Sent, caplog: pytest.LogCaptureFixture) -> None:
    of = courier(settings(recipients={"biology": ["ana@uni.edu"]}), ledger)
    (report,) = build.group_reports(made_up.data(), made_up.PERIOD, ["biology"], made_up.NOW)
    assert send(of, reports=Reports([report], None)).exit_code == 1
    assert "Nothing is sent: the bill of 2026-10-31 is not settled yet." in caplog.text
    running = replace(REPORTS.groups[0], period=replace(made_up.PERIOD, whole=False))
    assert send(of, reports=Reports([running], None)).exit_code == 1
    assert "Nothing is sent: 2026-10 is not over." in caplog.text


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({}, "the test: neither mail nor webhook is set; set one"),
        ({"mail": {"host": "smtp"}}, "the test: mail.sender is missing"),
        ({"mail": {"sender": "me", "host": "smtp"}}, "must be an address such as Hubmeter <hubmeter@uni.edu>"),
        ({"mail": {"sender": "a@b\r\nBcc: c@d", "host": "s"}}, "must be an address such as Hubmeter"),
        ({"mail": {"sender": "a@b", "host": "s", "tls": "ssl"}}, "mail.tls: 'ssl' must be 'starttls', 'tls' or 'none'"),
        (
            {"mail": {"sender": "a@b", "host": "s", "pasword": "x"}},
            "unknown key 'mail.pasword'; allowed are sender, host",
        ),
        ({"webhook": {}, "recipients": {"bio": ["ana"]}}, "'ana' must be an address such as ana@uni.edu, in ASCII"),
        ({"webhook": {}, "leads_group": "{group}-leads"}, "leads are set without address; set it"),
        (
            {"webhook": {}, "address": "uni.edu"},
            "must be {username}, or an address with it, such as {user",
        ),
        ({"webhook": {}, "leads_group": "leads"}, "must be the name of a group with {group}"),
        ({"webhook": {"form": "irc"}}, "webhook.form: 'irc' must be 'slack', 'mattermost' or 'teams'"),
    ],
)
def test_invalid_settings_have_a_sentence(values: dict[str, Any], sentence: str) -> None:
    with pytest.raises(SettingsError) as error:
        make(values, "the test")
    assert sentence in str(error.value)


@dataclass
class Hook:
    """A webhook: what was posted, and the statuses of its answers."""

    bodies: list[Any] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)


@contextmanager
def hook(of: Hook) -> Iterator[str]:
    class Post(Handler, BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            of.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            status = of.statuses.pop(0) if of.statuses else 200
            if status == 307:
                self.send_response(status)
                self.send_header("Location", "/elsewhere")
                self.end_headers()
            elif status:
                self.send_json(status, {})

    with http_server(Post) as served:
        yield f"http://127.0.0.1:{served.server_address[1]}/services/{SECRET}"


def test_a_webhook_gets_one_message_with_groups_and_no_usernames(
    ledger: Sent, caplog: pytest.LogCaptureFixture
) -> None:
    of, waited = Hook(statuses=[503, 429]), list[float]()
    delivery = make({"webhook": {}, "link": "https://reports.uni.edu/2026-10"}, "the test")
    with hook(of) as url:
        for expected in ((1, 0), (0, 1)):
            outcome = send(courier(delivery, ledger, waited, lambda body: webhook.post(url, body)))
            assert (outcome.sent, outcome.before, outcome.exit_code) == (*expected, 0)
    assert waited == [*WAITS[:2]]
    assert of.bodies[0] == of.bodies[2]
    assert len(of.bodies) == 3
    lines = of.bodies[0]["text"].splitlines()
    assert (lines[0], lines[-1]) == ("Usage reports of October 2026", "https://reports.uni.edu/2026-10")
    assert lines[1] == f"• biology: {Texts('en').money(REPORTS.groups[0].total)}"
    assert not any(name in of.bodies[0]["text"] for name in ("mia", "emil", "guest"))
    assert SECRET not in caplog.text


def test_a_webhook_that_refuses_or_ends_is_named_without_its_secret() -> None:
    of = Hook(statuses=[404, 307, 0])
    with hook(of) as url:
        with pytest.raises(DeliveryError, match=r"the webhook at 127\.0\.0\.1 answered HTTP 404") as refused:
            webhook.post(url, {})
        with pytest.raises(DeliveryError, match="HTTP 307, a redirect; set HUBMETER_WEBHOOK_URL to its target"):
            webhook.post(url, {})
        with pytest.raises(UncertainError, match="ended the connection") as ended:
            webhook.post(url, {})
    with pytest.raises(DeliveryError, match="cannot be reached") as away:
        webhook.post(f"http://127.0.0.1:{free_port()}/{SECRET}", {})
    assert away.value.temporary
    assert not refused.value.temporary
    assert not any(SECRET in str(error.value) for error in (refused, ended, away))


def test_each_service_gets_its_form() -> None:
    slack = webhook.body(make({"webhook": {}}, "t").webhook, "<!channel> a & b")  # type: ignore[arg-type] # it is set
    assert slack == {"text": "&lt;!channel&gt; a &amp; b"}
    mattermost = webhook.body(make({"webhook": {"form": "mattermost"}}, "t").webhook, "@all")  # type: ignore[arg-type] # it is set
    assert mattermost == {"text": "@\u200ball"}
    teams = webhook.body(make({"webhook": {"form": "teams"}}, "t").webhook, "one\ntwo")  # type: ignore[arg-type] # it is set
    card = teams["attachments"][0]["content"]
    assert (card["type"], [block["text"] for block in card["body"]]) == ("AdaptiveCard", ["one", "two"])


def test_a_ledger_that_cannot_be_used_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no database at all" * 99, encoding="utf-8")
    with pytest.raises(SentError, match=r"the ledger of sent reports .*text cannot be used \(file is not a database\)"):
        Sent(tmp_path / "text")
    with pytest.raises(SentError, match="File exists"):
        Sent(tmp_path / "text" / "sent.sqlite")


def test_two_runs_do_not_send_at_the_same_time(tmp_path: Path) -> None:
    with (
        closing(Sent(tmp_path / "sent")),
        pytest.raises(SentError, match=r"another run uses .*sent; wait until it ends"),
    ):
        Sent(tmp_path / "sent")
    Sent(tmp_path / "sent").close()
    assert (tmp_path / "sent").stat().st_mode & 0o777 == 0o600


def test_a_mail_that_cannot_be_made_is_not_noted(inbox: Inbox, server: int, ledger: Sent) -> None:
    def fail(_: object) -> Attachment:
        raise RuntimeError

    of = settings(server, recipients={"biology": ["ana@uni.edu"]})
    assert of.mail
    with pytest.raises(RuntimeError):
        send(Courier(of, Texts("en"), ledger, Mailer(of.mail, {}), lambda _: None, lambda _: None, fail))
    assert ledger.state(Key("2026-10", "biology", "mail", "ana@uni.edu")) is None
    assert inbox.mails == []


def test_the_command_needs_the_webhooks_url_and_valid_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HUBMETER_WEBHOOK_URL", raising=False)
    (tmp_path / "send.yaml").write_text("webhook: {}\n", encoding="utf-8")
    urls = ["--all", "--prometheus_url", "http://p:1", "--cost_api_url", "http://c:1"]
    for name, sentence in (("send.yaml", "HUBMETER_WEBHOOK_URL has no URL"), ("none.yaml", "cannot read the settings")):
        assert cli.main([*urls, "--send", str(tmp_path / name)]) == 2
        assert sentence in capsys.readouterr().err
