package kontor.web;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CardNumbersInTextTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "4242424242424242",
                "4242 4242 4242 4242",
                "4242-4242-4242-4242",
                "card 378282246310005, thanks",
                "4242424242424242@example.org",
                "550e8400-e29b-41d4-a716-446655440000 4242424242424242",
                "4242 4242 4242 4242 550e8400-e29b-41d4-a716-446655440000",
                "4242 4242 4242 4242 12/28 123",
                "it is 7 4242424242424242",
                "5555555555554444",
                "5555 5555 5555 4444",
                "3782 822463 10005",
                "6011111111111117",
                "6011-1111-1111-1117",
                "2223003122003222",
                "2223 0031 2200 3222"
            })
    void findsACardNumberHoweverItIsWritten(String text) {
        assertThat(PlainText.Check.holdsCardNumber(text)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "4242424242424241", "424242424242", "42424242424242424242", "ring 030 1234567"})
    void leavesOtherNumbersAlone(String text) {
        assertThat(PlainText.Check.holdsCardNumber(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "8415995487234100", // Luhn-valid, as one in ten of the names that Adyen gives to stored cards
                "SHOPPER:8415995487234100",
                "8535516988624390",
                "1764000000008", // a moment in milliseconds
                "2721000000000004", // Luhn-valid, and just above the newer Mastercards
                "2220000000000000", // and below them
            })
    void leavesNumbersAloneThatBeginLikeNoCard(String text) {
        assertThat(PlainText.Check.holdsCardNumber(text)).isFalse();
    }

    @Test
    void takesNoUuidForACardNumber() {
        var random = new Random(7);
        for (var i = 0; i < 200_000; i++) {
            var uuid = new UUID(random.nextLong(), random.nextLong());
            assertThat(PlainText.Check.holdsCardNumber("ann." + uuid + "@example.org"))
                    .as("%s", uuid)
                    .isFalse();
        }
    }
}
