package kontor.accounts.sessions;

import org.springframework.stereotype.Component;

/** Has the server look at somebody again whom a test has changed in the database. */
@Component
public class TokenMemory {
    private final KnownTokens known;

    TokenMemory(KnownTokens known) {
        this.known = known;
    }

    public void forget(long userId) {
        known.forgetAllOf(userId);
    }
}
