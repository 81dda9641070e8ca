package kontor.accounts;

import kontor.web.Refusal;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Repository;

/**
 * Users who are neither erased nor disabled. Whoever writes something of theirs keeps them so until it is written: whoever
 * erases or disables them waits, and then finds it; and for somebody who is gone nothing is written any more.
 */
@Repository
public class OpenAccounts {
    private static final String THERE = "SELECT id FROM accounts.users WHERE id = :id AND erased_at IS NULL ";
    private static final String OPEN = THERE + "AND disabled_at IS NULL ";
    private final JdbcClient jdbc;

    OpenAccounts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Until the transaction ends nobody erases or disables this user. @return false when somebody has */
    public boolean hold(long userId) {
        return isThere(OPEN + "FOR KEY SHARE", userId);
    }

    /** The same for one who may be disabled. @return false when somebody has erased them */
    boolean holdThere(long userId) {
        return isThere(THERE + "FOR KEY SHARE", userId);
    }

    /**
     * The same as {@link #hold}, and nobody else who calls this changes anything of theirs meanwhile.
     *
     * @throws Refusal 401 when the user has been erased or disabled
     */
    public void holdAlone(long userId) {
        if (!isThere(OPEN + "FOR NO KEY UPDATE", userId)) throw Refusal.signInFirst();
    }

    private boolean isThere(String sql, long userId) {
        return jdbc.sql(sql).param("id", userId).query(Long.class).optional().isPresent();
    }
}
