package kontor.simulator;

import java.security.SecureRandom;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;

/** Ids in Stripe's manner: a prefix, then letters and digits that nobody has had before. */
final class RandomIds {
    private static final String LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int LENGTH = 24;

    private static final SecureRandom UNGUESSABLE = new SecureRandom();

    private RandomIds() {}

    static String next(String prefix) {
        return with(prefix, ThreadLocalRandom.current());
    }

    /** Ids that open a door to whoever knows them. */
    static String secret(String prefix) {
        return with(prefix, UNGUESSABLE);
    }

    private static String with(String prefix, RandomGenerator random) {
        var id = new StringBuilder(prefix.length() + LENGTH).append(prefix);
        for (var i = 0; i < LENGTH; i++) id.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        return id.toString();
    }
}
