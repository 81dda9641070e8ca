package kontor.accounts;

import java.time.Instant;
import java.util.List;

/**
 * Somebody with an account.
 *
 * @param email as it was given; compared without regard to case
 * @param roles names of the sets of permissions this user has, in alphabetical order
 */
public record User(long id, String name, String email, List<String> roles, Instant createdAt) {}
