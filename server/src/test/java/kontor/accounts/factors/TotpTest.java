package kontor.accounts.factors;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TotpTest {
    private static final byte[] SECRET = "12345678901234567890".getBytes(US_ASCII);
    private static final Instant NOW = Instant.ofEpochSecond(1_111_111_109);

    /** RFC 6238, appendix B, of whose eight digits the last six are the code. */
    @ParameterizedTest
    @CsvSource({
        "59, 287082",
        "1111111109, 081804",
        "1111111111, 050471",
        "1234567890, 005924",
        "2000000000, 279037",
        "20000000000, 353130"
    })
    void makesTheCodesOfTheStandard(long second, String code) {
        assertThat(Totp.code(SECRET, Totp.stepAt(Instant.ofEpochSecond(second))))
                .isEqualTo(code);
    }

    @Test
    void takesTheCodesOfTheStepsBesideTheCurrentOneAndNoOthers() {
        var step = Totp.stepAt(NOW);
        for (var near = step - 1; near <= step + 1; near++)
            assertThat(Totp.stepOf(Totp.code(SECRET, near), SECRET, NOW)).hasValue(near);
        for (var far : new long[] {step - 3, step - 2, step + 2, step + 3})
            assertThat(Totp.stepOf(Totp.code(SECRET, far), SECRET, NOW)).isEmpty();
    }

    @Test
    void takesNothingThatIsNotWrittenAsACode() {
        for (var wrong : new String[] {"", "08180", "0818040", "O81804", "08180４", "-81804"}) {
            assertThat(Totp.isWellFormed(wrong)).as(wrong).isFalse();
            assertThat(Totp.stepOf(wrong, SECRET, NOW)).as(wrong).isEmpty();
        }
    }

    /** RFC 4648, section 10, without the padding. */
    @ParameterizedTest
    @CsvSource({"'', ''", "f, MY", "fo, MZXQ", "foo, MZXW6", "foob, MZXW6YQ", "fooba, MZXW6YTB", "foobar, MZXW6YTBOI"})
    void writesSecretsAsAppsReadThem(String text, String base32) {
        assertThat(Base32.encode(text.getBytes(US_ASCII))).isEqualTo(base32);
    }

    @Test
    void tellsAnAppAllThatItHasToKnow() {
        assertThat(Totp.uri("Ann's shop", "ann+1@example.org", SECRET))
                .isEqualTo("otpauth://totp/Ann%27s%20shop:ann%2B1%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                        + "&issuer=Ann%27s%20shop&algorithm=SHA1&digits=6&period=30");
    }
}
