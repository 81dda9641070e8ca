package kontor.reconciliation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import kontor.Kontor;
import kontor.database.TestDatabase;
import kontor.simulator.Simulator;
import kontor.simulator.SimulatorOptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReconcileCommandTest {
    private static final String SECRET_KEY = "sk_test_of_the_command";

    @TempDir
    private Path folder;

    @Test
    void agreeingBooksAreExitCode0AndABreakIsExitCode1() throws Exception {
        try (var simulator = Simulator.start(SimulatorOptions.defaults()
                .onPort(0)
                .in(folder.resolve("simulator"))
                .acceptingOnly(SECRET_KEY))) {
            var options = new ArrayList<>(List.of(
                    "--kontor.data=" + folder.resolve("data"),
                    "--kontor.admin.password=a long password of the command",
                    "--kontor.payments.stripe.secret-key=" + SECRET_KEY,
                    "--kontor.payments.stripe.api-base=" + simulator.address()));
            TestDatabase.another("reconciled").forEach((name, value) -> options.add("--" + name + "=" + value));

            var printed = new ByteArrayOutputStream();
            assertThat(reconcile(options, printed)).isZero();
            assertThat(printed.toString(UTF_8))
                    .contains("ok      stripe: books read")
                    .contains("0 lines: 0 matched, 0 waiting, 0 in suspense")
                    .contains("-       flaky: not_offered, this gateway keeps no books")
                    .endsWith("The books agree.%n".formatted());

            payBehindOurBack(simulator);
            printed.reset();
            assertThat(reconcile(options, printed)).isEqualTo(1);
            assertThat(printed.toString(UTF_8))
                    .contains("BREAK   stripe: books read, until ")
                    .contains("1 lines: 0 matched, 0 waiting, 1 in suspense")
                    .contains("open breaks: 1 missing_here")
                    .contains(
                            "in the ledger 4.82 GBP, at the gateway 4.82 GBP, under way 0.00 GBP, difference 0.00 GBP")
                    .endsWith("The books do not agree.%n".formatted());
        }
    }

    private static int reconcile(List<String> options, ByteArrayOutputStream printed) {
        return ReconcileCommand.run(
                Kontor.class, new PrintStream(printed, true, UTF_8), options.toArray(String[]::new));
    }

    private static void payBehindOurBack(Simulator simulator) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var paid = client.send(
                    HttpRequest.newBuilder(simulator.address().resolve("/v1/payment_intents"))
                            .header("Authorization", "Bearer " + SECRET_KEY)
                            .header("Content-Type", "application/x-www-form-urlencoded")
                            .POST(BodyPublishers.ofString(
                                    "amount=510&currency=gbp&payment_method=pm_card_visa&confirm=true"
                                            + "&payment_method_types%5B0%5D=card&error_on_requires_action=true"))
                            .build(),
                    BodyHandlers.ofString());
            assertThat(paid.statusCode()).as(paid.body()).isEqualTo(200);
        }
    }
}
