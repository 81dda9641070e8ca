package kontor.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** {@code ./kontor bench}. */
public final class Bench {
    private final Options options;
    private final Project project;
    private final Progress progress;
    private final Results results = new Results();
    private final Path data;
    /** {@link #data} as it was before the first order came over HTTP. */
    private final Path twin;

    private Bench(Options options, Project project, Progress progress) {
        this.options = options;
        this.project = project;
        this.progress = progress;
        this.data = options.data() != null ? options.data() : project.scratch().resolve("data");
        this.twin = Path.of(data + "-twin");
    }

    /**
     * Ends with 0 when everything was measured, whatever was reached; with 1 when a figure is missing because what it is
     * about went wrong; with 2 for an option that is not understood.
     */
    public static void main(String[] arguments) throws Exception {
        if (Arrays.stream(arguments).anyMatch(argument -> argument.equals("--help") || argument.equals("-h"))) {
            System.out.println(Options.USAGE);
            return;
        }
        try {
            var bench = new Bench(Options.parse(arguments), Project.own(), new Progress(System.out));
            bench.run();
            if (!bench.results.failures().isEmpty()) System.exit(1);
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
            try {
                Project.delete(data);
            } finally {
                Project.delete(twin);
            }
        }
    }

    private void prepareFolder() throws IOException {
        if (options.data() == null) {
            Project.delete(data);
            Project.delete(twin);
        } else if (Files.exists(data) || Files.exists(twin))
            throw new Options.Bad(
                    "--data needs a folder that does not exist yet, nor one of that name and -twin: both are removed at the end.");
    }

    private void measure() throws Exception {
        var begun = Instant.now();
        var commit = project.commit(); // before this run leaves its own files
        var speed = new RawSpeed();
        var reference = new Reference(options, progress, speed);
        var profile = new Profile(options, project, progress);
        var prepared = inProcess(reference, profile);
        if (options.wants(Goal.B11)) new StartFigures(project, progress, results).measure(data);
        if (options.wants(Goal.B10)) Project.copy(data, twin);
        var machine = overHttp(reference, profile, prepared);
        tell(Report.of(begun, commit, machine, options, speed, results));
    }

    /** What a server over HTTP needs of the one in this process. */
    private record Prepared(List<String> tokens, RawOrder.Sample sample) {}

    private Prepared inProcess(Reference reference, Profile profile) throws Exception {
        progress.note("Preparing a shop of %,d articles and %,d buyers".formatted(Shop.ARTICLES, Shop.BUYERS));
        try (var server = InProcess.start(data)) {
            var postgres = Postgres.of(data);
            var shop = new Shop(postgres);
            shop.open();
            server.refresh();
            var buyer = shop.firstBuyer();
            server.place(
                    InProcess.request(Basket.random(Basket.Demand.UNIFORM, new SplittableRandom(1))), "first", buyer);
            var sample = RawOrders.sample(postgres);
            if (Reference.isWanted(options))
                reference.measureBefore(
                        RawOrders.in(postgres, shop, sample), Pgbench.find(postgres, shop, project.scratch()));
            if (options.wants(Goal.B1, Goal.B2))
                new InProcessFigures(options, progress, results, shop).measure(server, buyer, profile);
            if (options.wants(Goal.B17, Goal.B18)) new LoginFigures(options, progress, results).measure(server, buyer);
            return new Prepared(server.tokens(buyer), sample);
        }
    }

    private Machine overHttp(Reference reference, Profile profile, Prepared prepared) throws Exception {
        var simulator = new PaymentSimulator();
        try (var server = Server.start(project, data, simulator.settings())) {
            var postgres = server.postgres();
            var shop = new Shop(postgres);
            var raw = RawOrders.in(postgres, shop, prepared.sample());
            var asked = new UnderLoad(options, progress, results, shop, server, prepared.tokens());
            if (HttpFigures.areWanted(options)) new HttpFigures(asked, raw).measure(profile);
            if (ManyOrders.areWanted(options))
                new ManyOrders(asked, new Filling(postgres, shop, prepared.sample()), project, data, twin, simulator)
                        .measure();
            if (options.wants(Goal.B5)) new CardFigures(asked, simulator, project, data).measure();
            if (Reference.isWanted(options))
                reference.measureAfter(raw, Pgbench.find(postgres, shop, project.scratch()));
            return Machine.own(postgres.settings());
        }
    }

    private void tell(Report report) throws IOException {
        progress.heading("Goals");
        for (var finding : report.findings())
            progress.note("%-4s %-66s %14s %14s %s"
                    .formatted(
                            finding.goal().figure(),
                            finding.goal().title(),
                            finding.goal().inWords(finding.score()),
                            finding.goal().targetInWords(),
                            finding.reached() ? "reached" : "not reached"));
        for (var note : report.notes()) progress.note(note);
        if (report.partial()) progress.note(report.partialInWords());
        report.write(project.results());
        progress.note("All of it: bench/results/" + report.name() + ".md, .json and .svg");
        for (var failure : report.failures()) progress.failed(failure);
    }
}
