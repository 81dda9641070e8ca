package kontor.simulator;

import static kontor.simulator.Pages.escape;

import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The simulator's own page: its book, and its controls as plain forms. Works without a script. */
final class Overview {
    private static final int SHOWN = 20;

    private final Acquirer acquirer;
    private final Effects effects;
    private final Balance balance;
    private final Payouts payouts;
    private final Disputes disputes;
    private final Faults faults;
    private final Webhooks webhooks;

    Overview(
            Acquirer acquirer,
            Effects effects,
            Balance balance,
            Payouts payouts,
            Disputes disputes,
            Faults faults,
            Webhooks webhooks) {
        this.acquirer = acquirer;
        this.effects = effects;
        this.balance = balance;
        this.payouts = payouts;
        this.disputes = disputes;
        this.faults = faults;
        this.webhooks = webhooks;
    }

    /** @param token that the controls ask for */
    String page(String token) {
        var page = new Page(token);
        page.raw(Pages.HEAD.formatted("Payment simulator"))
                .raw("<h1>Payment simulator</h1><p>%d payments, %d effects, %d webhooks waiting."
                        .formatted(acquirer.intentCount(), effects.count(), webhooks.waiting()))
                .raw(" <a href=\"/\">Refresh</a> · <a href=\"/_book\">The whole book</a></p>");
        showBalance(page);
        showFaults(page);
        showDisputes(page);
        showPayouts(page);
        showEffects(page);
        return page.raw("</body></html>").toString();
    }

    private void showBalance(Page page) {
        page.raw("<h2>Balance</h2><p>");
        var standing = balance.standing();
        if (standing.isEmpty()) page.raw("Nothing yet.");
        standing.forEach((currency, amount) ->
                page.raw("<b>").text(money(amount, currency)).raw("</b> "));
        page.raw("</p>");
        page.form("/_payouts").raw("<button>Pay it out</button></form>");
        page.table("Latest movements", "at", "what", "payment", "amount", "fee");
        for (var movement : balance.latest(SHOWN)) {
            page.row(
                    time(movement.createdAt()),
                    movement.kind().category,
                    movement.intent(),
                    money(movement.amount(), movement.currency()),
                    money(movement.fee(), movement.currency()));
        }
        page.raw("</tbody></table>");
    }

    private void showFaults(Page page) {
        page.raw("<h2>Faults</h2>").table("Switched on", "what", "calls left");
        for (var armed : Json.read(faults.json()).get("faults")) {
            page.row(armed.get("fault").toString(), Json.text(armed, "calls_left"));
        }
        page.raw("</tbody></table>");
        page.form("/_faults")
                .select(
                        "kind",
                        Arrays.stream(Fault.Kind.values()).map(Fault.Kind::wire).toList(),
                        null)
                .select("operation", Fault.OPERATIONS, "any")
                .select("when", List.of("before", "after"), "usual");
        for (var name : List.of("count", "probability", "seed", "ms", "status", "code", "by")) page.input(name);
        page.raw("<button>Switch on</button></form>");
        page.form("/_faults").raw("<button name=\"clear\" value=\"all\">Switch all off</button></form>");
    }

    private void showDisputes(Page page) {
        page.raw("<h2>Disputes</h2>").table("Latest", "dispute", "payment", "reason", "amount", "status");
        for (var dispute : disputes.latest(SHOWN)) {
            page.raw("<tr>")
                    .cell(dispute.id())
                    .cell(dispute.intent())
                    .cell(dispute.reason())
                    .cell(money(dispute.amount(), dispute.currency()))
                    .raw("<td>")
                    .text(dispute.status().wire());
            if (dispute.isOpen()) {
                page.raw(" ")
                        .form("/_disputes/" + dispute.id())
                        .raw("<button name=\"outcome\" value=\"won\">Won</button>")
                        .raw("<button name=\"outcome\" value=\"lost\">Lost</button></form>");
            }
            page.raw("</td></tr>");
        }
        page.raw("</tbody></table>");
        page.form("/_disputes")
                .input("payment_intent")
                .input("amount")
                .select("reason", Disputes.REASONS, null)
                .raw("<button>Open a dispute</button></form>");
        page.raw("<h3>In Adyen's form</h3>")
                .form("/_chargebacks")
                .input("payment")
                .input("amount")
                .select("event", AdyenDisputes.EVENTS, null)
                .raw("<button>Let the bank do it</button></form>");
        page.form("/_expirations").input("payment").raw("<button>Let the hold expire</button></form>");
    }

    private void showPayouts(Page page) {
        page.raw("<h2>Payouts</h2>").table("Latest", "at", "payout", "amount");
        for (var payout : payouts.latest(SHOWN)) {
            page.row(time(payout.createdAt()), payout.id(), money(payout.amount(), payout.currency()));
        }
        page.raw("</tbody></table>");
    }

    private void showEffects(Page page) {
        page.raw("<h2>Effects</h2>").table("Latest", "at", "what", "payment", "amount", "key");
        for (var effect : effects.latest()) {
            var json = Json.read(effect);
            page.row(
                    Json.text(json, "at"),
                    Json.text(json, "kind"),
                    Json.text(json, "payment_intent"),
                    money(json.path("amount").asLong(), json.path("currency").asString("")),
                    Json.text(json, "idempotency_key"));
        }
        page.raw("</tbody></table>");
    }

    /** In the smallest unit, as everywhere here. */
    private static String money(long amount, String currency) {
        return amount + " " + currency.toUpperCase(Locale.ROOT);
    }

    private static String time(long millis) {
        return Instant.ofEpochMilli(millis).toString();
    }

    /** HTML in the making. Whatever comes from outside goes through {@link #text}. */
    private static final class Page {
        private final StringBuilder html = new StringBuilder(16_384);
        private final String token;

        Page(String token) {
            this.token = token;
        }

        Page raw(String markup) {
            html.append(markup);
            return this;
        }

        Page text(@Nullable String text) {
            return raw(text == null ? "" : escape(text));
        }

        Page form(String action) {
            return raw("<form class=\"inline\" method=\"post\" action=\"")
                    .text(action)
                    .raw("\"><input type=\"hidden\" name=\"token\" value=\"")
                    .text(token)
                    .raw("\">");
        }

        Page input(String name) {
            return raw("<label>").text(name).raw(" <input name=\"").text(name).raw("\"></label>");
        }

        /** @param none what stands for no choice; {@code null} when there has to be one */
        Page select(String name, List<String> options, @Nullable String none) {
            raw("<label>").text(name).raw(" <select name=\"").text(name).raw("\">");
            if (none != null) raw("<option value=\"\">").text(none).raw("</option>");
            for (var option : options) raw("<option>").text(option).raw("</option>");
            return raw("</select></label>");
        }

        Page table(String caption, String... columns) {
            raw("<table><caption>").text(caption).raw("</caption><thead><tr>");
            for (var column : columns) raw("<th>").text(column).raw("</th>");
            return raw("</tr></thead><tbody>");
        }

        void row(@Nullable String... cells) {
            raw("<tr>");
            for (var cell : cells) cell(cell);
            raw("</tr>");
        }

        Page cell(@Nullable String text) {
            return raw("<td>").text(text).raw("</td>");
        }

        @Override
        public String toString() {
            return html.toString();
        }
    }
}
