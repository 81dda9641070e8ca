package kontor.crash;

import java.util.ArrayList;
import java.util.List;

/** Signals to PostgreSQL. */
public final class Signals {
    private Signals() {}

    /** To the postmaster first, so that it has no more children when they are told. */
    public static void send(String signal, long postmaster) throws Exception {
        kill(signal, List.of(postmaster));
        var children = ProcessHandle.of(postmaster).stream()
                .flatMap(ProcessHandle::children)
                .map(ProcessHandle::pid)
                .toList();
        if (!children.isEmpty()) kill(signal, children);
    }

    private static void kill(String signal, List<Long> processes) throws Exception {
        var command = new ArrayList<>(List.of("kill", "-" + signal));
        processes.forEach(process -> command.add(Long.toString(process)));
        new ProcessBuilder(command).start().waitFor(); // a child may have ended meanwhile
    }
}
