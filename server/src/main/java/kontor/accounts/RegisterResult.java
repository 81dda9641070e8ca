package kontor.accounts;

/** What became of a wish for an account. */
public sealed interface RegisterResult {
    record Registered(User user) implements RegisterResult {}

    /** Somebody else has an account with this address, in whatever case. */
    record EmailTaken() implements RegisterResult {}
}
