package kontor.accounts;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;
import kontor.web.Refusal;

/** Whether somebody can log in. */
public enum UserState {
    ACTIVE,
    /** Not before they have shown that mail reaches them. */
    UNVERIFIED,
    /** Staff keep them out. */
    DISABLED,
    /** The person was taken out of the record. */
    ERASED;

    String code() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** @throws Refusal 422 for a word that is none */
    static UserState ofCode(String field, String code) {
        for (var state : values()) if (state.code().equals(code)) return state;
        throw Refusal.ofField(
                field,
                "unknown",
                "must be one of " + Arrays.stream(values()).map(UserState::code).collect(Collectors.joining(", ")));
    }
}
