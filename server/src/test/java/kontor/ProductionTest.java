package kontor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Properties;
import kontor.database.CannotStart;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.mock.env.MockEnvironment;

/** Weak settings, which a server for real money does not start with. */
class ProductionTest {
    @TempDir
    private Path folder;

    private final MockEnvironment settings = new MockEnvironment();
    private final Properties system = new Properties();

    @BeforeEach
    void anEmptyFolder() {
        settings.setProperty("kontor.data", folder.toString());
        settings.setProperty("kontor.accounts.public-url", "https://shop.example");
    }

    private String onlyRefusal() {
        var refusals = Production.refusals(settings, system);
        assertThat(refusals).hasSize(1);
        assertThat(refusals.getFirst()).doesNotContain("\n");
        assertThatThrownBy(() -> {
                    if (system.isEmpty()) Production.check(settings);
                    else throw new CannotStart(refusals.getFirst());
                })
                .isInstanceOf(CannotStart.class)
                .hasMessage(refusals.getFirst());
        return refusals.getFirst();
    }

    @Test
    void nothingIsRefusedOrSaidWithoutAnySetting() {
        assertThat(Production.refusals(settings, system)).isEmpty();
        assertThat(Production.warnings(settings)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    kontor.admin.password                  | four fine lanterns
                    kontor.admin.password                  | Admin
                    kontor.db.password                     | postgres
                    kontor.db.password                     | …
                    kontor.db.owner-password               | changeme
                    kontor.db.owner-password               | <password>
                    kontor.payments.stripe.secret-key      | sk_…
                    kontor.payments.stripe.secret-key      | sk_test_xxxxxxxx
                    kontor.payments.stripe.webhook-secrets | whsec_Zr8GqL2mQ0,whsec_...
                    kontor.payments.adyen.api-key          | example
                    kontor.payments.adyen.webhook-password | secret
                    kontor.accounts.ldap.manager-password  | changeme
                    """)
    void samplesFromDocumentsAreNoSecrets(String name, String sample) {
        settings.setProperty(name, sample);
        assertThat(onlyRefusal())
                .startsWith(name + " (KONTOR_")
                .contains("is a sample")
                .doesNotContain(sample + " ");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    kontor.admin.password                  | one that nobody has written down
                    kontor.db.password                     | J6lT3wYx1pQe8RkV
                    kontor.payments.stripe.secret-key      | sk_test_51Hx9aB2c3D4e5F6
                    kontor.payments.stripe.webhook-secrets | whsec_Zr8GqL2mQ0
                    kontor.payments.stripe.webhook-secrets | ''
                    kontor.db.password                     | a<b>c...d
                    """)
    void secretsOfTheirOwnAreTaken(String name, String secret) {
        settings.setProperty(name, secret);
        assertThat(Production.refusals(settings, system)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    kontor.accounts.token-lifetime | 30d     | 15 minutes
                    kontor.accounts.token-recheck  | 1h      | 4.5 s
                    kontor.accounts.token-recheck  | 0       | 100 ms
                    kontor.accounts.tries.free     | 1000000 | at most 20
                    kontor.accounts.tries.most     | 1000    | at most 20
                    """)
    void whatIsPromisedOfLoginsIsNotSetAside(String name, String value, String said) {
        settings.setProperty(name, value);
        assertThat(onlyRefusal()).contains("KONTOR_ACCOUNTS_").contains(said);
    }

    @ParameterizedTest
    @ValueSource(strings = {"native", "framework", "NATIVE"})
    void theWordOfWhoeverIsNearIsNotTakenOnWhoCalls(String strategy) {
        settings.setProperty("server.forward-headers-strategy", strategy);
        assertThat(onlyRefusal()).contains("KONTOR_WEB_TRUSTED_PROXIES");
    }

    @Test
    void theCheckOfTheDatabasesCertificateStaysOn() {
        settings.setProperty(
                "kontor.db.url",
                "jdbc:postgresql://db.example/kontor?ssl=true&sslfactory=org.postgresql.ssl.NonValidatingFactory");
        assertThat(onlyRefusal()).contains("verify-full");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdk.internal.httpclient.disableHostnameVerification",
                "com.sun.jndi.ldap.object.disableEndpointIdentification"
            })
    void theCheckOfCertificatesStaysOnInTheJavaMachine(String property) {
        system.setProperty(property, "false");
        assertThat(Production.refusals(settings, system)).isEmpty();
        system.setProperty(property, "true");
        assertThat(onlyRefusal()).contains(property);
    }

    @Test
    void theDemosShopIsNoRealOne() throws Exception {
        Files.writeString(folder.resolve("demo.properties"), "");
        assertThat(onlyRefusal()).contains(folder.toString()).contains("--data");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    kontor.web.requests-per-second   | 0     | KONTOR_WEB_REQUESTS_PER_SECOND
                    kontor.db.require-durable        | false | KONTOR_DB_REQUIRE_DURABLE
                    kontor.payments.stripe.plain-http | true | KONTOR_PAYMENTS_STRIPE_PLAIN_HTTP
                    kontor.payments.adyen.plain-http  | true | KONTOR_PAYMENTS_ADYEN_PLAIN_HTTP
                    kontor.accounts.public-url        | http://localhost:8080 | KONTOR_ACCOUNTS_PUBLIC_URL
                    kontor.accounts.argon2-memory     | 1MB  | KONTOR_ACCOUNTS_ARGON2_MEMORY
                    kontor.accounts.argon2-passes     | 1    | KONTOR_ACCOUNTS_ARGON2_PASSES
                    kontor.db.url | jdbc:postgresql://db.example:5432/kontor                 | sslmode=verify-full
                    kontor.db.url | jdbc:postgresql://db.example:5432/kontor?sslmode=require | sslmode=verify-full
                    """)
    void whatMayBeMeantIsOnlySaid(String name, String value, String said) {
        settings.setProperty(name, value);
        assertThat(Production.refusals(settings, system)).isEmpty();
        assertThat(Production.warnings(settings)).singleElement().asString().contains(said);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://localhost:5432/kontor",
                "jdbc:postgresql://127.0.0.1/kontor",
                "jdbc:postgresql://[::1]:5432/kontor",
                "jdbc:postgresql:kontor",
                "jdbc:postgresql://db.example/kontor?sslmode=verify-full",
                "jdbc:postgresql://db.example/kontor?a=b&sslmode=verify-ca"
            })
    void nothingIsSaidOfADatabaseOnThisMachineOrOneThatIsVerified(String url) {
        settings.setProperty("kontor.db.url", url);
        assertThat(Production.warnings(settings)).isEmpty();
    }
}
