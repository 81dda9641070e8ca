package kontor.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import kontor.simulator.SimulatorOptions.WebhookTarget;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimulatorOptionsTest {
    @Test
    void takesBothWaysOfWriting() {
        assertThat(SimulatorOptions.parse(
                        "--port",
                        "9000",
                        "--data=/srv/x",
                        "--webhook-url=http://shop.test/hook",
                        "--webhook-secret",
                        "whsec_x"))
                .isEqualTo(new SimulatorOptions(
                        "127.0.0.1",
                        9000,
                        Path.of("/srv/x"),
                        null,
                        null,
                        new WebhookTarget(URI.create("http://shop.test/hook"), "whsec_x"),
                        Fees.USUAL,
                        null));
        assertThat(SimulatorOptions.parse(
                        "--fee-basis-points=290", "--fee-fixed=30", "--dispute-fee=0", "--payout-seconds=5"))
                .isEqualTo(SimulatorOptions.defaults()
                        .charging(new Fees(290, 30, 0))
                        .payingOutEvery(Duration.ofSeconds(5)));
        assertThat(SimulatorOptions.parse()).isEqualTo(SimulatorOptions.defaults());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--prot 9000",
                "--port",
                "--port=x",
                "--port=-1",
                "--port=65536",
                "--port=999999999999",
                "serve",
                "--webhook-url=http://shop.test/hook",
                "--webhook-url=shop.test --webhook-secret=x",
                "--public-url=ftp://shop.test",
                "--fee-basis-points=10001",
                "--fee-fixed=-1",
                "--dispute-fee=x",
                "--payout-seconds=0",
            })
    void saysWhatIsWrong(String typed) {
        assertThatThrownBy(() -> SimulatorOptions.parse(typed.split(" ")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(typed.startsWith("--") ? "--" : "serve");
    }

    @Test
    void keepsTheWebhookSecretOutOfLogs() {
        var options = SimulatorOptions.defaults().sendingTo(URI.create("http://shop.test/"), "whsec_x");
        assertThat(options.toString()).doesNotContain("whsec_x");
    }
}
