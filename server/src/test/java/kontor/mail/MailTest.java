package kontor.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MailTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "ann",
                "ann@",
                "@example.org",
                "ann@example.org\r\nBcc: eve@example.org",
                "ann@example.org\nBcc: eve@example.org",
                "ann@example.org, eve@example.org",
                "Ann <ann@example.org>",
                "ann@example.org\u0000",
                "ann lee@example.org",
                "änn@example.org"
            })
    void goesToOneAddressAndNoOther(String to) {
        assertThatThrownBy(() -> new Mail(to, "subject", "text"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageNotContaining("eve");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "a\r\nBcc: eve@example.org", "a\nb", "a\u0000b", "a\u0085b"})
    void hasASubjectOfOneLine(String subject) {
        assertThatThrownBy(() -> new Mail("ann@example.org", subject, "text"))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void isNotWrittenToLogs() {
        assertThat(new Mail("ann@example.org", "subject", "link").toString())
                .doesNotContain("link")
                .doesNotContain("ann");
    }

    @Test
    void goesInTheClearToThisMachineOnly() {
        assertThat(settings("localhost", MailSecurity.PLAIN, "shop@example.org").portOrUsual())
                .isEqualTo(25);
        assertThat(settings("mail.example.org", MailSecurity.TLS, "shop@example.org")
                        .portOrUsual())
                .isEqualTo(465);
        assertThatThrownBy(() -> settings("mail.example.org", MailSecurity.PLAIN, "shop@example.org"))
                .hasMessageContaining("kontor.mail.security");
    }

    @Test
    void comesFromAnAddress() {
        for (var wrong : new @Nullable String[] {
            null, " ", "shop", "a@example.org, b@example.org", "a@example.org\r\nBcc: b@c.de"
        })
            assertThatThrownBy(() -> settings("localhost", MailSecurity.PLAIN, wrong))
                    .hasMessageContaining("kontor.mail.from");
        assertThat(settings(null, MailSecurity.STARTTLS, null).isConfigured()).isFalse();
    }

    private static MailSettings settings(@Nullable String host, MailSecurity security, @Nullable String from) {
        return new MailSettings(host, 0, security, null, "secret", from, Duration.ofSeconds(1));
    }
}
