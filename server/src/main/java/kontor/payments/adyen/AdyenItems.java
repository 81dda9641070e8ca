package kontor.payments.adyen;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** The items of a message, each cut out of its bytes as it stands there. */
final class AdyenItems {
    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(
                    StreamReadConstraints.builder().maxNestingDepth(20).build())
            .build();

    private AdyenItems() {}

    /**
     * {@code {"live": …, "notificationItems": [{"NotificationRequestItem": {…}}, …]}}.
     *
     * @throws RuntimeException when it is not of this form
     */
    static List<byte[]> in(byte[] body) {
        try (var json = JSON.createParser(ObjectReadContext.empty(), body)) {
            expect(json.nextToken(), JsonToken.START_OBJECT);
            var items = new ArrayList<byte[]>();
            while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                var name = json.currentName();
                var value = json.nextToken();
                if (!name.equals("notificationItems")) {
                    json.skipChildren();
                    continue;
                }
                expect(value, JsonToken.START_ARRAY);
                while (json.nextToken() != JsonToken.END_ARRAY) items.add(item(json, body));
            }
            expect(json.currentToken(), JsonToken.END_OBJECT);
            expect(json.nextToken(), null);
            return items;
        }
    }

    private static byte[] item(JsonParser json, byte[] body) {
        expect(json.currentToken(), JsonToken.START_OBJECT);
        expect(json.nextToken(), JsonToken.PROPERTY_NAME);
        if (!"NotificationRequestItem".equals(json.currentName()))
            throw new IllegalArgumentException("not a NotificationRequestItem");
        expect(json.nextToken(), JsonToken.START_OBJECT);
        var from = (int) json.currentTokenLocation().getByteOffset();
        json.skipChildren();
        var to = (int) json.currentLocation().getByteOffset();
        expect(json.nextToken(), JsonToken.END_OBJECT);
        return Arrays.copyOfRange(body, from, to);
    }

    private static void expect(@Nullable JsonToken found, @Nullable JsonToken expected) {
        if (found != expected) throw new IllegalArgumentException("not a message: " + found);
    }
}
