package kontor.accounts;

import java.sql.Types;
import kontor.web.Refusal;
import org.springframework.http.HttpStatus;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/** Those who may do everything. One who can log in is always left. */
@Repository
public class Administrators {
    private final JdbcClient jdbc;
    private final Issuers issuers;
    private final DirectoryAddresses directory;

    Administrators(JdbcClient jdbc, Issuers issuers, DirectoryAddresses directory) {
        this.jdbc = jdbc;
        this.issuers = issuers;
        this.directory = directory;
    }

    /**
     * Lets one at a time change what people may do, or take from them what they log in with, until its transaction ends: what
     * one has looked at nobody else changes meanwhile. Before any lock of a user. The row is the one that the database itself
     * waits for when an administrator loses the role.
     */
    public void awaitTurn() {
        jdbc.sql("SELECT FROM accounts.roles WHERE name = 'admin' FOR NO KEY UPDATE")
                .query(row -> {});
    }

    /** Whether this user is an administrator, and no other one can log in. */
    public boolean isLast(long userId) {
        return ask("accounts.is_last_admin(:id, CAST(:issuers AS text[]), :domain)", userId);
    }

    /**
     * Called in the turn that has taken something to log in with from a user.
     *
     * @throws Refusal 409 {@code last_admin} when nobody who may do everything could log in any more. That mail would let
     *     them in again does not count: whether it arrives nobody knows before
     */
    public void requireOneBehind(long userId) {
        if (isLast(userId) && !ask("accounts.has_login(:id, CAST(:issuers AS text[]), :domain)", userId))
            throw lastAdmin();
    }

    public static Refusal lastAdmin() {
        return new Refusal(
                HttpStatus.CONFLICT,
                "last_admin",
                "Nobody would be left who may do everything and can log in. Make another one admin first.");
    }

    private boolean ask(String question, long userId) {
        return jdbc.sql("SELECT " + question)
                .param("id", userId)
                .param("issuers", issuers.present().toArray(String[]::new))
                .param("domain", directory.domain().orElse(null), Types.VARCHAR)
                .query(Boolean.class)
                .single();
    }
}
