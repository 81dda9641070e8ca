package kontor.simulator;

import java.util.Locale;

/** What a person sees in a browser: the 3-D Secure step. For the book and the controls see {@link Overview}. */
final class Pages {
    static final String HEAD = """
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
            caption { text-align: left; font-weight: bold; padding: .5rem 0 } td { font-variant-numeric: tabular-nums }
            form.inline { display: inline } label { display: inline-block; margin: 0 1rem .5rem 0 } input, select { font: inherit; max-width: 12rem }
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

    /** Why a button did nothing. */
    static String refused(String sentence) {
        return HEAD.formatted("Nothing has changed") + "<h1>Nothing has changed</h1><p>" + escape(sentence)
                + "</p><p><a href=\"/\">Back</a></p></body></html>";
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;")
                .replace("'", "&#39;");
    }
}
