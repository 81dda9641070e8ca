package kontor.bench;

import java.time.Duration;
import java.util.ArrayList;

/** B17 and B18: what it costs to know who asks, and to let somebody in. */
final class LoginFigures {
    private static final String PART = "Logins in this process";
    private static final int IN_USE = 1_000;
    private static final int LOOKED_UP = 5_000_000;
    private static final Duration WARM_UP = Duration.ofSeconds(3);

    private final Options options;
    private final Progress progress;
    private final Results results;

    LoginFigures(Options options, Progress progress, Results results) {
        this.options = options;
        this.progress = progress;
        this.results = results;
    }

    void measure(InProcess server, long firstBuyer) {
        progress.heading(PART);
        if (options.wants(Goal.B17)) measureTokens(server, firstBuyer);
        if (options.wants(Goal.B18)) measureLogins(server);
    }

    /** As many tokens as are in use at once in a busy shop; what is read again every few seconds counts as well. */
    private void measureTokens(InProcess server, long firstBuyer) {
        var tokens = server.tokens(firstBuyer).subList(0, IN_USE);
        lookUp(server, tokens);
        var micros = lookUp(server, tokens);
        progress.note("%s µs for a token that is known".formatted(Figures.plain(micros)));
        results.set(Goal.B17, micros);
    }

    private static double lookUp(InProcess server, java.util.List<String> tokens) {
        var start = System.nanoTime();
        for (var i = 0; i < LOOKED_UP; i++)
            if (!server.knows(tokens.get(i % IN_USE))) throw new IllegalStateException("A token is not known");
        return (System.nanoTime() - start) / 1e3 / LOOKED_UP;
    }

    private void measureLogins(InProcess server) {
        var cores = Runtime.getRuntime().availableProcessors();
        var clients = new ArrayList<ClosedLoop.Client>();
        for (var i = 0; i < cores; i++) clients.add(server.person()::logIn);
        var measured = ClosedLoop.run(
                "logins, one person for each core", clients, Thread.ofVirtual().factory(), WARM_UP, options.measured());
        results.add(PART, measured);
        results.set(Goal.B18, measured.perSecond() / cores);
    }
}
