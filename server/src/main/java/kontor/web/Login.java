package kontor.web;

import java.time.Instant;
import java.util.Set;
import java.util.UUID;

/**
 * How a caller has come in.
 *
 * @param session the login that goes on
 * @param at when they last showed who they are
 * @param methods how, in the words of RFC 8176: {@code pwd}, {@code otp}, {@code hwk} …
 */
public record Login(UUID session, Instant at, Set<String> methods, SecondFactor secondFactor) {
    /** How it stands with the second factor. */
    public enum SecondFactor {
        /** The user has none, and need not. */
        NONE,
        /** This login has shown it. */
        SHOWN,
        /** The user has one, which this login has not shown. */
        NOT_SHOWN,
        /** The user has none and has to have one: this login is good for enrolling one. */
        TO_ENROL
    }

    public Login(UUID session, Instant at, Set<String> methods) {
        this(session, at, methods, SecondFactor.NONE);
    }
}
