package kontor.mail;

import jakarta.mail.internet.AddressException;
import jakarta.mail.internet.InternetAddress;
import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Which server takes mail.
 *
 * @param host of the SMTP server; without one mails wait
 * @param port 0 for the usual one: 587, with {@code tls} 465, with {@code plain} 25
 * @param security {@code starttls}, {@code tls}, or {@code plain} for a server on this machine; certificates are always
 *     verified
 * @param user whom to log in as; without one nobody logs in
 * @param password of that user
 * @param from whom mails come from: {@code shop@example.org} or {@code Our Shop <shop@example.org>}
 * @param timeout how long to wait for a connection, and for each answer
 */
@ConfigurationProperties("kontor.mail")
record MailSettings(
        @Nullable String host,
        @DefaultValue("0") int port,
        @DefaultValue("starttls") MailSecurity security,
        @Nullable String user,
        @Nullable String password,
        @Nullable String from,
        @DefaultValue("10s") Duration timeout) {
    private static final Set<String> THIS_MACHINE = Set.of("localhost", "127.0.0.1", "::1", "[::1]");
    private static final int LAST_PORT = 65_535;

    MailSettings {
        host = filled(host);
        user = filled(user);
        password = filled(password);
        from = filled(from);
        if (port < 0 || port > LAST_PORT) throw new IllegalArgumentException("kontor.mail.port is from 1 to 65535");
        if (timeout.toMillis() < 1) throw new IllegalArgumentException("kontor.mail.timeout is not positive");
        if (host != null) {
            if (from == null || !isSender(from))
                throw new IllegalArgumentException(
                        "kontor.mail.from must be an address that mails come from, such as shop@example.org");
            if (security == MailSecurity.PLAIN && !THIS_MACHINE.contains(host))
                throw new IllegalArgumentException(
                        "kontor.mail.security can be plain for a mail server on this machine only, and not for "
                                + host);
        }
        if (user != null && password == null)
            throw new IllegalArgumentException("kontor.mail.password is missing for the user of kontor.mail.user");
    }

    boolean isConfigured() {
        return host != null;
    }

    int portOrUsual() {
        if (port != 0) return port;
        return switch (security) {
            case STARTTLS -> 587;
            case TLS -> 465;
            case PLAIN -> 25;
        };
    }

    private static boolean isSender(String from) {
        if (from.chars().anyMatch(Character::isISOControl)) return false;
        try {
            var parsed = InternetAddress.parse(from, true);
            return parsed.length == 1 && parsed[0].getAddress().contains("@");
        } catch (AddressException e) {
            return false;
        }
    }

    private static @Nullable String filled(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }

    /** Without the password: settings end up in logs. */
    @Override
    public String toString() {
        return "MailSettings[%s:%d, %s]".formatted(host, port, security);
    }
}
