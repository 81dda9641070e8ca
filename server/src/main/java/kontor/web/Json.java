package kontor.web;

import java.util.Currency;
import org.springframework.boot.jackson.autoconfigure.JsonFactoryBuilderCustomizer;
import org.springframework.boot.jackson.autoconfigure.JsonMapperBuilderCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import tools.jackson.core.JsonParser;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.EnumNamingStrategies;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.EnumFeature;
import tools.jackson.databind.deser.std.StdDeserializer;
import tools.jackson.databind.module.SimpleModule;
import tools.jackson.databind.type.LogicalType;

/**
 * JSON as the API speaks it: snake_case, and strict. Unknown members, members given twice, strings for numbers, numbers
 * with fractions for whole ones and anything behind the end are refused rather than guessed at.
 */
@Configuration(proxyBeanMethods = false)
public class Json {
    private static final int DEEPEST = 32;
    private static final int LONGEST_NUMBER = 32;

    @Bean
    JsonFactoryBuilderCustomizer strictReading() {
        return factory -> factory.enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(DEEPEST)
                        .maxNumberLength(LONGEST_NUMBER)
                        .build());
    }

    @Bean
    JsonMapperBuilderCustomizer strictMapping() {
        return mapper -> mapper.propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enumNamingStrategy(EnumNamingStrategies.SNAKE_CASE)
                .enable(
                        DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES,
                        DeserializationFeature.FAIL_ON_TRAILING_TOKENS,
                        DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .enable(EnumFeature.FAIL_ON_NUMBERS_FOR_ENUMS)
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(
                        LogicalType.Textual,
                        text -> text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
                .addHandler(new CardDataInJson())
                .addModule(new SimpleModule("kontor").addDeserializer(Currency.class, new CurrencyReader()));
    }

    /** Currencies that amounts can be in: ISO 4217 codes with minor units, in capitals. Not gold, not XXX. */
    private static class CurrencyReader extends StdDeserializer<Currency> {
        CurrencyReader() {
            super(Currency.class);
        }

        @Override
        public Currency deserialize(JsonParser parser, DeserializationContext context) {
            var code = parser.getValueAsString("");
            try {
                var currency = Currency.getInstance(code);
                if (currency.getDefaultFractionDigits() >= 0) return currency;
            } catch (IllegalArgumentException e) {
                // answered below
            }
            return (Currency) context.handleWeirdStringValue(
                    Currency.class, code, "not an ISO 4217 currency code such as EUR or GBP");
        }
    }
}
