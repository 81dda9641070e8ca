package kontor;

import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.MessagingException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** The mail server of all tests: a real one, that keeps what it is sent. */
public final class TestMail {
    private static final Pattern TOKEN = Pattern.compile("\\?token=([A-Za-z0-9_-]{43})\\s");

    private TestMail() {}

    /** The settings that let a server send its mail here. */
    public static List<String> settings() {
        return List.of(
                "kontor.mail.host=localhost",
                "kontor.mail.port=" + Holder.SERVER.getSmtp().getPort(),
                "kontor.mail.security=plain",
                "kontor.mail.from=Kontor Tests <shop@example.org>",
                "kontor.mail.interval=100ms",
                "kontor.accounts.mail-requests-interval=100ms");
    }

    /** Waits until so many mails to this address are here. @return their texts, in the order in which they came */
    public static List<String> textsTo(String address, int count) {
        await().atMost(Duration.ofSeconds(30)).until(() -> to(address).size() >= count);
        return to(address).stream().map(TestMail::text).toList();
    }

    /** What is here to this address by now. */
    public static List<MimeMessage> to(String address) {
        return Arrays.stream(Holder.SERVER.getReceivedMessages())
                .filter(message -> isTo(message, address))
                .toList();
    }

    /** The token of the link in the first mail to this address that has one, when it has come. */
    public static String tokenTo(String address) {
        await().atMost(Duration.ofSeconds(30)).until(() -> linkTo(address).isPresent());
        return tokenIn(linkTo(address).orElseThrow());
    }

    private static Optional<String> linkTo(String address) {
        return to(address).stream()
                .map(TestMail::text)
                .filter(text -> TOKEN.matcher(text).find())
                .findFirst();
    }

    /** The token of the link in a mail. */
    public static String tokenIn(String text) {
        var found = TOKEN.matcher(text);
        if (!found.find()) throw new AssertionError("no link in: " + text);
        return found.group(1);
    }

    public static String text(MimeMessage message) {
        try {
            return ((String) message.getContent()).replace("\r\n", "\n");
        } catch (IOException | MessagingException e) {
            throw new AssertionError(e);
        }
    }

    private static boolean isTo(MimeMessage message, String address) {
        try {
            return Arrays.stream(message.getAllRecipients())
                    .anyMatch(recipient -> recipient.toString().equalsIgnoreCase(address));
        } catch (MessagingException e) {
            throw new AssertionError(e);
        }
    }

    private static final class Holder {
        static final GreenMail SERVER = start();

        private static GreenMail start() {
            var server = new GreenMail(new ServerSetup(0, "localhost", ServerSetup.PROTOCOL_SMTP));
            server.start();
            return server;
        }
    }

    /** Lets a server send its mail here. */
    public static final class Initializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {
        @Override
        public void initialize(ConfigurableApplicationContext context) {
            TestPropertyValues.of(settings()).applyTo(context);
        }
    }
}
