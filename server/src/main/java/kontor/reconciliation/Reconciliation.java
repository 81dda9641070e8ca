package kontor.reconciliation;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import kontor.payments.GatewayBooks;
import kontor.reconciliation.ReconciliationReport.Clearing;
import kontor.reconciliation.ReconciliationReport.OfGateway;
import kontor.reconciliation.ReportStore.Reading;
import kontor.reconciliation.ReportStore.Sums;
import org.springframework.stereotype.Service;

/** Compares the gateways' books with ours. Runs may overlap: what one has read or matched the other leaves alone. */
@Service
class Reconciliation {
    private static final String BY_HAND = "adjustment";

    private final GatewayBooks gateways;
    private final BookReader reader;
    private final LineMatcher matcher;
    private final Breaks breaks;
    private final ReportStore reports;
    private final ReconciliationSettings settings;

    Reconciliation(
            GatewayBooks gateways,
            BookReader reader,
            LineMatcher matcher,
            Breaks breaks,
            ReportStore reports,
            ReconciliationSettings settings) {
        this.gateways = gateways;
        this.reader = reader;
        this.matcher = matcher;
        this.breaks = breaks;
        this.reports = reports;
        this.settings = settings;
    }

    /**
     * Reads what is new at every gateway and looks for it here.
     *
     * @return false when a gateway's books could not be read now
     */
    boolean run() {
        var all = true;
        for (var gateway : gateways.gateways()) all &= run(gateway);
        breaks.remind();
        reports.addUp();
        return all;
    }

    private boolean run(String gateway) {
        var read = reader.read(gateway);
        matcher.match(gateway);
        // What was never listed because nobody could look is not missing.
        if (read && isRead(gateway)) breaks.openMissingThere(gateway, settings);
        return read;
    }

    private boolean isRead(String gateway) {
        return reports.readings().stream()
                .anyMatch(reading ->
                        reading.gateway().equals(gateway) && reading.books().equals("read"));
    }

    /** What the newest runs have found; of every gateway that is configured, or has been. */
    ReconciliationReport report() {
        var lines = reports.lines();
        var open = reports.openBreaks();
        var clearing = reports.clearing();
        var found = reports.readings().stream()
                .map(reading -> of(
                        reading,
                        lines.getOrDefault(reading.gateway(), Map.of()),
                        open.getOrDefault(reading.gateway(), Map.of()),
                        clearing))
                .toList();
        var known = found.stream().map(OfGateway::gateway).toList();
        var unread = gateways.gateways().stream()
                .filter(gateway -> !known.contains(gateway))
                .map(gateway ->
                        of(new Reading(gateway, "unread", null, null, null, null), Map.of(), Map.of(), clearing))
                .toList();
        var all = new ArrayList<>(found);
        all.addAll(unread);
        var adjusted = clearing.stream()
                .filter(sums -> sums.gateway().equals(BY_HAND))
                .map(Sums::inLedger)
                .toList();
        return new ReconciliationReport(all.stream().allMatch(OfGateway::holds), List.copyOf(all), adjusted);
    }

    private static OfGateway of(Reading reading, Map<String, Long> lines, Map<String, Long> open, List<Sums> clearing) {
        return new OfGateway(
                reading.gateway(),
                reading.books(),
                reading.reason(),
                reading.readAt(),
                reading.lastLine(),
                reading.lastLineAt(),
                lines.values().stream().mapToLong(Long::longValue).sum(),
                lines.getOrDefault("matched", 0L),
                lines.getOrDefault("waiting", 0L),
                lines.getOrDefault("suspended", 0L),
                open,
                clearing.stream()
                        .filter(sums -> sums.gateway().equals(reading.gateway()))
                        .map(Reconciliation::clearingOf)
                        .toList());
    }

    private static Clearing clearingOf(Sums sums) {
        var difference = sums.inLedger().minus(sums.atGateway()).minus(sums.underWay());
        return new Clearing(sums.inLedger(), sums.atGateway(), sums.underWay(), difference);
    }
}
