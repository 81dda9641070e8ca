package kontor.demo;

import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Map;
import kontor.database.CannotStart;
import kontor.database.DataFolder;
import kontor.simulator.AdyenOptions;
import kontor.simulator.Simulator;
import kontor.simulator.SimulatorOptions;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.context.config.ConfigDataEnvironmentPostProcessor;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;
import org.springframework.core.env.ConfigurableEnvironment;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/** The command {@code demo}: simulator, server, goods and people, and one screen that says where everything is. */
public class Demo {
    private static final int SIMULATOR_PORT_DISTANCE = 10;
    private static final int LAST_PORT = 65_535;

    private Demo() {}

    /**
     * @param application the server
     * @param options as for {@code start}
     * @throws CannotStart with one line for the person at the terminal
     */
    public static void run(Class<?> application, String... options) throws IOException {
        var settings = settings(options);
        if (!settings.getProperty("kontor.db.url", "").isBlank())
            throw new CannotStart(
                    "The demo keeps a database of its own, and KONTOR_DB_URL names another: unset it, or use ./kontor start.");
        var port = port(settings);
        var data = DataFolder.at(Path.of(settings.getProperty("kontor.data", ".kontor")));
        if (data.hasDatabase() && !DemoSecrets.areIn(data))
            throw new CannotStart(
                    "The database in %s is not the demo's, and demo leaves real shops alone. Choose another data folder with --data."
                            .formatted(data.path()));
        var secrets = DemoSecrets.in(data);
        var simulator = startSimulator(port, data, secrets);
        ConfigurableApplicationContext running;
        try {
            running = server(application, port, data, simulator.address(), secrets)
                    .run(options);
        } catch (RuntimeException e) {
            simulator.close();
            throw e;
        }
        running.getBean(DemoShop.class).open(secrets);
        var managementPort = running.getEnvironment().getProperty("local.management.port", "-");
        System.out.print(screen(port, managementPort, simulator.address(), data, secrets));
    }

    /** Whether a demo has made its passwords in this data folder before. */
    public static boolean ownsWhatIsIn(Path folder) {
        return DemoSecrets.areIn(new DataFolder(folder));
    }

    /** As the server finds them. */
    private static ConfigurableEnvironment settings(String... options) {
        var settings = new StandardEnvironment();
        settings.getPropertySources().addFirst(new SimpleCommandLinePropertySource(options));
        ConfigDataEnvironmentPostProcessor.applyTo(settings);
        return settings;
    }

    private static int port(ConfigurableEnvironment settings) {
        int port = Binder.get(settings).bind("server.port", Integer.class).orElse(8080);
        if (port < 1 || port > LAST_PORT - SIMULATOR_PORT_DISTANCE)
            throw new CannotStart(
                    "The demo's port is one from 1 to %d, not %d: its payment simulator listens on the one %d above."
                            .formatted(LAST_PORT - SIMULATOR_PORT_DISTANCE, port, SIMULATOR_PORT_DISTANCE));
        return port;
    }

    private static SpringApplication server(
            Class<?> application, int port, DataFolder data, URI simulator, DemoSecrets secrets) {
        Map<String, Object> own = Map.ofEntries(
                Map.entry("kontor.data", data.path().toString()),
                Map.entry("kontor.tls.certificate", ""), // its simulator and its people come by plain http
                Map.entry("kontor.tls.private-key", ""),
                Map.entry("kontor.accounts.public-url", "http://localhost:" + port),
                Map.entry("kontor.admin.email", DemoSecrets.ADMIN),
                Map.entry("kontor.admin.password", secrets.adminPassword()),
                Map.entry("kontor.payments.stripe.api-base", simulator.toString()),
                Map.entry("kontor.payments.stripe.secret-key", secrets.gatewayKey()),
                Map.entry("kontor.payments.stripe.webhook-secrets", secrets.webhookSecret()),
                Map.entry("kontor.payments.adyen.api-base", simulator + "/adyen"),
                Map.entry("kontor.payments.adyen.api-key", secrets.gatewayKey()),
                Map.entry("kontor.payments.adyen.merchant-account", "KontorDemo"),
                Map.entry("kontor.payments.adyen.hmac-keys", secrets.hmacKey()),
                Map.entry("kontor.payments.adyen.webhook-user", ""),
                Map.entry("kontor.payments.adyen.webhook-password", ""));
        var server = new SpringApplication(application);
        server.setLogStartupInfo(false); // the screen below says it better
        server.addInitializers(context -> {
            // First: whatever the environment tells a real shop, no real gateway and no real administrator is met here.
            context.getEnvironment().getPropertySources().addFirst(new MapPropertySource("demo", own));
            // Before the server works: it would ask the simulator about a real shop's payments.
            ((GenericApplicationContext) context)
                    .registerBean(
                            "refusalOfRealShops",
                            SmartInitializingSingleton.class,
                            () -> () -> context.getBean(DemoShop.class).refuseRealShop());
        });
        return server;
    }

    private static Simulator startSimulator(int port, DataFolder data, DemoSecrets secrets) throws IOException {
        var itsPort = port + SIMULATOR_PORT_DISTANCE;
        try {
            data.folder("simulator"); // closed to others, as everything that Kontor makes
            var messages = "http://localhost:" + port + "/gateways/%s/webhook";
            return Simulator.start(
                    SimulatorOptions.defaults()
                            .onPort(itsPort)
                            .in(data.path())
                            .acceptingOnly(secrets.gatewayKey())
                            .sendingTo(URI.create(messages.formatted("stripe")), secrets.webhookSecret()),
                    AdyenOptions.defaults()
                            .acceptingOnly(secrets.gatewayKey())
                            .sendingTo(URI.create(messages.formatted("adyen")), secrets.hmacKey(), null));
        } catch (BindException e) {
            throw new CannotStart(
                    "Port %d, where the payment simulator listens, is taken. Choose another --port: the simulator's is %d above."
                            .formatted(itsPort, SIMULATOR_PORT_DISTANCE),
                    e);
        } catch (FileSystemException e) {
            throw new CannotStart("The payment simulator cannot use %s: %s.".formatted(data.path(), e), e);
        } catch (IOException e) {
            throw new CannotStart(
                    "The payment simulator cannot start: %s. Choose another data folder with --data."
                            .formatted(e.getMessage()),
                    e);
        }
    }

    private static String screen(int port, String managementPort, URI simulator, DataFolder data, DemoSecrets secrets) {
        return """

                Kontor is open.

                  API             http://localhost:%d          documents: /docs and /openapi.json
                  Health, metrics http://localhost:%s/actuator/health and /actuator/prometheus
                  Payments        %s          the simulator: its book and its fault switches
                  Data            %s

                  Staff           %s   %s
                  Customer        %s     %s

                  Pay on invoice, or by card with pm_card_visa, pm_card_chargeDeclined, or
                  pm_card_threeDSecure2Required, which needs a return_url in the payment.
                  Ctrl-C ends it; ./kontor audit proves that the books balance.

                """.formatted(
                        port,
                        managementPort,
                        simulator,
                        data.path().toAbsolutePath().normalize(),
                        DemoSecrets.ADMIN,
                        secrets.adminPassword(),
                        DemoSecrets.CUSTOMER,
                        secrets.customerPassword());
    }
}
