package kontor.accounts;

/** Who may open an account. */
public enum RegistrationMode {
    /** Anybody, who can log in at once. It is told when an address is taken. */
    OPEN,
    /** Anybody, who can log in when they have followed a link that is mailed to them. It is not told who has an account. */
    VERIFIED,
    /** Staff, for others; and whoever logs in elsewhere for the first time, where the settings say so. */
    CLOSED
}
