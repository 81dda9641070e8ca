package kontor.mail;

import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.List;
import kontor.mail.OutgoingStore.Taken;
import kontor.secrets.Secrets;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * Sends what has been written down. A mail is taken up in one statement, sent while no transaction is open, and marked
 * afterwards; when the server dies between the two it is sent again, under the same Message-ID.
 */
@Component
class Sending {
    private static final Logger log = LoggerFactory.getLogger(Sending.class);
    private static final List<Duration> PAUSES =
            List.of(Duration.ofMinutes(1), Duration.ofMinutes(5), Duration.ofMinutes(30));
    private static final Duration LAST_PAUSE = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofDays(2);
    private static final Duration KEPT = Duration.ofDays(30);
    private static final int LONGEST_ERROR = 300;
    private static final int FINAL = 500; // RFC 5321, section 4.2.1: 5yz will not change
    private final OutgoingStore store;
    private final MailServer server;
    private final Secrets secrets;
    private final MailSettings settings;

    Sending(OutgoingStore store, MailServer server, Secrets secrets, MailSettings settings) {
        this.store = store;
        this.server = server;
        this.secrets = secrets;
        this.settings = settings;
    }

    @Scheduled(fixedDelayString = "${kontor.mail.interval:1s}")
    void sendDue() {
        if (!settings.isConfigured()) return;
        // Longer than a mail can take, which is some answers of the server with the timeout for each.
        var lease = settings.timeout().multipliedBy(12).plusMinutes(1);
        while (true) {
            var due = store.takeDue(lease);
            if (due.isEmpty() || !send(due.get())) return;
        }
    }

    /** @return false when the mail server cannot be spoken with: others would wait for the same */
    private boolean send(Taken taken) {
        try {
            var text = secrets.openText(Mails.BODIES, taken.id(), taken.sealedBody());
            server.send(taken.id(), new Mail(taken.recipient(), taken.subject(), text));
            store.sent(taken.id());
            return true;
        } catch (MessagingException e) {
            var error = told(e);
            if (isFinal(e)) {
                log.warn("The mail server will not take mail {}: it is given up", taken.id());
                store.giveUp(taken, error);
                return true;
            }
            log.warn("Mail {} could not be sent and is tried again later: {}", taken.id(), kindOf(e));
            store.tryAgain(taken, pauseAfter(taken.attempt()), error);
            return false;
        } catch (Secrets.CannotOpen e) {
            log.error("Mail {} cannot be read and is given up", taken.id(), e);
            store.giveUp(taken, "the text cannot be opened");
            return true;
        }
    }

    /** Whether the server has said that this recipient will never be there. */
    private static boolean isFinal(MessagingException e) {
        for (Exception cause = e; cause instanceof MessagingException each; cause = each.getNextException())
            if (cause instanceof SMTPAddressFailedException refused) return refused.getReturnCode() >= FINAL;
        return false;
    }

    static Duration pauseAfter(int attempt) {
        return attempt <= PAUSES.size() ? PAUSES.get(attempt - 1) : LAST_PAUSE;
    }

    /** Without what the server said: that may name the recipient. */
    private static String kindOf(MessagingException e) {
        var cause = e.getNextException();
        return e.getClass().getSimpleName()
                + (cause == null ? "" : " after " + cause.getClass().getSimpleName());
    }

    private static String told(MessagingException e) {
        var told = new StringBuilder();
        for (Exception cause = e;
                cause != null;
                cause = cause instanceof MessagingException m ? m.getNextException() : null)
            told.append(told.isEmpty() ? "" : "; ").append(cause.getMessage());
        return told.codePoints()
                .limit(LONGEST_ERROR)
                .map(c -> Character.isISOControl(c) ? ' ' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    @Scheduled(
            initialDelayString = "${kontor.mail.clearing-interval:10m}",
            fixedDelayString = "${kontor.mail.clearing-interval:10m}")
    void clear() {
        var givenUp = store.giveUpAfter(PATIENCE);
        if (givenUp > 0) log.warn("{} mails could not be sent for two days and are given up", givenUp);
        store.clear(KEPT);
    }
}
