package kontor.accounts.sessions;

import java.time.Instant;
import java.util.Map;

/** A token that was signed just now, and what it says. */
public record IssuedToken(String token, Instant issuedAt, Instant expiresAt, Map<String, Object> claims) {
    @Override
    public String toString() {
        return "IssuedToken"; // whoever has it is the user
    }
}
