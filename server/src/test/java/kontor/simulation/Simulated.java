package kontor.simulation;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.sql.SQLException;
import kontor.KontorTest;
import kontor.database.TestDatabase;
import kontor.orders.OrderDesk;
import kontor.payments.PaymentDesk;
import org.springframework.beans.factory.BeanFactory;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.beans.factory.support.BeanDefinitionRegistry;
import org.springframework.beans.factory.support.BeanDefinitionRegistryPostProcessor;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.context.TestConfiguration;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.jdbc.datasource.SingleConnectionDataSource;
import org.springframework.scheduling.config.TaskManagementConfigUtils;
import org.springframework.test.context.ContextConfiguration;

/**
 * A test against a server that does nothing on its own, with a database of its own and the gateway in memory: what happens
 * is what the test lets happen.
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
            "kontor.orders.answer-patience=0s",
            "kontor.orders.lanes=1",
            "kontor.orders.open-per-user=0", // a few people do it all
            "kontor.orders.held-units-per-user=0",
            "kontor.db.require-durable=false",
            "kontor.payments.breaker-window=1000000",
            "logging.level.kontor=ERROR",
            "logging.level.kontor.orders.Settling=OFF",
        })
@ContextConfiguration(initializers = Simulated.Initializer.class)
@Import(Simulated.Parts.class)
@interface Simulated {
    String DATABASE = "simulated";

    /** The name of another database, for tests that leave ruins behind. */
    String DATABASE_PROPERTY = "simulated.database";

    /** Its own database, where a commit does not wait for the disk: this is about what is written, not about fsync. */
    final class Initializer implements ApplicationContextInitializer<ConfigurableApplicationContext> {
        @Override
        public void initialize(ConfigurableApplicationContext context) {
            var name = context.getEnvironment().getProperty(DATABASE_PROPERTY, DATABASE);
            var settings = TestDatabase.another(name);
            JdbcClient.create(TestDatabase.superuserOf(name))
                    .sql("ALTER DATABASE " + name + " SET synchronous_commit = off")
                    .update();
            TestPropertyValues.of(settings)
                    .and("kontor.data=" + TestDatabase.folder())
                    .applyTo(context);
        }
    }

    @TestConfiguration(proxyBeanMethods = false)
    @Import({PaymentDesk.class, OrderDesk.class, Simulation.class})
    final class Parts {
        @Bean
        static Cuts cuts() {
            return new Cuts();
        }

        @Bean
        static CutPoints cutPoints(Cuts cuts) {
            return new CutPoints(cuts);
        }

        @Bean
        static RuleBreaker ruleBreaker(BeanFactory beans) {
            return new RuleBreaker(beans);
        }

        @Bean
        FakeGateway simulatedGateway(Cuts cuts) {
            return new FakeGateway(cuts);
        }

        /** The superuser's, on one connection, whom no rule of the database holds back. */
        @Bean
        Owner owner(@Value("${" + DATABASE_PROPERTY + ":" + DATABASE + "}") String name) throws SQLException {
            var connection = TestDatabase.superuserOf(name).getConnection();
            return new Owner(JdbcClient.create(new SingleConnectionDataSource(connection, true)));
        }

        /** Nothing runs unless it is called. */
        @Bean
        static BeanDefinitionRegistryPostProcessor noJobs() {
            return new BeanDefinitionRegistryPostProcessor() {
                @Override
                public void postProcessBeanDefinitionRegistry(BeanDefinitionRegistry registry) {
                    var scheduled = TaskManagementConfigUtils.SCHEDULED_ANNOTATION_PROCESSOR_BEAN_NAME;
                    if (registry.containsBeanDefinition(scheduled)) registry.removeBeanDefinition(scheduled);
                }
            };
        }
    }

    /** Beside the server's own client of its database, so in a box of its own. */
    record Owner(JdbcClient sql) {}
}
