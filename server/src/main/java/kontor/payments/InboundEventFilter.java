package kontor.payments;

import java.util.List;
import kontor.web.PlainText;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;

/** Which messages of gateways a list shows; null is all. */
record InboundEventFilter(
        @Nullable String gateway,
        @Nullable String state,
        @Nullable String type) {
    private static final List<String> STATES = List.of("received", "processed", "ignored", "quarantined");
    private static final int LONGEST = 200;

    InboundEventFilter {
        check("gateway", gateway);
        check("type", type);
        if (state != null && !STATES.contains(state))
            throw Refusal.ofField("state", "unknown", "must be one of " + STATES);
    }

    private static void check(String field, @Nullable String value) {
        if (value == null) return;
        if (value.length() > LONGEST)
            throw Refusal.ofField(field, "too_long", "must have at most " + LONGEST + " characters");
        if (!PlainText.Check.isPlain(value, false))
            throw Refusal.ofField(field, "invalid", "must not contain control characters");
    }
}
