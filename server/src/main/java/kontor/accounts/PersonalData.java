package kontor.accounts;

import java.util.Optional;
import kontor.web.Refusal;

/**
 * What a module, or a part of this one, keeps about users. Each says so by a bean of this kind: it is asked when somebody
 * wants to have what is kept of them, or to be erased.
 */
public interface PersonalData {
    /** What it is called where somebody is given theirs: {@code orders}. */
    String name();

    /** Why this user cannot be erased yet. The user's row is locked: whoever names it in a row of theirs waits. */
    Optional<Refusal> reasonToKeep(long userId);

    /** Takes the person out of what the module keeps, in the transaction that erases the user. */
    void erase(long userId);

    /** What is kept of the person, in the form in which it is shown to them. */
    Object of(long userId);
}
