package kontor.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/** The faults that are switched on. With none on, a call costs nothing more. */
final class Faults {
    private static final int MOST = 100;

    private static final class Armed {
        private final Fault fault;
        private final Random dice;
        private @Nullable Integer left;

        Armed(Fault fault) {
            this.fault = fault;
            dice = new Random(fault.seed());
            left = fault.count();
        }

        boolean concerns(String name, boolean aboutWebhooks) {
            return fault.kind() != Fault.Kind.SEARCH_LAG
                    && fault.kind().isAboutWebhooks() == aboutWebhooks
                    && fault.fits(name);
        }

        /** Whether it hits this time; every call that it fits is a throw of the dice. */
        boolean hits() {
            if (dice.nextDouble() >= fault.probability()) return false;
            if (left != null) left--;
            return true;
        }

        Fault drawn() {
            return fault.kind() == Fault.Kind.WEBHOOK_SHUFFLED
                    ? fault.lasting(dice.nextLong(fault.millis() + 1))
                    : fault;
        }

        boolean isSpent() {
            return left != null && left <= 0;
        }
    }

    private final List<Armed> armed = new ArrayList<>();
    private volatile boolean any;

    /** @throws IllegalArgumentException when there are too many */
    synchronized void add(List<Fault> faults) {
        if (armed.size() + faults.size() > MOST) throw new IllegalArgumentException("More than " + MOST + " faults.");
        faults.forEach(fault -> armed.add(new Armed(fault)));
        any = !armed.isEmpty();
    }

    synchronized void clear() {
        armed.clear();
        any = false;
    }

    /** What is to go wrong with a call; the first fault that hits has it. */
    @Nullable
    Fault forCall(String operation) {
        return any ? draw(operation, false) : null;
    }

    /** What is to go wrong with telling of an event. */
    @Nullable
    Fault forEvent(String type) {
        return any ? draw(type, true) : null;
    }

    private synchronized @Nullable Fault draw(String name, boolean aboutWebhooks) {
        var hit = armed.stream()
                .filter(candidate -> candidate.concerns(name, aboutWebhooks) && candidate.hits())
                .findFirst()
                .orElse(null);
        armed.removeIf(Armed::isSpent);
        any = !armed.isEmpty();
        return hit == null ? null : hit.drawn();
    }

    /** How far searches lag behind, in milliseconds. */
    synchronized long searchLag() {
        return armed.stream()
                .map(candidate -> candidate.fault)
                .filter(fault -> fault.kind() == Fault.Kind.SEARCH_LAG)
                .mapToLong(Fault::millis)
                .max()
                .orElse(0);
    }

    /** As they were sent, each with the calls that are left to it. */
    synchronized byte[] json() {
        return Json.object(json -> {
            json.writeArrayPropertyStart("faults");
            for (var candidate : armed) {
                json.writeStartObject();
                json.writeName("fault");
                json.writeRawValue(candidate.fault.sent());
                json.writeName("calls_left");
                if (candidate.left == null) json.writeNull();
                else json.writeNumber(candidate.left);
                json.writeEndObject();
            }
            json.writeEndArray();
        });
    }
}
