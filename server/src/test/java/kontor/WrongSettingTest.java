package kontor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.bind.DefaultValue;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class WrongSettingTest {
    record Lamps(
            @DefaultValue("1") int howMany,
            @DefaultValue("1s") Duration patience,
            @DefaultValue("1KB") DataSize size,
            @DefaultValue("true") boolean lit,
            @DefaultValue("days") TimeUnit unit,
            @DefaultValue("http://localhost") URI maker,
            @DefaultValue Map<String, Integer> prices) {
        Lamps {
            if (howMany < 0) throw new IllegalArgumentException("lamps.how-many is negative: " + howMany);
            if (howMany > 99) throw new IllegalStateException("a bug");
        }
    }

    private static Throwable failure(String name, String value) {
        var binder = new Binder(new MapConfigurationPropertySource(Map.of(name, value)));
        return catchThrowable(() -> binder.bindOrCreate("lamps", Lamps.class));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    lamps.how-many   | many | lamps.how-many (LAMPS_HOWMANY) cannot be "many": it needs a whole number.
                    lamps.patience   | long | lamps.patience (LAMPS_PATIENCE) cannot be "long": it needs a length of time, such as 500ms, 2s or 1h.
                    lamps.size       | big  | lamps.size (LAMPS_SIZE) cannot be "big": it needs a size, such as 64KB or 2MB.
                    lamps.lit        | dim  | lamps.lit (LAMPS_LIT) cannot be "dim": it needs true or false.
                    lamps.maker      | a b  | lamps.maker (LAMPS_MAKER) cannot be "a b": it needs an address.
                    lamps.prices.tall | free | lamps.prices.tall (LAMPS_PRICES_TALL) cannot be "free": it needs a whole number.
                    lamps.how-many   | -1   | lamps.how-many is negative: -1.
                    """)
    void namesTheSettingAndWhatItNeeds(String name, String value, String sentence) {
        assertThat(StartFailure.sentence(new RuntimeException(failure(name, value))))
                .contains(sentence);
    }

    @Test
    void listsTheWordsThatThereAre() {
        assertThat(WrongSetting.sentence(failure("lamps.unit", "weeks")).orElseThrow())
                .startsWith("lamps.unit (LAMPS_UNIT) cannot be \"weeks\": it needs nanoseconds or ")
                .endsWith("or days.");
    }

    @Test
    void keepsTheStackTraceOfABug() {
        assertThat(StartFailure.sentence(failure("lamps.how-many", "100"))).isEmpty();
    }
}
