package kontor.accounts.oauth;

import jakarta.validation.Validator;
import kontor.accounts.factors.Assertion;
import kontor.web.Refusal;
import org.springframework.stereotype.Component;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/** Reads the passkey that a form brings along as JSON, by the rules for those that come in a body. */
@Component
class FormPasskeys {
    private static final int LONGEST = 30_000;
    private final JsonMapper json;
    private final Validator validator;

    FormPasskeys(JsonMapper json, Validator validator) {
        this.json = json;
        this.validator = validator;
    }

    /** @throws Refusal 422 for what is none */
    Assertion read(String given) {
        if (given.length() > LONGEST) throw notOne();
        try {
            var assertion = json.readValue(given, Assertion.class);
            if (assertion == null || !validator.validate(assertion).isEmpty()) throw notOne();
            return assertion;
        } catch (JacksonException e) {
            throw notOne();
        }
    }

    private static Refusal notOne() {
        return Refusal.ofField("passkey", "invalid", "is none as browsers show them");
    }
}
