package kontor.simulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdyenOptionsTest {
    @Test
    void takesItsOwnAndLeavesTheOthers() {
        var others = new ArrayList<String>();
        var options = AdyenOptions.parse(
                new String[] {
                    "--port",
                    "9000",
                    "--adyen-webhook-url=http://shop.test/hook",
                    "--adyen-hmac-key",
                    "00ff",
                    "--adyen-webhook-login=a:b",
                    "--data=x"
                },
                others);
        assertThat(options)
                .isEqualTo(AdyenOptions.defaults().sendingTo(URI.create("http://shop.test/hook"), "00ff", "a:b"));
        assertThat(others).containsExactly("--port", "9000", "--data=x");
        assertThat(AdyenOptions.parse(new String[0], others)).isEqualTo(AdyenOptions.defaults());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "--adyen-nonsense 1",
                "--adyen-hmac-key",
                "--adyen-webhook-url=http://shop.test/hook",
                "--adyen-webhook-url=shop.test --adyen-hmac-key=00",
                "--adyen-webhook-url=http://shop.test/ --adyen-hmac-key=xy",
            })
    void saysWhatIsWrong(String typed) {
        assertThatThrownBy(() -> AdyenOptions.parse(typed.split(" "), new ArrayList<>()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("--adyen-");
    }

    @Test
    void keepsSecretsOutOfLogs() {
        var options = AdyenOptions.defaults()
                .acceptingOnly("api_secret")
                .sendingTo(URI.create("http://shop.test/"), "abcd", "a:password");
        assertThat(options.toString()).doesNotContain("secret", "abcd", "password");
    }
}
