package kontor.accounts.factors;

import java.util.List;

/** What became of a passkey that was to be registered. */
sealed interface PasskeyResult {
    /** @param recoveryCodes with the first factor; shown once, now */
    record Registered(Passkey passkey, List<String> recoveryCodes) implements PasskeyResult {
        @Override
        public String toString() {
            return "Registered[" + passkey + "]"; // never the codes
        }
    }

    /** It does not fit what was asked for: another origin or relying party, a challenge that is over … */
    record NotGood() implements PasskeyResult {}

    /** There is one with its credential id. */
    record Taken() implements PasskeyResult {}

    record TooMany() implements PasskeyResult {}
}
