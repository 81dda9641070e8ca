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
public record Login(UUID session, Instant at, Set<String> methods) {}
