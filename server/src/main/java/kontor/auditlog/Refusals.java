package kontor.auditlog;

import jakarta.annotation.PreDestroy;
import java.net.InetAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.TransactionException;

/**
 * Sees to it that whoever is refused again and again fills no disk: of each network so many refusals a minute are recorded,
 * of all networks together thirty times as many, by each server. What was left out is counted, and the counts are recorded
 * at the end of the minute.
 */
@Component
class Refusals {
    private static final Logger log = LoggerFactory.getLogger(Refusals.class);
    static final int NETWORKS = 30;
    private static final String OTHERS = "others";
    private static final int LOCAL_PART = 8;

    private final ActStore store;
    private final int perNetwork;
    private Map<String, Count> counts = new HashMap<>();
    private int admitted;

    Refusals(ActStore store, AuditLogSettings settings) {
        this.store = store;
        this.perNetwork = settings.refusalsPerMinute();
    }

    private static final class Count {
        private int admitted;
        private long leftOut;
    }

    /** Counts a refusal. @return whether it may be recorded */
    synchronized boolean admit(@Nullable String address) {
        var count = countOf(networkOf(address));
        if (count.admitted >= perNetwork || admitted >= (long) NETWORKS * perNetwork) {
            count.leftOut++;
            return false;
        }
        count.admitted++;
        admitted++;
        return true;
    }

    /** The networks that come after very many others in a minute are counted as one. */
    private Count countOf(String network) {
        var known = counts.get(network);
        if (known != null) return known;
        return counts.computeIfAbsent(counts.size() < 2 * NETWORKS ? network : OTHERS, _ -> new Count());
    }

    /** The next minute begins. */
    @PreDestroy
    @Scheduled(fixedDelay = 1, timeUnit = TimeUnit.MINUTES)
    void tellWhatWasLeftOut() {
        for (var each : begin().entrySet()) if (each.getValue().leftOut > 0) tell(each.getKey(), each.getValue());
    }

    private synchronized Map<String, Count> begin() {
        var ended = counts;
        counts = new HashMap<>();
        admitted = 0;
        return ended;
    }

    private void tell(String network, Count count) {
        var origin = new Origin(network.isEmpty() ? null : network, null, null);
        var after = "{\"count\": " + count.leftOut + "}";
        try {
            store.insert(new Entry("server", null, origin, "refusals.left_out", null, null, after, Outcome.REFUSED));
        } catch (DataAccessException | TransactionException e) {
            log.warn(
                    "{} refusals from {} were left out of the audit log, which could not be recorded",
                    count.leftOut,
                    network,
                    e);
        }
    }

    /** The address; of IPv6 the first half, for whoever has one such address has all with this beginning. */
    static String networkOf(@Nullable String address) {
        if (address == null) return "";
        if (address.indexOf(':') < 0) return address;
        try {
            var bytes = InetAddress.ofLiteral(address).getAddress();
            if (bytes.length == Integer.BYTES)
                return InetAddress.ofLiteral(address).getHostAddress();
            for (var i = LOCAL_PART; i < bytes.length; i++) bytes[i] = 0;
            return InetAddress.getByAddress(bytes).getHostAddress() + "/64";
        } catch (IllegalArgumentException | java.net.UnknownHostException e) {
            return OTHERS;
        }
    }
}
