package kontor.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/** {@code ./kontor bench}. */
public final class Bench {
    private final Options options;
    private final Project project;
    private final Progress progress;
    private final Results results = new Results();
    private final Path data;

    private Bench(Options options, Project project, Progress progress) {
        this.options = options;
        this.project = project;
        this.progress = progress;
        this.data = options.data() != null ? options.data() : project.scratch().resolve("data");
    }

    /** Ends with 0 when everything was measured, whatever was reached; with 2 for an option that is not understood. */
    public static void main(String[] arguments) throws Exception {
        if (Arrays.stream(arguments).anyMatch(argument -> argument.equals("--help") || argument.equals("-h"))) {
            System.out.println(Options.USAGE);
            return;
        }
        try {
            new Bench(Options.parse(arguments), Project.own(), new Progress(System.out)).run();
        } catch (Options.Bad e) {
            System.err.println(e.getMessage());
            System.exit(2);
        }
    }

    private void run() throws Exception {
        prepareFolder();
        try {
            measure();
        } finally {
            Project.delete(data);
        }
    }

    private void prepareFolder() throws IOException {
        if (options.data() == null) Project.delete(data);
        else if (Files.exists(data))
            throw new Options.Bad("--data needs a folder that does not exist yet: it is removed at the end.");
    }

    private void measure() throws Exception {
        var reference = new Reference(options, progress);
        var profile = new Profile(options, project, progress);
        progress.note("Preparing a shop of %,d articles and %,d buyers".formatted(Shop.ARTICLES, Shop.BUYERS));
        List<String> tokens;
        RawOrder.Sample sample;
        try (var server = InProcess.start(data)) {
            var postgres = Postgres.of(data);
            var shop = new Shop(postgres);
            shop.open();
            server.refresh();
            var buyer = shop.firstBuyer();
            server.place(
                    InProcess.request(Basket.random(Basket.Demand.UNIFORM, new SplittableRandom(1))), "first", buyer);
            sample = RawOrders.sample(postgres);
            var raw = RawOrders.in(postgres, shop, sample);
            reference.measureBefore(raw, Pgbench.find(postgres, shop, project.scratch()));
            if (options.wants(Goal.B1, Goal.B2))
                new InProcessFigures(options, progress, results, shop).measure(server, buyer, profile);
            tokens = server.tokens(buyer);
        }
        if (options.wants(Goal.B11)) new StartFigures(project, progress, results).measure(data);
        try (var server = Server.start(project, data, Map.of())) {
            var postgres = server.postgres();
            var shop = new Shop(postgres);
            var raw = RawOrders.in(postgres, shop, sample);
            if (HttpFigures.areWanted(options))
                new HttpFigures(options, progress, results, shop, raw, server, tokens).measure(profile);
            reference.measureAfter(raw, Pgbench.find(postgres, shop, project.scratch()));
        }
        progress.heading("Goals");
        for (var finding : results.findings(reference.best()))
            progress.note("%-4s %-60s %14s %14s %s"
                    .formatted(
                            finding.goal().figure(),
                            finding.goal().title(),
                            finding.goal().inWords(finding.score()),
                            finding.goal().targetInWords(),
                            finding.reached() ? "reached" : "not reached"));
    }
}
