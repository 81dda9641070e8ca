package kontor.payments;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a gateway's message may hold, and what of it is kept. */
class CardNumbersTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "4242424242424242 | ************4242",
                "4242 4242 4242 4242 | **** **** **** 4242",
                "4242-4242-4242-4242 | ****-****-****-4242",
                "378282246310005 | ***********0005",
                "2223003122003222 | ************3222",
                "4222222222222 | *********2222",
                "6011000990139424 | ************9424",
                "it is 4242424242424242. | it is ************4242.",
                "a \\\"4242424242424242\\\" b | a \\\"************4242\\\" b",
                "é 4242424242424242 | é ************4242",
            })
    void ofACardNumberInTextTheLastFourDigitsAreKept(String text, String kept) {
        assertThat(masked("{\"note\": \"" + text + "\"}")).isEqualTo("{\"note\": \"" + kept + "\"}");
    }

    @Test
    void ofOneThatIsABareNumberNothingIsKept() {
        assertThat(masked("{\"n\": 4242424242424242, \"m\": 1}")).isEqualTo("{\"n\": 9999999999999999, \"m\": 1}");
    }

    @Test
    void eachOfSeveralIsMasked() {
        assertThat(masked("[\"4242424242424242\", \"x\", \"378282246310005\"]"))
                .isEqualTo("[\"************4242\", \"x\", \"***********0005\"]");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "4242424242424241", // its sum does not fit
                "8535516988624390", // a reference of Adyen's
                "1764000000008", // a moment in milliseconds
                "pi_4242424242424242", // a reference
                "4242424242424242abc",
                "ab12cd34-4123-5123-10241", // an operation key
                "42424242424242424242", // too long
                "424242424242",
                "0.4242424242424242",
                ""
            })
    void whatIsNoneStaysAsItIs(String text) {
        var body = ("{\"id\": \"" + text + "\"}").getBytes(StandardCharsets.UTF_8);
        assertThat(CardNumbers.masked(body)).isSameAs(body);
    }

    private static String masked(String text) {
        return new String(CardNumbers.masked(text.getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8);
    }
}
