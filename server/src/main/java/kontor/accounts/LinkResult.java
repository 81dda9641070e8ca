package kontor.accounts;

/** What became of following a link that was mailed. */
sealed interface LinkResult {
    /** @param userId whose link it was */
    record Done(long userId) implements LinkResult {}

    /** It was used before, is too old, was withdrawn, or never was one: it is not told which. */
    record NotGood() implements LinkResult {}

    /** The account was opened with another password. The link stays good. */
    record WrongPassword() implements LinkResult {}

    /** Somebody else has come to have the address meanwhile. Whoever followed the link reads its mail, and may know. */
    record EmailTaken() implements LinkResult {}
}
