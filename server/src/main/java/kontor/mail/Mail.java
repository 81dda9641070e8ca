package kontor.mail;

import java.util.regex.Pattern;

/**
 * A mail in plain text to one person.
 *
 * @param to an ASCII address without a name: nothing in it or in {@code subject} can begin another header
 * @param subject 1 to 200 characters, of any script
 * @param text lines end with {@code \n}
 */
public record Mail(String to, String subject, String text) {
    private static final Pattern ADDRESS =
            Pattern.compile("[\\x21-\\x7e&&[^@,;<>()\"\\\\]]{1,64}@[A-Za-z0-9.-]{1,252}");
    private static final int LONGEST_SUBJECT = 200;

    /** @throws IllegalArgumentException when it could not be sent as it is */
    public Mail {
        if (!ADDRESS.matcher(to).matches()) throw new IllegalArgumentException("No mail can be sent to this address");
        if (subject.isBlank()
                || subject.length() > LONGEST_SUBJECT
                || subject.chars().anyMatch(Character::isISOControl))
            throw new IllegalArgumentException("A subject is one line of at most " + LONGEST_SUBJECT + " characters");
    }

    @Override
    public String toString() {
        return "Mail[" + subject + "]"; // never the text, which may hold a link that opens an account
    }
}
