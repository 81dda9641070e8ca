package kontor.accounts.factors;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import kontor.secrets.SealedColumn;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Authenticator apps and recovery codes, and who has which factors. */
@Repository
class FactorStore {
    static final SealedColumn SECRETS = new SealedColumn("accounts.totp", "user_id", "sealed_secret");
    private final JdbcClient jdbc;

    FactorStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    @Bean
    static SealedColumn sealedFactors() {
        return SECRETS;
    }

    /** @param lastStep null until it has been confirmed */
    record App(
            String sealedSecret,
            Instant createdAt,
            @Nullable Long lastStep,
            @Nullable Instant lastUsedAt) {
        boolean isConfirmed() {
            return lastStep != null;
        }
    }

    /** What second factors a user has; none at all, whatever recovery codes are left, for whom no login asks for one. */
    Set<FactorKind> kinds(long userId) {
        return jdbc.sql("""
                        SELECT EXISTS (SELECT FROM accounts.totp WHERE user_id = :user AND confirmed_at IS NOT NULL) AS totp,
                               EXISTS (SELECT FROM accounts.passkeys WHERE user_id = :user) AS passkey,
                               EXISTS (SELECT FROM accounts.recovery_codes WHERE user_id = :user) AS recovery_code
                        """).param("user", userId).query(FactorStore::kinds).single();
    }

    private static Set<FactorKind> kinds(ResultSet row, int number) throws SQLException {
        var kinds = EnumSet.noneOf(FactorKind.class);
        if (row.getBoolean("totp")) kinds.add(FactorKind.TOTP);
        if (row.getBoolean("passkey")) kinds.add(FactorKind.PASSKEY);
        if (!kinds.isEmpty() && row.getBoolean("recovery_code")) kinds.add(FactorKind.RECOVERY_CODE);
        return kinds;
    }

    /** Lets one change of a user's factors happen at a time, until its transaction ends. @return false: no such user */
    boolean lock(long userId) {
        return jdbc.sql("SELECT id FROM accounts.users WHERE id = :user AND erased_at IS NULL FOR NO KEY UPDATE")
                .param("user", userId)
                .query(Long.class)
                .optional()
                .isPresent();
    }

    /** The e-mail address of a user. */
    String email(long userId) {
        return jdbc.sql("SELECT email FROM accounts.users WHERE id = :user")
                .param("user", userId)
                .query(String.class)
                .single();
    }

    String name(long userId) {
        return jdbc.sql("SELECT name FROM accounts.users WHERE id = :user")
                .param("user", userId)
                .query(String.class)
                .single();
    }

    Set<String> permissions(long userId) {
        return jdbc.sql("""
                        SELECT DISTINCT unnest(r.permissions)
                        FROM accounts.user_roles ur JOIN accounts.roles r ON r.name = ur.role
                        WHERE ur.user_id = :user
                        """).param("user", userId).query(String.class).set();
    }

    /** Writes the secret of an app that is being enrolled. @return false, and nothing written, when one is in use */
    boolean begin(long userId, String sealedSecret) {
        return jdbc.sql("""
                        INSERT INTO accounts.totp AS t (user_id, sealed_secret) VALUES (:user, :secret)
                        ON CONFLICT (user_id) DO UPDATE SET sealed_secret = :secret, created_at = now()
                        WHERE t.confirmed_at IS NULL
                        """).param("user", userId).param("secret", sealedSecret).update() == 1;
    }

    Optional<App> app(long userId) {
        return jdbc.sql(
                        "SELECT sealed_secret, created_at, last_step, last_used_at FROM accounts.totp WHERE user_id = :user")
                .param("user", userId)
                .query((row, _) -> new App(
                        row.getString("sealed_secret"),
                        row.getObject("created_at", OffsetDateTime.class).toInstant(),
                        row.getObject("last_step", Long.class),
                        instant(row, "last_used_at")))
                .optional();
    }

    /** @return false when somebody has confirmed it already, or begun anew */
    boolean confirm(long userId, String sealedSecret, long step) {
        return jdbc.sql("""
                        UPDATE accounts.totp SET confirmed_at = now(), last_step = :step, last_used_at = now()
                        WHERE user_id = :user AND sealed_secret = :secret AND confirmed_at IS NULL
                        """)
                        .param("step", step)
                        .param("user", userId)
                        .param("secret", sealedSecret)
                        .update()
                == 1;
    }

    /** Uses the code of a step up. @return false when it, or one of a later step, was used before */
    boolean use(long userId, String sealedSecret, long step) {
        return jdbc.sql("""
                        UPDATE accounts.totp SET last_step = :step, last_used_at = now()
                        WHERE user_id = :user AND sealed_secret = :secret AND last_step < :step
                        """)
                        .param("step", step)
                        .param("user", userId)
                        .param("secret", sealedSecret)
                        .update()
                == 1;
    }

    /** @return whether there was one in use */
    boolean removeApp(long userId) {
        return jdbc.sql("DELETE FROM accounts.totp WHERE user_id = :user RETURNING confirmed_at IS NOT NULL")
                .param("user", userId)
                .query(Boolean.class)
                .optional()
                .orElse(false);
    }

    void insertRecoveryCodes(long userId, Collection<byte[]> hashes) {
        jdbc.sql("INSERT INTO accounts.recovery_codes (user_id, hash) SELECT :user, unnest(CAST(:hashes AS bytea[]))")
                .param("user", userId)
                .param("hashes", hashes.toArray(byte[][]::new))
                .update();
    }

    /** Uses a code up: of many who bring it one is let through. */
    boolean useRecoveryCode(long userId, byte[] hash) {
        return jdbc.sql("DELETE FROM accounts.recovery_codes WHERE user_id = :user AND hash = :hash")
                        .param("user", userId)
                        .param("hash", hash)
                        .update()
                == 1;
    }

    int recoveryCodesLeft(long userId) {
        return jdbc.sql("SELECT count(*) FROM accounts.recovery_codes WHERE user_id = :user")
                .param("user", userId)
                .query(Integer.class)
                .single();
    }

    void withdrawRecoveryCodes(long userId) {
        jdbc.sql("DELETE FROM accounts.recovery_codes WHERE user_id = :user")
                .param("user", userId)
                .update();
    }

    private static @Nullable Instant instant(ResultSet row, String column) throws SQLException {
        var time = row.getObject(column, OffsetDateTime.class);
        return time == null ? null : time.toInstant();
    }
}
