package kontor.accounts.oauth;

import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** What clients are told of a user, by the scopes that OpenID Connect has for it. */
@Repository
class UserClaims {
    private final JdbcClient jdbc;

    UserClaims(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** @return {@code sub}, and with the scopes for it {@code name}, {@code email} and {@code email_verified} */
    Map<String, Object> of(long userId, Set<String> scopes) {
        return jdbc.sql(
                        "SELECT name, email, email_verified_at IS NOT NULL AS verified FROM accounts.users WHERE id = :id")
                .param("id", userId)
                .query((row, _) -> {
                    var claims = new HashMap<String, Object>();
                    claims.put("sub", Long.toString(userId));
                    if (scopes.contains("profile")) claims.put("name", row.getString("name"));
                    if (scopes.contains("email")) {
                        claims.put("email", row.getString("email"));
                        claims.put("email_verified", row.getBoolean("verified"));
                    }
                    return Map.copyOf(claims);
                })
                .single();
    }
}
