package kontor.accounts.sessions;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import kontor.secrets.SealedColumn;
import kontor.secrets.Secrets;
import kontor.secrets.Secrets.CannotOpen;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Signing keys in the database, sealed there. */
@Repository
class SigningKeyStore {
    private static final Logger log = LoggerFactory.getLogger(SigningKeyStore.class);
    private static final Duration LEEWAY = Duration.ofMinutes(1);
    static final SealedColumn JWKS = new SealedColumn("accounts.signing_keys", "id", "jwk");
    private final JdbcClient jdbc;
    private final Secrets secrets;

    SigningKeyStore(JdbcClient jdbc, Secrets secrets) {
        this.jdbc = jdbc;
        this.secrets = secrets;
    }

    @Bean
    static SealedColumn sealedSigningKeys() {
        return JWKS;
    }

    /**
     * One of them.
     *
     * @param jwk a JSON Web Key with its private half
     * @param signs whether its time to sign has come
     */
    record Kept(String id, String jwk, boolean signs, Instant createdAt, Instant signsFrom) {
        @Override
        public String toString() {
            return "Kept[" + id + "]";
        }
    }

    /** Newest first. One that cannot be opened here is left out: the others go on, and it is told. */
    List<Kept> keys() {
        return jdbc.sql("""
                        SELECT id, jwk, signs_from <= now() AS signs, created_at, signs_from
                        FROM accounts.signing_keys ORDER BY signs_from DESC, created_at DESC, id
                        """).query((row, _) -> kept(row)).list().stream()
                .flatMap(Optional::stream)
                .toList();
    }

    private Optional<Kept> kept(ResultSet row) throws SQLException {
        var id = row.getString("id");
        try {
            return Optional.of(new Kept(
                    id,
                    opened(id, row.getString("jwk")),
                    row.getBoolean("signs"),
                    row.getObject("created_at", OffsetDateTime.class).toInstant(),
                    row.getObject("signs_from", OffsetDateTime.class).toInstant()));
        } catch (CannotOpen e) {
            log.error("A signing key is left out. {}", e.getMessage());
            return Optional.empty();
        }
    }

    void insert(String id, String jwk, Duration notice) {
        jdbc.sql("""
                        INSERT INTO accounts.signing_keys (id, jwk, signs_from)
                        VALUES (:id, :jwk, now() + CAST(:notice AS interval))
                        """)
                .param("id", id)
                .param("jwk", sealed(id, jwk))
                .param("notice", notice.toString())
                .update();
    }

    /** Seals the keys that were kept as they are, before there was anything to seal with. */
    void sealAll() {
        for (var key : jdbc.sql("SELECT id, jwk FROM accounts.signing_keys WHERE jwk LIKE '{%'")
                .query((row, _) -> Map.entry(row.getString("id"), row.getString("jwk")))
                .list())
            jdbc.sql("UPDATE accounts.signing_keys SET jwk = :sealed WHERE id = :id AND jwk = :plain")
                    .param("sealed", sealed(key.getKey(), key.getValue()))
                    .param("id", key.getKey())
                    .param("plain", key.getValue())
                    .update();
    }

    private String sealed(String id, String jwk) {
        return secrets.sealText(context(id), jwk);
    }

    private String opened(String id, String kept) {
        return kept.startsWith("{") ? kept : secrets.openText(context(id), kept);
    }

    private static String context(String id) {
        return JWKS.context(id);
    }

    /** Whether the newest key has signed for long enough, or one is there that its successor has made needless. */
    boolean hasKeysToChange(SessionSettings settings) {
        return jdbc.sql("""
                        SELECT (:lifetime <> 'PT0S' AND max(signs_from) < now() - CAST(:lifetime AS interval))
                            OR count(DISTINCT signs_from)
                               FILTER (WHERE signs_from <= now() - CAST(:kept AS interval)) > 1
                        FROM accounts.signing_keys
                        """)
                .param("lifetime", settings.signingKeyLifetime().toString())
                .param("kept", longestGood(settings).toString())
                .query(Boolean.class)
                .single();
    }

    /** Writes the next key unless another node was faster. */
    void insertWhenDue(String id, String jwk, SessionSettings settings) {
        jdbc.sql("""
                        INSERT INTO accounts.signing_keys (id, jwk, signs_from)
                        SELECT :id, :jwk, now() + CAST(:notice AS interval)
                        WHERE :lifetime <> 'PT0S'
                          AND NOT EXISTS (SELECT FROM accounts.signing_keys
                                          WHERE signs_from >= now() - CAST(:lifetime AS interval))
                        """)
                .param("id", id)
                .param("jwk", sealed(id, jwk))
                .param("notice", settings.signingKeyNotice().toString())
                .param("lifetime", settings.signingKeyLifetime().toString())
                .update();
    }

    /** So long after its successor has begun to sign nothing that a key has signed is good any more. */
    static Duration longestGood(SessionSettings settings) {
        return settings.tokenLifetime().plus(LEEWAY);
    }

    /** Takes away the keys whose successor has signed for this long: nothing that they signed is good any more. */
    void deleteSuperseded(Duration longerThanATokenIsGood) {
        jdbc.sql("""
                        DELETE FROM accounts.signing_keys k
                        WHERE EXISTS (SELECT FROM accounts.signing_keys next
                                      WHERE next.signs_from > k.signs_from
                                        AND next.signs_from <= now() - CAST(:kept AS interval))
                        """).param("kept", longerThanATokenIsGood.toString()).update();
    }

    boolean delete(String id) {
        return jdbc.sql("DELETE FROM accounts.signing_keys WHERE id = :id")
                        .param("id", id)
                        .update()
                == 1;
    }

    /** Lets one node at a time change the keys, until its transaction ends. */
    void awaitTurn() {
        jdbc.sql("SELECT pg_advisory_xact_lock(hashtext('kontor.accounts.signing_keys'))")
                .query(row -> {});
    }
}
