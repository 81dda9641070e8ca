package kontor.accounts.federation;

import kontor.database.TestDatabase;
import org.springframework.jdbc.core.simple.JdbcClient;

/** How many there are of what a login can bring about. A refusal leaves all of it as it was. */
record Standing(long users, long identities, long roles, long sessions) {
    static Standing now() {
        return JdbcClient.create(TestDatabase.owner())
                .sql("""
                        SELECT (SELECT count(*) FROM accounts.users) AS users,
                               (SELECT count(*) FROM accounts.identities) AS identities,
                               (SELECT count(*) FROM accounts.user_roles) AS roles,
                               (SELECT count(*) FROM accounts.sessions) AS sessions
                        """)
                .query(Standing.class)
                .single();
    }
}
