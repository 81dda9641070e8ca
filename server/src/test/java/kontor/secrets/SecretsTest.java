package kontor.secrets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SecretsTest {
    private static final String ROW = "factors.totp.secret:17";
    private final String older = SealingKey.draw();
    private final String newer = SealingKey.draw();
    private final Secrets secrets = with(older);

    private static Secrets with(String... keys) {
        return new Secrets(SealingKeys.of(List.of(keys)));
    }

    @Test
    void opensWhatItHasSealed() {
        for (var secret : List.of("", "s", "äöü and a longer one", "x".repeat(100_000)))
            assertThat(secrets.openText(ROW, secrets.sealText(ROW, secret))).isEqualTo(secret);
        var bytes = new byte[] {0, -1, 127, -128};
        assertThat(secrets.open(ROW, secrets.seal(ROW, bytes))).isEqualTo(bytes);
    }

    @Test
    void sealsTheSameSecretDifferentlyEachTime() {
        var sealed = new HashSet<String>();
        for (var i = 0; i < 1_000; i++) sealed.add(secrets.sealText(ROW, "the same"));
        assertThat(sealed).hasSize(1_000).allSatisfy(each -> assertThat(each).doesNotContain("the same"));
    }

    @Test
    void opensNothingInAnotherRow() {
        var sealed = secrets.sealText(ROW, "secret");
        for (var other : List.of("factors.totp.secret:18", "factors.totp.secret:1", "", ROW + "7"))
            assertThatThrownBy(() -> secrets.open(other, sealed)).isInstanceOf(Secrets.CannotOpen.class);
    }

    @Test
    void opensNothingThatWasAltered() {
        var sealed = secrets.sealText(ROW, "secret");
        var body = Base64.getUrlDecoder().decode(sealed.substring(sealed.lastIndexOf('.') + 1));
        var head = sealed.substring(0, sealed.lastIndexOf('.') + 1);
        for (var at = 0; at < body.length; at++) {
            var altered = body.clone();
            altered[at] ^= 1;
            var text = head + Base64.getUrlEncoder().withoutPadding().encodeToString(altered);
            assertThatThrownBy(() -> secrets.open(ROW, text)).isInstanceOf(Secrets.CannotOpen.class);
        }
        for (var length = 0; length < sealed.length(); length++) {
            var cut = sealed.substring(0, length);
            assertThatThrownBy(() -> secrets.open(ROW, cut)).isInstanceOf(Secrets.CannotOpen.class);
        }
    }

    @Test
    void sealsWithTheNewestKeyAndOpensWithAllOfThem() {
        var before = secrets.sealText(ROW, "old secret");
        var rotated = with(newer, older);
        assertThat(rotated.openText(ROW, before)).isEqualTo("old secret");
        var after = rotated.sealText(ROW, "new secret");
        assertThat(with(newer).openText(ROW, after)).isEqualTo("new secret");
        assertThatThrownBy(() -> with(newer).open(ROW, before))
                .isInstanceOf(Secrets.CannotOpen.class)
                .hasMessageContaining(ROW)
                .hasMessageContaining("there is no key");
    }

    @Test
    void tellsTheKeyByItsNameAndShowsNothingOfIt() {
        var key = SealingKey.of(older);
        assertThat(secrets.sealText(ROW, "secret")).startsWith("s1." + key.id() + ".");
        assertThat(key.toString()).doesNotContain(older);
        assertThat(new SecretSettings(List.of(older)).toString()).doesNotContain(older);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= | repeats itself
                    AQIBAgECAQIBAgECAQIBAgECAQIBAgECAQIBAgECAQI= | repeats itself
                    AQIDBAUGBwgJCgsMDQ4PEAECAwQFBgcICQoLDA0ODxA= | repeats itself
                    dGhpcyBpcyBhIHNhbXBsZSwgbWFrZSB5b3VyIG93biE= | is a text
                    c2hvcnQ=                                     | has 5 bytes
                    not base64!                                  | is not written in base64
                    """)
    void refusesAKeyThatWasNotDrawnAtRandom(String weak, String why) {
        assertThatThrownBy(() -> SealingKeys.of(List.of(older, weak)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("key 2 of 2 " + why)
                .hasMessageNotContaining(weak);
    }

    @Test
    void refusesTheSameKeyTwice() {
        assertThatThrownBy(() -> SealingKeys.of(List.of(older, newer, older)))
                .hasMessageContaining("key 3 of 3 is there twice");
    }

    @Test
    void readsKeysFromLinesAndLeavesOutWhatIsEmpty() {
        assertThat(new SecretSettings(List.of(newer + "\n" + older + "\n", "", " ")).keys())
                .containsExactly(newer, older);
    }
}
