package kontor.simulator;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What can be asked without moving anything: single objects, lists, and searches. */
final class StripeQueries {
    private static final Pattern METADATA =
            Pattern.compile("metadata\\[[\"']([^\"']{1,40})[\"']\\]:[\"']([^\"']*)[\"']");
    private static final Pattern STATUS = Pattern.compile("status:[\"']([a-z_]+)[\"']");

    private final Clerk clerk;
    private final Acquirer acquirer;
    private final Disputes disputes;
    private final Balance balance;
    private final Payouts payouts;
    private final Events events;
    private final Faults faults;

    StripeQueries(
            Clerk clerk,
            Acquirer acquirer,
            Disputes disputes,
            Balance balance,
            Payouts payouts,
            Events events,
            Faults faults) {
        this.clerk = clerk;
        this.acquirer = acquirer;
        this.disputes = disputes;
        this.balance = balance;
        this.payouts = payouts;
        this.events = events;
        this.faults = faults;
    }

    /** @param operation as a {@link Fault} names it */
    record Query(String operation, Function<Form, byte[]> answer) {}

    /** @param path {@code "", "v1", "refunds", id}; @return {@code null} when there is no such address */
    @Nullable
    Query find(String[] path) {
        var id = path.length == 4 ? path[3] : "";
        return switch (path.length) {
            case 3 ->
                switch (path[2]) {
                    case "payment_intents" -> new Query("list", this::listIntents);
                    case "refunds" -> new Query("list", this::listRefunds);
                    case "disputes" ->
                        new Query("list", form -> listOf("/v1/disputes", disputes.page(form), Dispute::json));
                    case "payouts" ->
                        new Query("list", form -> listOf("/v1/payouts", payouts.page(form), Payout::json));
                    case "events" -> new Query("list", form -> listOf("/v1/events", events.page(form), events::json));
                    case "balance_transactions" -> new Query("balance", this::listMovements);
                    default -> null;
                };
            case 4 ->
                switch (path[2]) {
                    case "payment_intents" ->
                        id.equals("search")
                                ? new Query("search", this::search)
                                : new Query("retrieve", form -> acquirer.intent(id));
                    case "refunds" -> new Query("retrieve", form -> acquirer.refund(id));
                    case "disputes" ->
                        new Query("retrieve", form -> disputes.get(id).json());
                    case "payouts" ->
                        new Query("retrieve", form -> payouts.get(id).json());
                    case "events" -> new Query("retrieve", form -> events.json(id));
                    case "balance_transactions" ->
                        new Query("balance", form -> movement(balance.get(id), Parameters.expands(form, "source")));
                    default -> null;
                };
            default -> null;
        };
    }

    private byte[] listMovements(Form form) {
        var expanded = Parameters.expands(form, "data.source");
        var page = balance.page(form);
        clerk.awaitUnderWay();
        return listOf("/v1/balance_transactions", page, movement -> movement(movement, expanded));
    }

    private byte[] movement(BalanceTransaction movement, boolean expanded) {
        return expanded ? movement.expanded(sourceOf(movement)) : movement.json();
    }

    private byte[] sourceOf(BalanceTransaction movement) {
        return switch (movement.kind()) {
            case CHARGE -> acquirer.charge(Parameters.required(movement.intent(), "payment_intent"));
            case REFUND, REFUND_FAILURE -> acquirer.refund(movement.source());
            case DISPUTE, DISPUTE_REVERSAL -> disputes.get(movement.source()).json();
            case PAYOUT -> payouts.get(movement.source()).json();
        };
    }

    private byte[] listIntents(Form form) {
        var limit = Parameters.limitIn(form);
        var after = form.text("starting_after");
        return list(
                "/v1/payment_intents",
                "list",
                page(acquirer.intentsByAge(), i -> i.id, after, i -> true, limit),
                limit);
    }

    private byte[] listRefunds(Form form) {
        var limit = Parameters.limitIn(form);
        var of = form.text("payment_intent");
        var found = page(
                acquirer.refundsByAge(),
                Refund::id,
                form.text("starting_after"),
                refund -> of == null || of.equals(refund.intent()),
                limit);
        return listOf("/v1/refunds", "list", found.stream().map(Refund::json).toList(), limit);
    }

    private byte[] search(Form form) {
        var limit = Parameters.limitIn(form);
        var query = form.text("query");
        if (query == null) throw Refused.invalid("parameter_missing", "Missing required param: query.", "query");
        var matches = parse(query);
        var youngest = System.currentTimeMillis() - faults.searchLag();
        return list(
                "/v1/payment_intents/search",
                "search_result",
                page(
                        acquirer.intentsByAge(),
                        intent -> intent.id,
                        form.text("page"),
                        intent -> intent.createdAt <= youngest && matches.test(intent),
                        limit),
                limit);
    }

    /** Metadata and status, joined by AND: as much of Stripe's search language as there is use for. */
    private static Predicate<Intent> parse(String query) {
        Predicate<Intent> all = intent -> true;
        for (var clause : query.split("\\s+AND\\s+", -1)) {
            var metadata = METADATA.matcher(clause.strip());
            var status = STATUS.matcher(clause.strip());
            if (metadata.matches()) {
                var name = metadata.group(1);
                var value = metadata.group(2);
                all = all.and(intent -> value.equals(intent.metadata.get(name)));
            } else if (status.matches()) {
                var value = status.group(1).toUpperCase(Locale.ROOT);
                all = all.and(intent -> intent.status.name().equals(value));
            } else {
                throw Refused.invalid(null, "The search query is not one this simulator understands.", "query");
            }
        }
        return all;
    }

    /** One more than {@code limit}, to tell whether there is more. */
    private static <T> List<T> page(
            Iterable<T> all, Function<T, String> id, @Nullable String after, Predicate<T> wanted, int limit) {
        var page = new ArrayList<T>();
        var begun = after == null;
        for (var one : all) {
            if (page.size() > limit) break;
            if (begun && wanted.test(one)) page.add(one);
            if (!begun && id.apply(one).equals(after)) begun = true;
        }
        return page;
    }

    private byte[] list(String url, String object, List<Intent> intents, int limit) {
        return listOf(
                url,
                object,
                intents.stream().map(intent -> acquirer.intent(intent.id)).toList(),
                limit);
    }

    private static byte[] listOf(String url, String object, List<byte[]> found, int limit) {
        return listOf(url, object, found.size() > limit ? found.subList(0, limit) : found, found.size() > limit);
    }

    private static <T> byte[] listOf(String url, Timeline.Page<T> page, Function<T, byte[]> json) {
        return listOf(url, "list", page.things().stream().map(json).toList(), page.more());
    }

    private static byte[] listOf(String url, String object, List<byte[]> found, boolean more) {
        return Json.object(json -> {
            json.writeStringProperty("object", object);
            json.writeArrayPropertyStart("data");
            found.forEach(one -> json.writeRawValue(new String(one, StandardCharsets.UTF_8)));
            json.writeEndArray();
            json.writeBooleanProperty("has_more", more);
            json.writeStringProperty("url", url);
        });
    }
}
