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
    private static final String ALONE = "FOR NO KEY UPDATE";
    private final JdbcClient jdbc;

    OpenAccounts(JdbcClient jdbc) {
        this.jdbc = jdbc;
    }

    /** Until the transaction ends nobody erases or disables this user. @return false when somebody has */
    public boolean hold(long userId) {
        return isThere(OPEN + "FOR KEY SHARE", userId);
    }

    /**
     * The same as {@link #hold}, and nobody else who calls this changes anything of theirs meanwhile.
     *
     * @throws Refusal 401 when the user has been erased or disabled
     */
    public void holdAlone(long userId) {
        if (!tryToHoldAlone(userId)) throw Refusal.signInFirst();
    }

    /** The same. @return false when the user has been erased or disabled */
    public boolean tryToHoldAlone(long userId) {
        return isThere(OPEN + ALONE, userId);
    }

    /** The same for one who may be disabled. @return false when somebody has erased them */
    public boolean holdThereAlone(long userId) {
        return isThere(THERE + ALONE, userId);
    }

    private boolean isThere(String sql, long userId) {
        return jdbc.sql(sql).param("id", userId).query(Long.class).optional().isPresent();
    }
}
