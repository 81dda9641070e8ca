package kontor.accounts.factors;

import java.util.List;

/** What became of an authenticator app that was to be enrolled. */
sealed interface EnrolResult {
    /** @param recoveryCodes with the first factor; shown once, now */
    record Enrolled(List<String> recoveryCodes) implements EnrolResult {
        @Override
        public String toString() {
            return "Enrolled[" + recoveryCodes.size() + "]"; // never the codes
        }
    }

    record Wrong() implements EnrolResult {}

    /** Nothing waits for a code. */
    record NothingBegun() implements EnrolResult {}
}
