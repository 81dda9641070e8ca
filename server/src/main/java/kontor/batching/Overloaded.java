package kontor.batching;

/** The queue is full: the command was not taken, and nothing of it was written. */
public class Overloaded extends RuntimeException {
    Overloaded(String lanes, int bound) {
        super("All " + bound + " places before the lanes " + lanes + " are taken", null, false, false);
    }
}
