package kontor.simulator;

/**
 * What the acquirer keeps for itself. Nothing but the amount decides it, so anybody can check it.
 *
 * @param basisPoints hundredths of a percent of what is captured, rounded half up
 * @param fixed added to it, in minor units
 * @param dispute for a dispute, won or lost, in minor units
 */
public record Fees(int basisPoints, long fixed, long dispute) {
    private static final int WHOLE = 10_000;

    /** As Stripe's price list for European cards: 1.5 % and 20, and 2000 for a dispute. */
    public static final Fees USUAL = new Fees(150, 20, 2000);

    public Fees {
        if (basisPoints < 0 || basisPoints > WHOLE || fixed < 0 || dispute < 0) {
            throw new IllegalArgumentException("fees are from 0, a share at most " + WHOLE + " basis points");
        }
    }

    /** @return never more than the amount */
    long ofCharge(long amount) {
        return Math.min(amount, (amount * basisPoints + WHOLE / 2) / WHOLE + fixed);
    }
}
