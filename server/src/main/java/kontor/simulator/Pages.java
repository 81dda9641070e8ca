package kontor.simulator;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a person sees in a browser: the 3-D Secure step, and the book with the fault switches. */
final class Pages {
    private static final String HEAD = """
            <!doctype html>
            <html lang="en">
            <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>%s</title>
            <style>
            body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; color: #1a1a1a }
            .test { background: #b45309; color: #fff; padding: .5rem 1rem; border-radius: .25rem }
            button { font: inherit; padding: .5rem 1rem; margin: 0 .5rem .5rem 0; cursor: pointer }
            table { border-collapse: collapse; width: 100%% } th, td { text-align: left; padding: .25rem .5rem; border-bottom: 1px solid #ddd }
            td.amount { text-align: right; font-variant-numeric: tabular-nums } textarea { font: 14px monospace; width: 100%% }
            </style>
            </head>
            <body>
            <p class="test">Test page of the payment simulator. No bank, no card, no money.</p>
            """;

    private Pages() {}

    static String threeDSecure(Intent intent) {
        return HEAD.formatted("3-D Secure test page")
                + """
                <h1>3-D Secure</h1>
                <p>Your bank would now make sure that it is you who pays <b>%s %s</b> (in the smallest unit).</p>
                <form method="post">
                <button name="outcome" value="complete" autofocus>Complete authentication</button>
                <button name="outcome" value="fail">Fail authentication</button>
                </form>
                </body></html>
                """.formatted(intent.amount, intent.currency.toUpperCase(Locale.ROOT));
    }

    /** For those who came without an address to go back to, and for those who came too late. */
    static String authenticationEnded(String status) {
        return HEAD.formatted("3-D Secure test page")
                + "<h1>Nothing to do</h1><p>This payment is <b>" + escape(status) + "</b>. You may close the page.</p>"
                + "</body></html>";
    }

    static String notFound() {
        return HEAD.formatted("Not found") + "<h1>Not found</h1></body></html>";
    }

    static String overview(int intents, int messages, Effects effects, Faults faults) {
        var page = new StringBuilder(HEAD.formatted("Payment simulator"))
                .append("<h1>Payment simulator</h1><p>")
                .append(intents)
                .append(" payments, ")
                .append(effects.count())
                .append(" effects, ")
                .append(messages)
                .append(" webhooks waiting. <a href=\"/\">Refresh</a> · <a href=\"/_book\">The whole book</a></p>")
                .append("<h2>Faults</h2><pre id=\"faults\">")
                .append(escape(text(faults.json())))
                .append("</pre><p><label for=\"fault\">Switch one on:</label></p>")
                .append("<textarea id=\"fault\" rows=\"2\">{\"kind\": \"hang\", \"ms\": 5000}</textarea><p>");
        for (var example : EXAMPLES) {
            page.append("<button class=\"example\">").append(escape(example)).append("</button>");
        }
        page.append("</p><p><button id=\"on\">Switch on</button><button id=\"off\">Switch all off</button>")
                .append("<span id=\"said\" role=\"status\"></span></p><h2>Latest effects</h2><table><thead><tr>")
                .append("<th>at</th><th>what</th><th>payment</th><th>amount</th><th>key</th></tr></thead><tbody>");
        for (var effect : effects.latest()) {
            var json = Json.read(effect);
            page.append("<tr>");
            for (var name : new String[] {"at", "kind", "payment_intent"}) cell(page, Json.text(json, name));
            page.append("<td class=\"amount\">")
                    .append(escape(json.path("amount").asString("")))
                    .append(' ')
                    .append(escape(json.path("currency").asString("").toUpperCase(Locale.ROOT)))
                    .append("</td>");
            cell(page, Json.text(json, "idempotency_key"));
            page.append("</tr>");
        }
        return page.append("</tbody></table><script src=\"/simulator.js\"></script></body></html>")
                .toString();
    }

    private static final String[] EXAMPLES = Arrays.stream(Fault.Kind.values())
            .map(kind -> "{\"kind\": \"" + kind.wire() + "\"}")
            .toArray(String[]::new);

    /** Of the overview. Sent as JSON, a fault cannot be switched on by a form on somebody else's page. */
    static final String SCRIPT = """
            const say = text => { document.getElementById('said').textContent = text }
            const send = async (method, body) => {
              const answer = await fetch('/_faults', { method, body, headers: { 'Content-Type': 'application/json' } })
              const text = await answer.text()
              if (answer.ok) { document.getElementById('faults').textContent = text; say('Done.') } else { say(text) }
            }
            document.getElementById('on').onclick = () => send('POST', document.getElementById('fault').value)
            document.getElementById('off').onclick = () => send('DELETE')
            for (const button of document.querySelectorAll('.example')) {
              button.onclick = () => { document.getElementById('fault').value = button.textContent }
            }
            """;

    private static void cell(StringBuilder page, @Nullable String text) {
        page.append("<td>").append(text == null ? "" : escape(text)).append("</td>");
    }

    private static String text(byte[] json) {
        return new String(json, StandardCharsets.UTF_8);
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
