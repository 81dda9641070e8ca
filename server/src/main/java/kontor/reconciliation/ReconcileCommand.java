package kontor.reconciliation;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import kontor.database.CannotStart;
import org.springframework.boot.SpringApplication;

/**
 * {@code ./kontor reconcile}: compares the gateways' books with ours now, beside a server that is running or without one,
 * and prints what is found. It is a server itself for that moment, at a port that nobody is told.
 */
public final class ReconcileCommand {
    private ReconcileCommand() {}

    /**
     * @param application the class that the server starts with
     * @param options settings as {@code --name=value}
     * @return the exit code: 0 when the books agree, 1 when a break is open, a sum differs or a gateway's books could not
     *     be read
     * @throws CannotStart when they could not be compared
     */
    public static int run(Class<?> application, String... options) {
        return run(application, System.out, options);
    }

    static int run(Class<?> application, PrintStream out, String... options) {
        var settings = new ArrayList<>(List.of(options));
        settings.addAll(List.of(
                "--server.port=0",
                "--server.address=127.0.0.1",
                "--management.server.port=0",
                "--management.server.address=127.0.0.1",
                "--kontor.db.join=true",
                "--logging.level.root=error"));
        try (var server = SpringApplication.run(application, settings.toArray(String[]::new))) {
            var report = reconcile(server.getBean(Reconciliation.class));
            print(report, out);
            return report.balanced() ? 0 : 1;
        }
    }

    private static ReconciliationReport reconcile(Reconciliation reconciliation) {
        try {
            reconciliation.run();
            return reconciliation.report();
        } catch (RuntimeException e) { // never to be taken for a break
            throw new CannotStart("The books could not be compared: " + e, e);
        }
    }

    static void print(ReconciliationReport report, PrintStream out) {
        if (report.gateways().isEmpty()) out.println("No gateway is configured.");
        for (var gateway : report.gateways()) {
            out.printf(
                    "%-6s  %s: %s%s%n",
                    gateway.books().equals("not_offered") ? "-" : gateway.holds() ? "ok" : "BREAK",
                    gateway.gateway(),
                    gateway.reason() == null ? "books " + gateway.books() : gateway.books() + ", " + gateway.reason(),
                    gateway.lastLineAt() == null ? "" : ", until " + gateway.lastLineAt());
            out.printf(
                    "        %d lines: %d matched, %d waiting, %d in suspense%n",
                    gateway.lines(), gateway.matched(), gateway.waiting(), gateway.suspended());
            if (!gateway.openBreaks().isEmpty())
                out.println("        open breaks: "
                        + gateway.openBreaks().entrySet().stream()
                                .map(kind -> kind.getValue() + " " + kind.getKey())
                                .collect(Collectors.joining(", ")));
            for (var sums : gateway.clearing())
                out.printf(
                        "        in the ledger %s, at the gateway %s, under way %s, difference %s%n",
                        sums.inLedger(), sums.atGateway(), sums.underWay(), sums.difference());
        }
        if (!report.adjusted().isEmpty()) out.println("        by hand on gateway clearing: " + report.adjusted());
        out.println(report.balanced() ? "The books agree." : "The books do not agree.");
    }
}
