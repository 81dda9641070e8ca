package kontor.demo;

import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.file.Path;
import java.util.Map;
import kontor.database.CannotStart;
import kontor.database.DataFolder;
import kontor.simulator.Simulator;
import kontor.simulator.SimulatorOptions;
import org.springframework.boot.SpringApplication;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.core.env.SimpleCommandLinePropertySource;
import org.springframework.core.env.StandardEnvironment;

/** The command {@code demo}: simulator, server, goods and people, and one screen that says where everything is. */
public class Demo {
    private static final int SIMULATOR_PORT_DISTANCE = 10;

    private Demo() {}

    /**
     * @param application the server
     * @param options as for {@code start}
     * @throws CannotStart with one line for the person at the terminal
     */
    public static void run(Class<?> application, String... options) throws IOException {
        var settings = new StandardEnvironment();
        settings.getPropertySources().addFirst(new SimpleCommandLinePropertySource(options));
        var port = settings.getProperty("server.port", Integer.class, 8080);
        var data = DataFolder.at(
                Path.of(settings.getProperty("kontor.data", settings.getProperty("KONTOR_DATA", ".kontor"))));
        var secrets = DemoSecrets.in(data);
        var simulator = startSimulator(port, data, secrets);
        var server = new SpringApplication(application);
        server.setLogStartupInfo(false); // the screen below says it better
        server.setDefaultProperties(Map.of(
                "server.port", port,
                "management.server.port", port + 1,
                "kontor.data", data.path().toString(),
                "kontor.admin.email", DemoSecrets.ADMIN,
                "kontor.admin.password", secrets.adminPassword(),
                "kontor.payments.stripe.api-base", simulator.address().toString(),
                "kontor.payments.stripe.secret-key", secrets.gatewayKey(),
                "kontor.payments.stripe.webhook-secrets", secrets.webhookSecret()));
        ConfigurableApplicationContext running;
        try {
            running = server.run(options);
        } catch (RuntimeException e) {
            simulator.close();
            throw e;
        }
        running.getBean(DemoShop.class).open(secrets);
        System.out.print(screen(port, simulator.address(), data, secrets));
    }

    private static Simulator startSimulator(int port, DataFolder data, DemoSecrets secrets) throws IOException {
        var itsPort = port + SIMULATOR_PORT_DISTANCE;
        try {
            return Simulator.start(SimulatorOptions.defaults()
                    .onPort(itsPort)
                    .in(data.path())
                    .acceptingOnly(secrets.gatewayKey())
                    .sendingTo(
                            URI.create("http://localhost:" + port + "/gateways/stripe/webhook"),
                            secrets.webhookSecret()));
        } catch (BindException e) {
            throw new CannotStart(
                    "Port %d, where the payment simulator listens, is taken. Choose another --port: the simulator's is %d above."
                            .formatted(itsPort, SIMULATOR_PORT_DISTANCE),
                    e);
        }
    }

    private static String screen(int port, URI simulator, DataFolder data, DemoSecrets secrets) {
        return """

                Kontor is open.

                  API             http://localhost:%d          documents: /docs and /openapi.json
                  Health, metrics http://localhost:%d/actuator/health and /actuator/prometheus
                  Payments        %s          the simulator: its book and its fault switches
                  Data            %s

                  Staff           %s   %s
                  Customer        %s     %s

                  Pay on invoice, or by card with pm_card_visa, pm_card_chargeDeclined, pm_card_threeDSecure2Required.
                  Ctrl-C ends it; ./kontor audit proves that the books balance.

                """.formatted(
                        port,
                        port + 1,
                        simulator,
                        data.path().toAbsolutePath().normalize(),
                        DemoSecrets.ADMIN,
                        secrets.adminPassword(),
                        DemoSecrets.CUSTOMER,
                        secrets.customerPassword());
    }
}
