package kontor.bench;

import static kontor.bench.UnderLoad.FEW;
import static kontor.bench.UnderLoad.WARM_AGAIN;

import java.nio.file.Path;
import java.time.Duration;

/** B5: orders paid by card. Measured last, because a simulator that has something to tell goes on telling it. */
final class CardFigures {
    private final UnderLoad asked;
    private final PaymentSimulator simulator;
    private final Project project;
    private final Path data;

    /** @param simulator that the server was started to be paid through */
    CardFigures(UnderLoad asked, PaymentSimulator simulator, Project project, Path data) {
        this.asked = asked;
        this.simulator = simulator;
        this.project = project;
        this.data = data;
    }

    void measure() throws Exception {
        asked.progress().heading("Kontor over HTTP, paid by card through the simulator");
        asked.fewConnections(Goal.B5);
        asked.shop().empty();
        try (var running = simulator.start(project, data, asked.server().port())) {
            var options = asked.options();
            var load = asked.load(asked.server().costs().and("simulator", running.pid()));
            load.cardOrders("warming up, by card", FEW, options.warmUp(), Duration.ofSeconds(2));
            // On the same tables: the simulator still speaks of the orders before.
            for (var slice = 1; slice <= options.slices(); slice++)
                asked.keep(Goal.B5, load.cardOrders("by card, 64 connections", FEW, WARM_AGAIN, options.measured()));
        }
        asked.fewConnections(Goal.B5);
    }
}
