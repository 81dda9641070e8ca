package kontor.web;

import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.DeserializationContext;
import tools.jackson.databind.JavaType;
import tools.jackson.databind.ValueDeserializer;
import tools.jackson.databind.deser.DeserializationProblemHandler;

/** Says of a card number in a member that there is none of, or in a value of the wrong kind, what is said of one in a text. */
final class CardDataInJson extends DeserializationProblemHandler {
    /** @throws Refusal 422 when a card number stands in it */
    @Override
    public boolean handleUnknownProperty(
            DeserializationContext context,
            JsonParser parser,
            @Nullable ValueDeserializer<?> reader,
            Object target,
            String name) {
        refuseCardData(parser);
        return false;
    }

    /** @throws Refusal 422 when a card number stands in it */
    @Override
    public @Nullable Object handleUnexpectedToken(
            DeserializationContext context, JavaType wanted, JsonToken token, JsonParser parser, String failure) {
        refuseCardData(parser);
        return NOT_HANDLED;
    }

    /** Reads the value to its end, which the refusal that follows would leave unread. */
    private static void refuseCardData(JsonParser value) {
        var depth = 0;
        for (var token = value.currentToken(); token != null; token = value.nextToken()) {
            if (token.isStructStart()) depth++;
            else if (token.isStructEnd()) depth--;
            else if (value.getString() != null) PlainText.Check.refuseCardData(value.getString());
            if (depth <= 0) return;
        }
    }
}
