package kontor.accounts.federation;

/** Whether somebody whom an issuer knows is let in here. Nothing was written unless they are. */
sealed interface EnterResult {
    record Entered(long userId) implements EnterResult {}

    /** The user is disabled or erased. */
    record Shut() implements EnterResult {}

    /** There is an account with this address. It is somebody's, and who that is an address does not show. */
    record AccountExists() implements EnterResult {}

    /** Nobody here is linked with them, and this issuer makes no users. */
    record NoAccount() implements EnterResult {}

    /** A new user needs an address, and the issuer answers for none. */
    record NoAddress() implements EnterResult {}
}
