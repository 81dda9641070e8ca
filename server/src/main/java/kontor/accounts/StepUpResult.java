package kontor.accounts;

import java.util.Set;
import kontor.accounts.factors.FactorKind;

/** What became of somebody who was to show once more who they are. */
sealed interface StepUpResult {
    record Fresh() implements StepUpResult {}

    record WrongPassword() implements StepUpResult {}

    record WrongFactor() implements StepUpResult {}

    /** A password is not enough for who has one of these. */
    record FactorRequired(Set<FactorKind> factors) implements StepUpResult {}
}
