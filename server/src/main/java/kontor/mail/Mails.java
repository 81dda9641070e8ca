package kontor.mail;

import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import kontor.secrets.SealedColumn;
import kontor.secrets.Secrets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Component;

/** Where mails are handed in. */
@Component
public class Mails {
    private static final Logger log = LoggerFactory.getLogger(Mails.class);
    static final SealedColumn BODIES = new SealedColumn("mail.outgoing", "id", "body");
    private final OutgoingStore store;
    private final Secrets secrets;
    private final MailSettings settings;
    private final AtomicBoolean warned = new AtomicBoolean();

    Mails(OutgoingStore store, Secrets secrets, MailSettings settings) {
        this.store = store;
        this.secrets = secrets;
        this.settings = settings;
    }

    @Bean
    static SealedColumn sealedMails() {
        return BODIES;
    }

    /**
     * Writes a mail down in the surrounding transaction: what it tells about and the mail exist together or not at all. It
     * is sent soon after the commit, at least once, and for two days if need be.
     *
     * @param userId whose account it is about
     */
    public void send(long userId, Mail mail) {
        var id = UUID.randomUUID();
        store.insert(id, userId, mail.to(), mail.subject(), secrets.sealText(BODIES, id, mail.text()));
        if (!settings.isConfigured() && !warned.getAndSet(true))
            log.warn("Mail is not configured: set kontor.mail.host and kontor.mail.from. Mails wait, for two days");
    }

    /** Whether there is a server that takes mail; otherwise mails wait, and are given up. */
    public boolean areSent() {
        return settings.isConfigured();
    }

    /** What is kept of the mails about a user's account, newest first. */
    public List<KeptMail> of(long userId) {
        return store.list(userId);
    }

    /** Nothing is known of mails about this user's account any more; those that wait are not sent. */
    public void forget(long userId) {
        store.deleteOf(userId);
    }
}
