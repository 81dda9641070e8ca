package kontor;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import kontor.database.TestDatabase;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.test.context.ContextConfiguration;

/**
 * A test against the whole server on a real PostgreSQL. All of them share one server and one database, which is new for
 * every run of the suite and never emptied in between: use names of your own.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.DEFINED_PORT,
        properties = {
            "management.server.port=0",
            "kontor.accounts.argon2-memory=64KB", // hashing a password in production's way takes 50 ms
            "kontor.accounts.argon2-passes=1",
            "kontor.accounts.argon2-target=0",
            "kontor.web.requests-per-second=1000",
            "kontor.web.burst=3000",
            "kontor.accounts.tries.per-network=1000000", // all tests are one network
            "kontor.auditlog.refusals-per-minute=1000000", // all tests come from one address, and are refused a lot
            "kontor.accounts.public-url=https://shop.example",
            "kontor.orders.step-up-refund-limit.GBP=50000000", // more than any other test gives back
            "kontor.orders.refund-approval-above.CHF=10000", // which no other test has anything to do with
            "kontor.orders.open-per-user=0", // a few people buy for all tests
            "kontor.orders.held-units-per-user=0",
            "kontor.admin.email=" + KontorTest.ADMIN_EMAIL,
            "kontor.admin.password=" + KontorTest.ADMIN_PASSWORD,
        })
@ContextConfiguration(
        initializers = {
            TestDatabase.Initializer.class,
            TestGateway.Initializer.class,
            TestDirectory.Initializer.class,
            TestProvider.Initializer.class,
            TestMail.Initializer.class
        })
public @interface KontorTest {
    String ADMIN_EMAIL = "first.admin@example.org";
    String ADMIN_PASSWORD = "the first admin of the tests";
}
