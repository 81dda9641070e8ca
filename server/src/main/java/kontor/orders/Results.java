package kontor.orders;

import java.util.IdentityHashMap;
import java.util.List;

/** What became of each command of a batch. A transaction collects into its own, which count only once it has committed. */
class Results {
    private final List<LaneCommand> commands;
    private final IdentityHashMap<LaneCommand, LaneResult> results;

    Results(List<LaneCommand> commands) {
        this.commands = commands;
        this.results = new IdentityHashMap<>(commands.size() * 2);
    }

    /** Empty, for the same commands. */
    Results(Results other) {
        this(other.commands);
    }

    void set(LaneCommand command, LaneResult result) {
        results.put(command, result);
    }

    boolean isOpen(LaneCommand command) {
        return !results.containsKey(command);
    }

    void take(Results committed) {
        results.putAll(committed.results);
    }

    /** In the order of the commands. */
    List<LaneResult> list() {
        return commands.stream().map(results::get).toList();
    }
}
