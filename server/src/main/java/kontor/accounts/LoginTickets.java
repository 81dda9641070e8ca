package kontor.accounts;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import kontor.accounts.LoginResult.SecondFactorRequired;
import kontor.accounts.factors.FactorKind;
import kontor.accounts.sessions.OneTimeTokens;
import kontor.accounts.sessions.OneTimeTokens.Meaning;
import kontor.accounts.sessions.SessionKind;
import kontor.accounts.sessions.Sessions;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What somebody holds who has shown the first factor and not yet the second: good once, for ten minutes. */
@Component
class LoginTickets {
    private static final Duration LIFETIME = Duration.ofMinutes(10);
    private final OneTimeTokens tokens;

    LoginTickets(OneTimeTokens tokens) {
        this.tokens = tokens;
    }

    /**
     * What a ticket stands for.
     *
     * @param methods what was shown, in the words of RFC 8176
     */
    record Ticket(long userId, Set<String> methods, SessionKind kind) {
        private static Ticket of(Meaning meaning) {
            if (meaning.userId() == null || meaning.content() == null)
                throw new IllegalStateException("a ticket of nobody");
            var words = List.of(meaning.content().split(" ", -1));
            return new Ticket(
                    meaning.userId(),
                    Set.copyOf(words.subList(1, words.size())),
                    SessionKind.valueOf(words.getFirst()));
        }
    }

    SecondFactorRequired issue(long userId, Set<String> methods, SessionKind kind, Set<FactorKind> factors) {
        var content = kind + " " + String.join(" ", methods);
        var ticket = tokens.issue(Sessions.LOGIN_TICKET, new Meaning(userId, content), LIFETIME);
        return new SecondFactorRequired(ticket, LIFETIME.toSeconds(), factors);
    }

    /** What it stands for; it stays good. */
    Optional<Ticket> read(@Nullable String ticket) {
        return tokens.read(Sessions.LOGIN_TICKET, ticket).map(Ticket::of);
    }

    /** Uses it up: one of many who bring it is let through. Until the transaction ends the others wait. */
    boolean use(String ticket) {
        return tokens.use(Sessions.LOGIN_TICKET, ticket).isPresent();
    }
}
