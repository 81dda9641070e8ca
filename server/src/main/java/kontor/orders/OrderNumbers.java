package kontor.orders;

import java.util.OptionalLong;
import java.util.UUID;

/**
 * Order numbers that can be read out on the telephone and not be guessed: {@code K7Q2-9F3M}. A number is the order's id
 * behind a permutation of 40 bits whose key only this shop knows, so that no two ids share a number and no table has to
 * look one up. Four rounds of a Feistel network, as in Luby and Rackoff, "How to construct pseudorandom permutations
 * from pseudorandom functions" (1988); digits are Douglas Crockford's base 32, which has no I, L, O and U.
 */
class OrderNumbers {
    private static final String DIGITS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    private static final int HALF = 20;
    private static final long HALF_MASK = (1L << HALF) - 1;
    private static final int ROUNDS = 4;
    private static final int LENGTH = 8;

    private final long[] roundKeys = new long[ROUNDS];

    OrderNumbers(UUID key) {
        for (var round = 0; round < ROUNDS; round++) {
            var half = round % 2 == 0 ? key.getMostSignificantBits() : key.getLeastSignificantBits();
            roundKeys[round] = mix(half + round);
        }
    }

    /** @throws IllegalArgumentException when the id needs more than 40 bits: a trillion orders */
    String numberOf(long orderId) {
        if (orderId < 0 || orderId >= 1L << (2 * HALF)) throw new IllegalArgumentException("order id " + orderId);
        var left = orderId >>> HALF;
        var right = orderId & HALF_MASK;
        for (var round = 0; round < ROUNDS; round++) {
            var next = left ^ scrambled(right, round);
            left = right;
            right = next;
        }
        var number = new StringBuilder(LENGTH + 1);
        var bits = (left << HALF) | right;
        for (var digit = LENGTH - 1; digit >= 0; digit--) {
            number.append(DIGITS.charAt((int) (bits >>> (5 * digit)) & 31));
            if (digit == LENGTH / 2) number.append('-');
        }
        return number.toString();
    }

    /** The id behind a number as people write it: small letters, without the dash, O for 0, I and L for 1. */
    OptionalLong idOf(String number) {
        var bits = 0L;
        var digits = 0;
        for (var i = 0; i < number.length(); i++) {
            var c = Character.toUpperCase(number.charAt(i));
            if (c == '-') continue;
            var digit = DIGITS.indexOf(c == 'O' ? '0' : (c == 'I' || c == 'L') ? '1' : c);
            if (digit < 0 || ++digits > LENGTH) return OptionalLong.empty();
            bits = (bits << 5) | digit;
        }
        if (digits != LENGTH) return OptionalLong.empty();
        var left = bits >>> HALF;
        var right = bits & HALF_MASK;
        for (var round = ROUNDS - 1; round >= 0; round--) {
            var before = right ^ scrambled(left, round);
            right = left;
            left = before;
        }
        return OptionalLong.of((left << HALF) | right);
    }

    private long scrambled(long half, int round) {
        return mix(half ^ roundKeys[round]) & HALF_MASK;
    }

    /** SplitMix64's finalizer (Steele, Lea, Flood, "Fast splittable pseudorandom number generators", 2014). */
    private static long mix(long value) {
        var z = value + 0x9e3779b97f4a7c15L;
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
