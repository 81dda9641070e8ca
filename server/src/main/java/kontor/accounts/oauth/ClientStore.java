package kontor.accounts.oauth;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** OAuth clients in the database. */
@Repository
class ClientStore {
    private static final String COLUMNS =
            "id, name, secret_hash, redirect_uris, grant_types, scopes, consent_required, created_at, disabled_at";
    private final JdbcClient jdbc;

    ClientStore(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** A client and what is kept of its secret. */
    record Kept(ClientView view, byte @Nullable [] secretHash) {
        @Override
        public String toString() {
            return "Kept[" + view.id() + "]";
        }
    }

    /** @return nothing, and nothing written, when the name is taken */
    Optional<ClientView> insert(ClientRequest wanted, byte @Nullable [] secretHash) {
        return jdbc.sql("""
                        INSERT INTO accounts.oauth_clients
                            (name, secret_hash, redirect_uris, grant_types, scopes, consent_required)
                        VALUES (:name, :secret, :redirects, :grants, :scopes, :consent)
                        ON CONFLICT (lower(name)) DO NOTHING
                        RETURNING\s""" + COLUMNS)
                .param("name", wanted.name().strip())
                .param("secret", secretHash)
                .param("redirects", array(wanted.redirects()))
                .param(
                        "grants",
                        array(wanted.grantTypes().stream().map(GrantType::code).toList()))
                .param("scopes", array(wanted.scopes()))
                .param("consent", wanted.asksForConsent())
                .query(ClientStore::kept)
                .optional()
                .map(Kept::view);
    }

    Optional<Kept> find(UUID id) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM accounts.oauth_clients WHERE id = :id")
                .param("id", id)
                .query(ClientStore::kept)
                .optional();
    }

    /** The same, and nobody changes it until the caller's transaction ends. */
    Optional<Kept> lock(UUID id) {
        return jdbc.sql("SELECT " + COLUMNS + " FROM accounts.oauth_clients WHERE id = :id FOR UPDATE")
                .param("id", id)
                .query(ClientStore::kept)
                .optional();
    }

    /** By name. */
    List<ClientView> list() {
        return jdbc
                .sql("SELECT " + COLUMNS + " FROM accounts.oauth_clients ORDER BY lower(name)")
                .query(ClientStore::kept)
                .list()
                .stream()
                .map(Kept::view)
                .toList();
    }

    /** @throws DuplicateKeyException when the name is another's */
    ClientView change(UUID id, ClientChange change) {
        return jdbc.sql("""
                        UPDATE accounts.oauth_clients
                        SET name = :name, redirect_uris = :redirects, scopes = :scopes, consent_required = :consent
                        WHERE id = :id
                        RETURNING\s""" + COLUMNS)
                .param("name", change.name().strip())
                .param(
                        "redirects",
                        array(change.redirectUris().stream().distinct().toList()))
                .param("scopes", array(change.scopes()))
                .param("consent", change.consentRequired())
                .param("id", id)
                .query(ClientStore::kept)
                .single()
                .view();
    }

    void setSecret(UUID id, byte[] hash) {
        jdbc.sql("UPDATE accounts.oauth_clients SET secret_hash = :hash WHERE id = :id")
                .param("hash", hash)
                .param("id", id)
                .update();
    }

    ClientView setDisabled(UUID id, boolean disabled) {
        return jdbc.sql("""
                        UPDATE accounts.oauth_clients
                        SET disabled_at = CASE WHEN :disabled THEN coalesce(disabled_at, now()) END
                        WHERE id = :id
                        RETURNING\s""" + COLUMNS)
                .param("disabled", disabled)
                .param("id", id)
                .query(ClientStore::kept)
                .single()
                .view();
    }

    /** With everything that it has been given. */
    void delete(UUID id) {
        jdbc.sql("DELETE FROM accounts.oauth_clients WHERE id = :id")
                .param("id", id)
                .update();
    }

    private static Kept kept(ResultSet row, int number) throws SQLException {
        var hash = row.getBytes("secret_hash");
        var disabled = row.getObject("disabled_at", OffsetDateTime.class);
        var grants = EnumSet.noneOf(GrantType.class);
        for (var code : strings(row, "grant_types")) grants.add(GrantType.of(code));
        return new Kept(
                new ClientView(
                        row.getObject("id", UUID.class),
                        row.getString("name"),
                        hash != null,
                        List.of(strings(row, "redirect_uris")),
                        grants,
                        new TreeSet<>(Set.of(strings(row, "scopes"))),
                        row.getBoolean("consent_required"),
                        row.getObject("created_at", OffsetDateTime.class).toInstant(),
                        disabled == null ? null : disabled.toInstant()),
                hash);
    }

    private static String[] array(Collection<String> texts) {
        return texts.toArray(String[]::new);
    }

    private static String[] strings(ResultSet row, String column) throws SQLException {
        return (String[]) row.getArray(column).getArray();
    }
}
