package kontor.mail;

import static java.time.format.DateTimeFormatter.RFC_1123_DATE_TIME;

import jakarta.mail.Message.RecipientType;
import jakarta.mail.MessagingException;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Properties;
import java.util.UUID;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.stereotype.Component;

/** Speaks SMTP (RFC 5321) with the mail server, over TLS with its certificate and name verified. */
@Component
class MailServer {
    private final MailSettings settings;
    private final @Nullable SSLSocketFactory tls;

    @Autowired
    MailServer(MailSettings settings) {
        this(settings, null);
    }

    /** @param tls what believes certificates; null for those that Java trusts */
    MailServer(MailSettings settings, @Nullable SSLSocketFactory tls) {
        this.settings = settings;
        this.tls = tls;
    }

    /** @throws MessagingException when the server has not taken it, or we do not know */
    void send(UUID id, Mail mail) throws MessagingException {
        var protocol = settings.security() == MailSecurity.TLS ? "smtps" : "smtp";
        var session = Session.getInstance(properties(protocol));
        var message = message(session, id, mail);
        try (var transport = session.getTransport(protocol)) {
            transport.connect(settings.host(), settings.portOrUsual(), settings.user(), settings.password());
            transport.sendMessage(message, message.getAllRecipients());
        }
    }

    private Properties properties(String protocol) {
        var properties = new Properties();
        var prefix = "mail." + protocol + ".";
        var milliseconds = Long.toString(settings.timeout().toMillis());
        properties.setProperty(prefix + "connectiontimeout", milliseconds);
        properties.setProperty(prefix + "timeout", milliseconds);
        properties.setProperty(prefix + "writetimeout", milliseconds);
        properties.setProperty(prefix + "auth", Boolean.toString(settings.user() != null));
        properties.setProperty(prefix + "ssl.checkserveridentity", "true");
        properties.setProperty(prefix + "ssl.protocols", "TLSv1.2 TLSv1.3");
        if (tls != null) properties.put(prefix + "ssl.socketFactory", tls);
        var startTls = Boolean.toString(settings.security() == MailSecurity.STARTTLS);
        properties.setProperty(prefix + "starttls.enable", startTls);
        properties.setProperty(prefix + "starttls.required", startTls);
        return properties;
    }

    private MimeMessage message(Session session, UUID id, Mail mail) throws MessagingException {
        var sender = InternetAddress.parse(String.valueOf(settings.from()), true)[0];
        var message = new MimeMessage(session) {
            @Override
            protected void updateMessageID() throws MessagingException {
                setHeader("Message-ID", "<" + id + "@" + domainOf(sender) + ">"); // the same if it has to be sent again
            }
        };
        message.setFrom(sender);
        message.setRecipient(RecipientType.TO, new InternetAddress(mail.to(), true));
        message.setSubject(mail.subject(), "UTF-8");
        message.setHeader("Date", RFC_1123_DATE_TIME.format(OffsetDateTime.now(ZoneOffset.UTC)));
        message.setHeader("Auto-Submitted", "auto-generated"); // RFC 3834: no answering machine answers
        message.setText(mail.text(), "UTF-8");
        message.saveChanges();
        return message;
    }

    private static String domainOf(InternetAddress sender) {
        var address = sender.getAddress();
        return address.substring(address.lastIndexOf('@') + 1);
    }
}
