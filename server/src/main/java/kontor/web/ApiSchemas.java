package kontor.web;

import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import io.swagger.v3.core.converter.AnnotatedType;
import io.swagger.v3.core.converter.ModelConverter;
import io.swagger.v3.core.converter.ModelConverterContext;
import io.swagger.v3.core.jackson.ModelResolver;
import io.swagger.v3.core.jackson.TypeNameResolver;
import io.swagger.v3.core.util.Json31;
import io.swagger.v3.oas.models.media.JsonSchema;
import io.swagger.v3.oas.models.media.Schema;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Describes our records as {@link Json} reads and writes them: members and enum constants in snake_case, required unless
 * they are {@link Nullable}.
 */
class ApiSchemas extends ModelResolver {
    private static final Pattern HUMP = Pattern.compile("([a-z0-9])([A-Z])");
    private static final String REFERENCE = "#/components/schemas/";

    ApiSchemas() {
        super(Json31.mapper().copy().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE), new Names());
        openapi31(true);
    }

    static String snake(String name) {
        return HUMP.matcher(name).replaceAll("$1_$2").toLowerCase(Locale.ROOT);
    }

    /** Records in records carry the outer one's name, so that an order's line is not taken for a request's. */
    private static class Names extends TypeNameResolver {
        @Override
        protected String nameForClass(Class<?> type, Set<Options> options) {
            var outer = type.getDeclaringClass();
            var name = super.nameForClass(type, options);
            return outer == null || !outer.isRecord() ? name : super.nameForClass(outer, options) + name;
        }
    }

    @Override
    public Schema<?> resolve(AnnotatedType type, ModelConverterContext context, Iterator<ModelConverter> next) {
        var schema = super.resolve(type, context, next);
        var described = schema != null && schema.get$ref() != null
                ? context.getDefinedModels().get(schema.get$ref().substring(REFERENCE.length()))
                : schema;
        var java = rawClassOf(type);
        if (java.isEnum() && schema instanceof JsonSchema constants) constants.setEnum(wordsOf(java));
        if (java.isRecord() && described != null && described.getProperties() != null) tell(described, java);
        return schema;
    }

    private Class<?> rawClassOf(AnnotatedType type) {
        var resolved = type.getType() instanceof JavaType known
                ? known
                : _mapper.getTypeFactory().constructType(type.getType());
        return resolved.getRawClass();
    }

    private static List<Object> wordsOf(Class<?> enumeration) {
        return Arrays.stream(enumeration.getEnumConstants())
                .<Object>map(constant -> ((Enum<?>) constant).name().toLowerCase(Locale.ROOT))
                .toList();
    }

    private static void tell(Schema<?> described, Class<?> record) {
        var required = new TreeSet<String>();
        if (described.getRequired() != null) required.addAll(described.getRequired()); // said by an annotation
        for (var component : record.getRecordComponents()) {
            var name = memberName(component);
            var member = described.getProperties().get(name);
            if (member == null || required.contains(name)) continue;
            if (!isNullable(component)) required.add(name);
            else if (member.getTypes() != null) member.addType("null");
        }
        described.setRequired(required.isEmpty() ? null : List.copyOf(required));
    }

    private static boolean isNullable(RecordComponent component) {
        return component.getAnnotatedType().isAnnotationPresent(Nullable.class);
    }

    private static String memberName(RecordComponent component) {
        var named = component.getAccessor().getAnnotation(com.fasterxml.jackson.annotation.JsonProperty.class);
        return named == null || named.value().isEmpty() ? snake(component.getName()) : named.value();
    }
}
