package kontor.audit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.nio.file.Files;
import java.nio.file.Path;
import kontor.KontorTest;
import kontor.database.TestDatabase;
import kontor.simulator.Simulator;
import kontor.simulator.SimulatorOptions;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.test.context.ContextConfiguration;

/**
 * A test against a server whose database holds nothing but what this server wrote: what other tests plant in theirs must
 * not be found here. {@link ShopAtWork} fills it.
 */
@Target(ElementType.TYPE)
@Retention(RetentionPolicy.RUNTIME)
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "management.server.port=0",
            "kontor.accounts.argon2-memory=64KB",
            "kontor.accounts.argon2-passes=1",
            "kontor.admin.email=" + KontorTest.ADMIN_EMAIL,
            "kontor.admin.password=" + KontorTest.ADMIN_PASSWORD,
            "kontor.payments.stripe.secret-key=sk_test_of_the_audited_shop",
            "kontor.web.requests-per-second=0",
            "kontor.orders.return-origins=https://shop.example",
            "kontor.orders.open-per-user=0", // one buyer does it all
            "kontor.orders.held-units-per-user=0",
            "kontor.audit.fresh-for=1m",
        })
@ContextConfiguration(initializers = AuditedShop.Initializer.class)
@interface AuditedShop {
    String DATABASE = "audited";

    /** A database and a payment simulator of its own. */
    final class Initializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {
        @Override
        public void initialize(ConfigurableApplicationContext context) {
            try {
                var folder = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "audited-shop");
                var simulator = Simulator.start(
                        SimulatorOptions.defaults().onPort(0).in(folder).acceptingOnly("sk_test_of_the_audited_shop"));
                TestPropertyValues.of(TestDatabase.another(DATABASE))
                        .and("kontor.data=" + folder, "kontor.payments.stripe.api-base=" + simulator.address())
                        .applyTo(context);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
