package kontor.auditlog;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

class RecordableTest {
    private final Recordable recordable = new Recordable(JsonMapper.builder()
            .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
            .build());

    record Size(String name, int width, String apiKey) {}

    @ParameterizedTest
    @ValueSource(
            strings = {
                "password",
                "new_password",
                "secret",
                "clientSecret",
                "token",
                "refresh_token",
                "code",
                "codes",
                "recovery_codes",
                "totp",
                "otp",
                "api_key",
                "key",
                "private_key",
                "password_hash",
                "pin",
                "ticket",
                "credential",
                "credentialId",
                "email",
                "new_email",
                "phone",
                "signature",
                "Authorization",
                "session_id",
            })
    void whatSoundsLikeASecretIsWithheldWhateverItIs(String name) {
        assertThat(after(Map.of(name, "hush-hush"))).doesNotContain("hush-hush").contains("withheld");
        assertThat(after(Map.of(name, 123456))).doesNotContain("123456");
        assertThat(after(Map.of("in", List.of(Map.of(name, Map.of("deep", "hush-hush"))))))
                .doesNotContain("hush-hush");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"name", "status", "reason", "permissions", "role", "country", "decode", "monkey", "on_hand"})
    void whatDoesNotIsKept(String name) {
        assertThat(after(Map.of(name, "known"))).contains("known");
    }

    @Test
    void cardNumbersAreWithheldWhereverTheyStand() {
        assertThat(after(Map.of("note", "paid by 4539 5787 6362 1486", "number", 4539578763621486L)))
                .doesNotContain("4539");
        assertThat(Recordable.text("4539578763621486", 100)).isEqualTo("withheld");
    }

    @Test
    void ofTwoObjectsOnlyWhatDiffersIsKept() {
        var change = recordable.of(new Size("box", 1, "a"), new Size("box", 2, "b"));
        assertThat(change.before()).isEqualTo("{\"width\":1,\"api_key\":\"withheld\"}");
        assertThat(change.after()).isEqualTo("{\"width\":2,\"api_key\":\"withheld\"}");
        assertThat(recordable.of(null, new Size("box", 2, "b")).before()).isNull();
    }

    @Test
    void whatIsTooLongIsKnownByItsHash() {
        var written = after(Map.of("parts", Collections.nCopies(20, "x".repeat(1_500))));
        assertThat(written).matches("\\{\"sha256\":\"[0-9a-f]{64}\",\"bytes\":[0-9]+}");
    }

    @Test
    void whatPostgresqlCannotKeepBecomesAQuestionMark() {
        assertThat(Recordable.plain("a\u0000b\nc\ud800d", 100)).isEqualTo("a?b?c?d");
        assertThat(Recordable.plain("\ud83d\ude00\ud83d\ude00", 1)).isEqualTo("\ud83d\ude00");
        assertThat(after(Map.of("a\u0000", "b\u0000"))).isEqualTo("{\"a?\":\"b?\"}");
    }

    @Test
    void textsOfRequestsAreKeptWhereTheyAreWordsOfOurs() {
        var asked = recordable.asked(Map.of("reason", "returned", "note", "what Ann said", "amount", 5, "last", true));
        assertThat(asked.at("/reason").asString()).isEqualTo("returned");
        assertThat(asked.at("/note").asString()).isEqualTo("withheld");
        assertThat(asked.at("/amount").asInt()).isEqualTo(5);
        assertThat(asked.at("/last").asBoolean()).isTrue();
    }

    private String after(Object value) {
        return String.valueOf(recordable.of(null, value).after());
    }
}
