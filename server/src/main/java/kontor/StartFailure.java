package kontor;

import java.util.Optional;
import kontor.database.CannotStart;
import org.springframework.boot.SpringBootExceptionReporter;
import org.springframework.boot.web.server.PortInUseException;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Keeps stack traces for bugs: what the person at the terminal can mend is told in one sentence, by {@link Kontor}. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class StartFailure implements SpringBootExceptionReporter {
    StartFailure(ConfigurableApplicationContext context) {} // Spring Boot asks for this constructor

    /** @return true to tell Spring Boot that it need not say anything itself */
    @Override
    public boolean reportException(Throwable failure) {
        return sentence(failure).isPresent();
    }

    /** What to say to the person at the terminal; nothing when it is a bug, which they cannot mend. */
    static Optional<String> sentence(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CannotStart) return Optional.ofNullable(cause.getMessage());
            if (cause instanceof PortInUseException taken)
                return Optional.of("Port %d is in use. Choose another with --port or --management-port."
                        .formatted(taken.getPort()));
            if (isNoPort(cause)) return Optional.of("A port is a number from 1 to 65535: " + cause.getMessage() + ".");
            var wrong = WrongSetting.sentence(cause);
            if (wrong.isPresent()) return wrong;
        }
        return Optional.empty();
    }

    /** What the JDK says of a port that there cannot be. */
    private static boolean isNoPort(Throwable cause) {
        return cause instanceof IllegalArgumentException
                && String.valueOf(cause.getMessage()).startsWith("port out of range");
    }
}
