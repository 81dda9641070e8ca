package kontor;

import java.util.concurrent.atomic.AtomicInteger;
import kontor.accounts.Accounts;
import kontor.accounts.RegisterResult;
import kontor.accounts.RegisterResult.Registered;
import kontor.accounts.Registration;
import kontor.database.TestDatabase;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Component;

/** People to test with: each call makes a new one, signed in. */
@Component
public class TestUsers {
    public static final String PASSWORD = "a fine long passphrase";
    private static final AtomicInteger COUNT = new AtomicInteger();
    private final Accounts accounts;

    TestUsers(Accounts accounts) {
        this.accounts = accounts;
    }

    /** @param token for {@code Authorization: Bearer …} */
    public record TestUser(long id, String name, String email, String token) {}

    public TestUser customer() {
        return signedIn(accounts.register(somebody()));
    }

    public TestUser admin() {
        return signedIn(accounts.createAdmin(somebody()));
    }

    /** A customer who may also do this: {@code users.with("orders:read", "orders:refund")}. */
    public TestUser with(String... permissions) {
        var role = "role-" + COUNT.incrementAndGet();
        JdbcClient.create(TestDatabase.owner())
                .sql("INSERT INTO accounts.roles (name, permissions) VALUES (?, ?)")
                .params(role, permissions)
                .update();
        return having(role);
    }

    /** A customer who has this role besides: {@code users.having("support")}. */
    public TestUser having(String role) {
        var user = customer();
        JdbcClient.create(TestDatabase.owner())
                .sql("INSERT INTO accounts.user_roles (user_id, role) VALUES (?, ?) ON CONFLICT DO NOTHING")
                .params(user.id(), role)
                .update();
        return user;
    }

    /** Somebody who has no account yet. */
    public static Registration somebody() {
        var number = COUNT.incrementAndGet();
        return new Registration("Test Person " + number, "person" + number + "@example.org", PASSWORD);
    }

    private TestUser signedIn(RegisterResult result) {
        if (!(result instanceof Registered(var user))) throw new IllegalStateException(result.toString());
        return new TestUser(user.id(), user.name(), user.email(), accounts.issueToken(user.id()));
    }
}
