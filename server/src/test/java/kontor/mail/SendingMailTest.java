package kontor.mail;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import kontor.OwnGateway;
import kontor.OwnServer;
import kontor.SelfSigned;
import kontor.TestMail;
import kontor.database.TestDatabase;
import kontor.secrets.Secrets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.transaction.support.TransactionTemplate;

/** Mails on a server that sends none by itself, because it is not told where to. */
class SendingMailTest {
    private static final long ANN = 17;

    private static OwnGateway gateway;
    private static OwnServer server;
    private final GreenMail smtp = new GreenMail(new ServerSetup[] {
        new ServerSetup(0, "localhost", ServerSetup.PROTOCOL_SMTP),
        new ServerSetup(0, "localhost", ServerSetup.PROTOCOL_SMTPS)
    });

    @BeforeAll
    static void open(@TempDir Path folder) throws Exception {
        gateway = new OwnGateway(folder);
        server = new OwnServer(TestDatabase.another("sending_mail"), gateway, folder.resolve("server"));
    }

    @AfterAll
    static void close() throws Exception {
        server.close();
        gateway.close();
    }

    @BeforeEach
    void start() {
        server.database().sql("DELETE FROM mail.outgoing").update();
        smtp.start();
    }

    @AfterEach
    void stop() {
        smtp.stop();
    }

    @Test
    void sendsWhatWasCommittedAndNothingElse() throws Exception {
        var transaction = server.bean(TransactionTemplate.class);
        transaction.executeWithoutResult(status -> {
            mails().send(ANN, new Mail("ann@example.org", "Never", "Not done."));
            status.setRollbackOnly();
        });
        transaction.executeWithoutResult(
                _ -> mails().send(ANN, new Mail("ann@example.org", "Grüße", "Hallo Ånn,\n\n日本語\n")));
        through(plain()).sendDue();
        assertThat(smtp.getReceivedMessages()).hasSize(1);
        var mail = smtp.getReceivedMessages()[0];
        assertThat(mail.getSubject()).isEqualTo("Grüße");
        assertThat(TestMail.text(mail).strip()).isEqualTo("Hallo Ånn,\n\n日本語");
        assertThat(mail.getFrom()[0]).hasToString("Our Shop <shop@example.org>");
        assertThat(mail.getAllRecipients()[0]).hasToString("ann@example.org");
        assertThat(mail.getHeader("Auto-Submitted")).containsExactly("auto-generated");
    }

    @Test
    void sealsTheTextAndTakesItAwayWhenItWasSent() {
        mails().send(ANN, new Mail("ann@example.org", "Link", "secret-link"));
        assertThat(column("body")).startsWith("s1.").doesNotContain("secret-link");
        through(plain()).sendDue();
        assertThat(column("body")).isNull();
        assertThat(column("sent_at")).isNotNull();
        through(plain()).sendDue();
        assertThat(smtp.getReceivedMessages()).hasSize(1);
    }

    @Test
    void waitsWhileNoServerIsConfigured() {
        mails().send(ANN, new Mail("ann@example.org", "Waiting", "text"));
        through(settings(null, 0, MailSecurity.STARTTLS, null)).sendDue();
        assertThat(column("attempts")).isEqualTo("0");
        through(plain()).sendDue();
        assertThat(smtp.getReceivedMessages()).hasSize(1);
    }

    @Test
    void triesAgainLaterWhenTheServerIsAway() {
        mails().send(ANN, new Mail("ann@example.org", "Later", "text"));
        var port = smtp.getSmtp().getPort();
        smtp.stop();
        through(settings("localhost", port, MailSecurity.PLAIN, null)).sendDue();
        assertThat(column("attempts")).isEqualTo("1");
        assertThat(column("last_error")).isNotBlank();
        assertThat(column("next_attempt_at - now() BETWEEN interval '30 seconds' AND interval '61 seconds'"))
                .isEqualTo("true");
        smtp.start();
        through(plain()).sendDue();
        assertThat(smtp.getReceivedMessages()).as("it is not due").isEmpty();
        makeDue();
        through(plain()).sendDue();
        assertThat(smtp.getReceivedMessages()).hasSize(1);
    }

    @Test
    void pausesLongerAfterEachAttempt() {
        assertThat(Stream.of(1, 2, 3, 4, 40).map(Sending::pauseAfter))
                .containsExactly(
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(30),
                        Duration.ofHours(1),
                        Duration.ofHours(1));
    }

    @Test
    void givesUpAfterTwoDays() {
        mails().send(ANN, new Mail("ann@example.org", "Old", "text"));
        mails().send(ANN, new Mail("bob@example.org", "Young", "text"));
        JdbcClient.create(TestDatabase.superuserOf("sending_mail"))
                .sql("UPDATE mail.outgoing SET created_at = now() - interval '49 hours' WHERE recipient LIKE 'ann%'")
                .update();
        through(plain()).clear();
        through(plain()).sendDue();
        assertThat(smtp.getReceivedMessages()).hasSize(1);
        assertThat(server.database()
                        .sql("SELECT recipient FROM mail.outgoing WHERE failed_at IS NOT NULL AND body IS NULL")
                        .query(String.class)
                        .list())
                .containsExactly("ann@example.org");
    }

    @Test
    void sendsEachOnceThoughManyServersSendAtOnce() throws Exception {
        for (var i = 0; i < 40; i++) mails().send(ANN, new Mail("ann" + i + "@example.org", "Mail " + i, "text"));
        var sending = through(plain());
        Callable<Void> work = () -> {
            sending.sendDue();
            return null;
        };
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var done : threads.invokeAll(List.of(work, work, work, work, work, work))) done.get();
        }
        assertThat(Stream.of(smtp.getReceivedMessages()).map(SendingMailTest::id))
                .hasSize(40)
                .doesNotHaveDuplicates();
    }

    @Test
    void sendsAgainUnderTheSameIdWhenItDiedBeforeItCouldMark() throws Exception {
        mails().send(ANN, new Mail("ann@example.org", "Twice", "text"));
        var store = server.bean(OutgoingStore.class);
        var taken = store.takeDue(Duration.ofMinutes(1)).orElseThrow();
        new MailServer(plain()).send(taken.id(), new Mail(taken.recipient(), taken.subject(), "text"));
        through(plain()).sendDue();
        assertThat(smtp.getReceivedMessages()).as("another server may have it").hasSize(1);
        makeDue();
        through(plain()).sendDue();
        assertThat(Stream.of(smtp.getReceivedMessages())
                        .map(SendingMailTest::id)
                        .distinct())
                .containsExactly("<" + taken.id() + "@example.org>");
        assertThat(smtp.getReceivedMessages()).hasSize(2);
    }

    @Test
    void speaksWithNobodyWhoseCertificateCannotBeVerified() {
        mails().send(ANN, new Mail("ann@example.org", "Private", "text"));
        through(settings("localhost", smtp.getSmtps().getPort(), MailSecurity.TLS, null))
                .sendDue();
        assertThat(column("attempts")).isEqualTo("1");
        assertThat(column("last_error")).containsIgnoringCase("certif");
        makeDue();
        through(settings("localhost", smtp.getSmtp().getPort(), MailSecurity.STARTTLS, null))
                .sendDue();
        assertThat(column("last_error")).contains("STARTTLS");
        assertThat(column("sent_at")).isNull();
        assertThat(smtp.getReceivedMessages()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(
            value = MailSecurity.class,
            names = {"STARTTLS", "TLS"})
    void deliversOverTlsToAServerWhoseCertificateIsTrusted(MailSecurity security, @TempDir Path folder)
            throws Exception {
        var certificate = SelfSigned.in(folder, "localhost");
        smtp.setUser("shop@example.org", "shop", "right");
        try (var front = new TlsFront(certificate.tls(), smtp.getSmtp().getPort(), security)) {
            mails().send(ANN, new Mail("ann@example.org", "Private", "for her eyes only"));
            through(settings("localhost", front.port(), security, "right"), certificate.believers())
                    .sendDue();
            assertThat(column("last_error")).isNull();
            assertThat(column("sent_at")).isNotNull();
            assertThat(front.saidInTheClear()).isSubsetOf("EHLO", "STARTTLS");
        }
        assertThat(smtp.getReceivedMessages()).hasSize(1);
        assertThat(TestMail.text(smtp.getReceivedMessages()[0]).strip()).isEqualTo("for her eyes only");
    }

    @ParameterizedTest
    @EnumSource(
            value = MailSecurity.class,
            names = {"STARTTLS", "TLS"})
    void speaksWithNobodyWhoseCertificateIsForAnotherName(MailSecurity security, @TempDir Path folder)
            throws Exception {
        var certificate = SelfSigned.in(folder, "mail.example");
        try (var front = new TlsFront(certificate.tls(), smtp.getSmtp().getPort(), security)) {
            mails().send(ANN, new Mail("ann@example.org", "Private", "for her eyes only"));
            through(settings("localhost", front.port(), security, null), certificate.believers())
                    .sendDue();
            assertThat(column("attempts")).isEqualTo("1");
            assertThat(column("last_error")).isNotBlank();
            assertThat(column("sent_at")).isNull();
        }
        assertThat(smtp.getReceivedMessages()).isEmpty();
    }

    @Test
    void logsInWhereTheServerWantsThat() {
        smtp.setUser("shop@example.org", "shop", "right");
        mails().send(ANN, new Mail("ann@example.org", "Who", "text"));
        through(settings("localhost", smtp.getSmtp().getPort(), MailSecurity.PLAIN, "wrong"))
                .sendDue();
        assertThat(smtp.getReceivedMessages()).isEmpty();
        makeDue();
        through(settings("localhost", smtp.getSmtp().getPort(), MailSecurity.PLAIN, "right"))
                .sendDue();
        assertThat(smtp.getReceivedMessages()).hasSize(1);
    }

    @Test
    void forgetsWhatAUserWasWrittenWhereverThatWent() {
        mails().send(ANN, new Mail("ann@example.org", "Forget me", "text"));
        mails().send(ANN, new Mail("ann.before@example.org", "Forget me", "text"));
        mails().forget(ANN);
        through(plain()).sendDue();
        assertThat(smtp.getReceivedMessages()).isEmpty();
    }

    private static Mails mails() {
        return server.bean(Mails.class);
    }

    private MailSettings plain() {
        return settings("localhost", smtp.getSmtp().getPort(), MailSecurity.PLAIN, null);
    }

    private static MailSettings settings(
            @Nullable String host, int port, MailSecurity security, @Nullable String password) {
        return new MailSettings(
                host,
                port,
                security,
                password == null ? null : "shop",
                password,
                "Our Shop <shop@example.org>",
                Duration.ofSeconds(5));
    }

    private static Sending through(MailSettings settings) {
        return new Sending(
                server.bean(OutgoingStore.class), new MailServer(settings), server.bean(Secrets.class), settings);
    }

    /** @param trust whose certificates are believed, in place of those that Java trusts */
    private static Sending through(MailSettings settings, SSLContext trust) {
        return new Sending(
                server.bean(OutgoingStore.class),
                new MailServer(settings, trust.getSocketFactory()),
                server.bean(Secrets.class),
                settings);
    }

    private static void makeDue() {
        server.database()
                .sql("UPDATE mail.outgoing SET next_attempt_at = now()")
                .update();
    }

    private static @Nullable String column(String expression) {
        return server.database()
                .sql("SELECT (" + expression + ")::text FROM mail.outgoing")
                .query((row, _) -> java.util.Optional.ofNullable(row.getString(1)))
                .single()
                .orElse(null);
    }

    private static String id(jakarta.mail.internet.MimeMessage mail) {
        try {
            return mail.getMessageID();
        } catch (jakarta.mail.MessagingException e) {
            throw new AssertionError(e);
        }
    }
}
