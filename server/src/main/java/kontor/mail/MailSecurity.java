package kontor.mail;

/** How the connection to the mail server is kept from others. */
enum MailSecurity {
    /** It begins in the clear and changes to TLS before anything is said; a server that does not is not spoken with. */
    STARTTLS,
    /** TLS from the first byte. */
    TLS,
    /** In the clear, to a mail server on this machine. */
    PLAIN
}
