package kontor.orders;

import java.math.BigInteger;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/** Divides an amount among parts, to the last minor unit. */
final class Split {
    private Split() {}

    /**
     * In proportion to what is left of each part, by largest remainder; no part gets more than is left of it, so that
     * several divisions together never exceed any of them, and the last one takes exactly the rest.
     *
     * @param amount in minor units, 0 or above; what goes beyond the sum of the parts falls to the first
     * @param left of each part, none below 0, in minor units
     * @return as many shares as there are parts, their sum is {@code amount}
     */
    static long[] of(long amount, long... left) {
        var whole = LongStream.of(left).reduce(0, Math::addExact);
        if (amount >= whole) {
            var shares = left.clone();
            shares[0] = Math.addExact(shares[0], amount - whole);
            return shares;
        }
        var shares = new long[left.length];
        var remainders = new BigInteger[left.length];
        var undivided = amount;
        for (var i = 0; i < left.length; i++) {
            var exact = BigInteger.valueOf(amount)
                    .multiply(BigInteger.valueOf(left[i]))
                    .divideAndRemainder(BigInteger.valueOf(whole));
            shares[i] = exact[0].longValueExact();
            remainders[i] = exact[1];
            undivided -= shares[i];
        }
        // A remainder above zero means that the share is below what is left, so one more unit still fits.
        var byRemainder = IntStream.range(0, left.length)
                .boxed()
                .sorted((a, b) -> remainders[b].compareTo(remainders[a]))
                .toList();
        for (var i = 0; i < undivided; i++) shares[byRemainder.get(i)]++;
        return shares;
    }
}
