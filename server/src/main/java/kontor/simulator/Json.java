package kontor.simulator;

import java.io.ByteArrayOutputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Writes JSON as a stream, because every answer passes here, and reads it as a tree, because few do. */
final class Json {
    private static final JsonFactory FACTORY = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(50).build())
            .build();
    private static final JsonMapper MAPPER = new JsonMapper(FACTORY);

    private Json() {}

    /** @param members writes what stands between the braces */
    static byte[] object(Consumer<JsonGenerator> members) {
        var bytes = new ByteArrayOutputStream(1024);
        try (var json = FACTORY.createGenerator(ObjectWriteContext.empty(), bytes)) {
            json.writeStartObject();
            members.accept(json);
            json.writeEndObject();
        }
        return bytes.toByteArray();
    }

    /** In the order of their names, so that equal values are equal text. */
    static void strings(JsonGenerator json, String name, Map<String, String> values) {
        json.writeObjectPropertyStart(name);
        new TreeMap<>(values).forEach(json::writeStringProperty);
        json.writeEndObject();
    }

    static void number(JsonGenerator json, String name, @Nullable Long value) {
        if (value == null) json.writeNullProperty(name);
        else json.writeNumberProperty(name, value);
    }

    /** @throws JacksonException when it is not JSON */
    static JsonNode read(byte[] bytes) {
        return MAPPER.readTree(bytes);
    }

    static @Nullable String text(JsonNode object, String name) {
        var value = object.get(name);
        return value == null || value.isNull() ? null : value.asString();
    }

    static @Nullable Long number(JsonNode object, String name) {
        var value = object.get(name);
        return value == null || value.isNull() ? null : value.asLong();
    }
}
