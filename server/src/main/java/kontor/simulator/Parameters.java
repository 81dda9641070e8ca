package kontor.simulator;

import java.util.Currency;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;

/** What a request about payments may say, and what it is refused for. */
final class Parameters {
    /** Most that Stripe takes: eight digits. */
    private static final long MOST = 99_999_999;

    /** Least that Stripe takes: https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts. */
    private static final Map<String, Long> LEAST = Map.of(
            "aud", 50L, "cad", 50L, "chf", 50L, "dkk", 250L, "eur", 50L, "gbp", 30L, "jpy", 50L, "nok", 300L, "sek",
            300L, "usd", 50L);

    static final Set<String> CREATE = Set.of(
            "amount",
            "automatic_payment_methods",
            "capture_method",
            "confirm",
            "confirmation_method",
            "currency",
            "description",
            "error_on_requires_action",
            "expand",
            "metadata",
            "off_session",
            "payment_method",
            "payment_method_options",
            "payment_method_types",
            "receipt_email",
            "return_url",
            "shipping",
            "statement_descriptor_suffix",
            "use_stripe_sdk");
    static final Set<String> CONFIRM =
            Set.of("error_on_requires_action", "expand", "off_session", "payment_method", "return_url");
    static final Set<String> CAPTURE = Set.of("amount_to_capture", "expand", "final_capture");
    static final Set<String> CANCEL = Set.of("cancellation_reason", "expand");
    static final Set<String> REFUND = Set.of("amount", "charge", "expand", "metadata", "payment_intent", "reason");

    private Parameters() {}

    static TestCard cardOf(String method) {
        var card = TestCard.of(method);
        if (card != null) return card;
        // A card number may stand there by mistake, so what was sent is not repeated.
        throw Refused.invalid(
                "resource_missing", "No such PaymentMethod: only test cards exist here.", "payment_method");
    }

    static String currencyIn(Form form) {
        var currency = required(form.text("currency"), "currency").toLowerCase(Locale.ROOT);
        try {
            return Currency.getInstance(currency.toUpperCase(Locale.ROOT))
                    .getCurrencyCode()
                    .toLowerCase(Locale.ROOT);
        } catch (IllegalArgumentException e) {
            throw Refused.invalid(null, "Invalid currency: it is not an ISO 4217 code.", "currency");
        }
    }

    static void checkRange(long amount, String currency) {
        if (amount > MOST) {
            throw Refused.invalid("amount_too_large", "Amount must be no more than " + MOST + ".", "amount");
        }
        long least = LEAST.getOrDefault(currency, 1L);
        if (amount < least) {
            throw Refused.invalid(
                    "amount_too_small", "Amount must be at least " + least + " " + currency + ".", "amount");
        }
    }

    static boolean manualCaptureIn(Form form) {
        var method = form.text("capture_method");
        if (method == null || method.equals("automatic") || method.equals("automatic_async")) return false;
        if (method.equals("manual")) return true;
        throw Refused.invalid(
                null, "Invalid capture_method: must be one of automatic, automatic_async, or manual", "capture_method");
    }

    /** Whether several captures are asked for, which every card here allows. */
    static boolean multicaptureIn(Form form) {
        var asked = form.text("payment_method_options[card][request_multicapture]");
        if (asked == null || asked.equals("never")) return false;
        if (asked.equals("if_available")) return true;
        throw Refused.invalid(
                null,
                "Invalid request_multicapture: must be one of if_available or never",
                "payment_method_options[card][request_multicapture]");
    }

    static @Nullable String returnUrlIn(Form form) {
        var url = form.text("return_url");
        if (url == null || WebAddress.isOne(url)) return url;
        throw Refused.invalid("url_invalid", "Not a valid URL", "return_url");
    }

    static int limitIn(Form form) {
        var limit = form.amount("limit");
        if (limit == null) return 10;
        if (limit > 100) throw Refused.invalid("parameter_invalid_integer", "limit is at most 100.", "limit");
        return limit.intValue();
    }

    /** {@code created}, or its bounds {@code [gt]}, {@code [gte]}, {@code [lt]} and {@code [lte]}, in seconds. */
    static LongPredicate createdIn(Form form) {
        var exactly = form.amount("created");
        var above = form.amount("created[gt]");
        var from = form.amount("created[gte]");
        var below = form.amount("created[lt]");
        var upTo = form.amount("created[lte]");
        return second -> (exactly == null || second == exactly)
                && (above == null || second > above)
                && (from == null || second >= from)
                && (below == null || second < below)
                && (upTo == null || second <= upTo);
    }

    /** Whether the answer is to carry an object in the place of its id. */
    static boolean expands(Form form, String path) {
        return form.values().entrySet().stream()
                .anyMatch(entry ->
                        entry.getKey().startsWith("expand[") && entry.getValue().equals(path));
    }

    static <T> T required(@Nullable T value, String name) {
        if (value == null) throw missing(name);
        return value;
    }

    static Refused missing(String name) {
        return Refused.invalid("parameter_missing", "Missing required param: " + name + ".", name);
    }
}
