package kontor.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import kontor.Api;
import kontor.KontorTest;
import kontor.TestUsers;
import kontor.database.DataFolder;
import kontor.database.Database;
import kontor.database.DatabaseSettings;
import kontor.database.TestDatabase;
import kontor.simulator.Simulator;
import kontor.simulator.SimulatorOptions;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.boot.test.util.TestPropertyValues;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.test.annotation.DirtiesContext;
import org.springframework.test.context.ContextConfiguration;

/**
 * A database from before some orders were taken, at a gateway that remembers them: nothing may be changed until the gateway's
 * books were read, no id is given out again, and money that nobody here knows goes back.
 */
@SpringBootTest(
        webEnvironment = SpringBootTest.WebEnvironment.RANDOM_PORT,
        properties = {
            "management.server.port=0",
            "kontor.accounts.argon2-memory=64KB",
            "kontor.accounts.argon2-passes=1",
            "kontor.admin.email=" + KontorTest.ADMIN_EMAIL,
            "kontor.admin.password=" + KontorTest.ADMIN_PASSWORD,
            "kontor.reconcile-first=true",
            "kontor.reconcile-first-refund=true",
        })
@ContextConfiguration(initializers = AfterARestoredBackupTest.Restored.class)
@DirtiesContext
class AfterARestoredBackupTest {
    private static final String SECRET_KEY = "sk_test_of_the_restored_shop";
    private static final HttpClient HTTP = HttpClient.newHttpClient();
    private static final long LOST_ORDER = 50_000_000;
    private static final long LOST_OPERATION = 60_000_000;

    @Autowired
    private Api api;

    @Autowired
    private TestUsers users;

    @Autowired
    private JdbcClient database;

    /** An empty shop, whose gateway has taken 5.10 and 7.00 for orders that it does not know, and does not show its books. */
    static final class Restored implements ApplicationContextInitializer<ConfigurableApplicationContext> {
        private static final Path FOLDER = folder();
        private static final Simulator SIMULATOR = simulator();

        private static Path folder() {
            try {
                return Files.createTempDirectory(Files.createDirectories(Path.of("target")), "restored-shop");
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        private static Simulator simulator() {
            try {
                return Simulator.start(
                        SimulatorOptions.defaults().onPort(0).in(FOLDER).acceptingOnly(SECRET_KEY));
            } catch (IOException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void initialize(ConfigurableApplicationContext context) {
            var settings = TestDatabase.another("restored");
            var prefix = installationOf(settings, FOLDER);
            pay(510, prefix + "-" + LOST_ORDER + "-" + LOST_OPERATION);
            pay(700, "ffffffff-ffff-" + LOST_ORDER + "-" + LOST_OPERATION); // of another shop
            control(
                    "/_faults",
                    "{\"kind\": \"error\", \"when\": \"before\", \"operation\": \"balance\", \"count\": 1000}");
            TestPropertyValues.of(settings)
                    .and(
                            "kontor.data=" + FOLDER,
                            "kontor.payments.stripe.secret-key=" + SECRET_KEY,
                            "kontor.payments.stripe.api-base=" + SIMULATOR.address())
                    .applyTo(context);
        }

        private static String installationOf(Map<String, String> settings, Path folder) {
            var bound = new Binder(new MapConfigurationPropertySource(settings))
                    .bindOrCreate("kontor.db", DatabaseSettings.class);
            try (var migrated = Database.open(bound, DataFolder.at(folder))) {
                return JdbcClient.create(migrated.pool())
                        .sql("SELECT left(id::text, 13) FROM payments.installation")
                        .query(String.class)
                        .single();
            }
        }

        private static void pay(long amount, String key) {
            var form = "amount=" + amount + "&currency=gbp&payment_method=pm_card_visa&confirm=true"
                    + "&payment_method_types[0]=card&capture_method=automatic&error_on_requires_action=true"
                    + "&metadata[kontor_order]=" + LOST_ORDER + "&metadata[kontor_operation]=" + key;
            send(HttpRequest.newBuilder(SIMULATOR.address().resolve("/v1/payment_intents"))
                    .header("Authorization", "Bearer " + SECRET_KEY)
                    .header("Idempotency-Key", key)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString(form.replace("[", "%5B").replace("]", "%5D")))
                    .build());
        }

        static void control(String path, String json) {
            send(HttpRequest.newBuilder(SIMULATOR.address().resolve(path))
                    .header("Content-Type", "application/json")
                    .POST(BodyPublishers.ofString(json))
                    .build());
        }

        static String send(HttpRequest request) {
            try {
                var answer = HTTP.send(request, BodyHandlers.ofString());
                if (answer.statusCode() != 200) throw new AssertionError(answer.body());
                return answer.body();
            } catch (IOException e) {
                throw new IllegalStateException(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }

        static URI address(String path) {
            return SIMULATOR.address().resolve(path);
        }
    }

    @Test
    void nothingIsAcceptedUntilTheBooksWereReadAndNoIdIsGivenOutAgain() {
        var staff = api.as(users.admin());
        var refused = staff.post("/products", Map.of("name", "Mug"), "Idempotency-Key", "mug");
        assertThat(refused.status()).isEqualTo(503);
        assertThat(refused.at("/code")).isEqualTo("reconciling");
        assertThat(refused.header("Retry-After")).isEqualTo("5");
        assertThat(api.post("/gateways/stripe/webhook", "{}").at("/code")).isEqualTo("reconciling");
        assertThat(readiness()).isEqualTo(503);
        assertThat(api.get("/products").status()).isEqualTo(200);
        assertThat(api.post("/login", Map.of("email", KontorTest.ADMIN_EMAIL, "password", KontorTest.ADMIN_PASSWORD))
                        .status())
                .isEqualTo(200);
        assertThat(database.sql("SELECT count(*) FROM catalog.products")
                        .query(Long.class)
                        .single())
                .isZero();
        // Before anything was read: no job of this server can take an id of the days that were lost.
        assertThat(next("orders.order_ids")).isGreaterThan(ReconcileFirst.MARGIN);
        assertThat(next("payments.operation_ids")).isGreaterThan(ReconcileFirst.MARGIN);

        Restored.send(
                HttpRequest.newBuilder(Restored.address("/_faults")).DELETE().build());
        await().atMost(Duration.ofSeconds(60)).until(() -> readiness() == 200);

        assertThat(breaks()).containsExactly("missing_here 510 server", "missing_here 700 open");
        assertThat(effects()).containsExactly("captured 510", "captured 700", "refunded 510");
        var report = staff.get("/reconciliation");
        assertThat(report.text()).contains("\"difference\":{\"amount\":0,\"currency\":\"GBP\"}");

        var order = placeAnOrder(staff);
        assertThat(order.at("/payment_status")).as(order.text()).isEqualTo("paid");
        assertThat(Long.parseLong(order.at("/id"))).isGreaterThan(LOST_OPERATION);
        assertThat(database.sql("SELECT min(id) FROM payments.operations")
                        .query(Long.class)
                        .single())
                .isGreaterThan(LOST_OPERATION);
    }

    private Api.Answer placeAnOrder(Api staff) {
        var variant = Map.of("sku", "MUG", "prices", List.of(Map.of("amount", 255, "currency", "GBP")), "on_hand", 10);
        var made =
                staff.post("/products", Map.of("name", "Mug", "variants", List.of(variant)), "Idempotency-Key", "mug");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return staff.post(
                "/orders",
                Map.of(
                        "currency",
                        "GBP",
                        "lines",
                        List.of(Map.of("sku", "MUG", "quantity", 2)),
                        "payment",
                        Map.of("method", "card", "gateway", "stripe", "token", "pm_card_visa")),
                "Idempotency-Key",
                "first");
    }

    private int readiness() {
        return api.onManagementPort().get("/actuator/health/readiness").status();
    }

    private long next(String sequence) {
        return database.sql("SELECT nextval('" + sequence + "')")
                .query(Long.class)
                .single();
    }

    private List<String> breaks() {
        return database.sql("""
                        SELECT concat_ws(' ', kind, amount, coalesce(resolved_by, 'open')) FROM reconciliation.breaks ORDER BY id
                        """).query(String.class).list();
    }

    private static List<String> effects() {
        var book = new tools.jackson.databind.json.JsonMapper()
                .readTree(Restored.send(
                        HttpRequest.newBuilder(Restored.address("/_book")).build()));
        return book.get("effects")
                .valueStream()
                .map(effect -> effect.get("kind").asString() + " "
                        + effect.get("amount").asLong())
                .toList();
    }
}
