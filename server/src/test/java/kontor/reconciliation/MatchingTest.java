package kontor.reconciliation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import kontor.money.Money;
import kontor.payments.BalancePage.Kind;
import kontor.reconciliation.BookLine.State;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MatchingTest {
    private static final long ORDER = 1;
    private static final long PAYMENT = 2;

    @Test
    void aLineIsFoundByItsKey() {
        var line = charge(1, 510, 7L);
        var fact = captured(1, 510, 7);
        assertThat(match(List.of(line), List.of(fact))).containsExactly(new Decision.Matched(line, List.of(fact)));
    }

    @Test
    void withoutAKeyByItsAmountAndSeveralOfOneAmountOneByOne() {
        var lines = List.of(charge(1, 255, null), charge(2, 255, null));
        var facts = List.of(captured(1, 255, 7), captured(2, 255, 8));
        assertThat(match(lines, facts))
                .containsExactly(
                        new Decision.Matched(lines.get(0), List.of(facts.get(0))),
                        new Decision.Matched(lines.get(1), List.of(facts.get(1))));
    }

    @Test
    void partsThatAgreeOnlyInTheirSumAreMatchedTogether() {
        var lines = List.of(charge(1, 1000, null), charge(2, -400, null));
        var facts = List.of(captured(1, 350, 7), captured(2, 250, 8));
        assertThat(match(lines, facts))
                .containsExactly(
                        new Decision.Matched(lines.get(0), List.of()), new Decision.Matched(lines.get(1), facts));
    }

    @Test
    void aSecondLineOfOneOperationIsADuplicateAtOnceAndLater() {
        var lines = List.of(charge(1, 510, 7L), charge(2, 510, 7L));
        var fact = captured(1, 510, 7);
        var duplicate = new Decision.Suspended(lines.get(1), BreakKind.DUPLICATE, fact);
        assertThat(match(lines, List.of(fact)))
                .containsExactly(new Decision.Matched(lines.get(0), List.of(fact)), duplicate);
        var known = new BookedFact(1, Kind.CHARGE, ORDER, PAYMENT, 7L, null, gbp(510), true);
        var before = line(1, Kind.CHARGE, gbp(510), null, 7L, State.MATCHED);
        assertThat(match(List.of(before, lines.get(1)), List.of(known)))
                .containsExactly(new Decision.Suspended(lines.get(1), BreakKind.DUPLICATE, known));
    }

    @Test
    void anotherAmountIsABreakOfTheDifference() {
        var line = charge(1, 500, 7L);
        var fact = captured(1, 510, 7);
        assertThat(match(List.of(line), List.of(fact))).containsExactly(new Decision.Differs(line, fact, -10));
    }

    @Test
    void anotherCurrencyIsABreakOfTheWhole() {
        var line = line(1, Kind.CHARGE, Money.of(510, "EUR"), null, 7L, State.WAITING);
        var fact = captured(1, 510, 7);
        assertThat(match(List.of(line), List.of(fact)))
                .containsExactly(new Decision.Suspended(line, BreakKind.CURRENCY_DIFFERS, fact));
    }

    @Test
    void whatNobodyBookedIsMissingHereUnlessAnAnswerMayCome() {
        var line = charge(1, 510, 7L);
        assertThat(match(List.of(line), List.of()))
                .containsExactly(new Decision.Suspended(line, BreakKind.MISSING_HERE, null));
        assertThat(Matching.of(List.of(line), List.of(), true)).isEmpty();
    }

    @Test
    void aRefundWithAnotherNameIsNotOursWhateverItsAmount() {
        var line = line(1, Kind.REFUND, gbp(-200), "re_theirs", null, State.WAITING);
        var fact = new BookedFact(1, Kind.REFUND, ORDER, PAYMENT, 9L, "re_ours", gbp(-200), false);
        assertThat(match(List.of(line), List.of(fact)))
                .containsExactly(new Decision.Suspended(line, BreakKind.MISSING_HERE, null));
        var ours = line(2, Kind.REFUND, gbp(-200), "re_ours", null, State.WAITING);
        assertThat(match(List.of(line, ours), List.of(fact)))
                .contains(new Decision.Matched(ours, List.of(fact)))
                .hasSize(2);
    }

    @Test
    void aRefundIsNeverTakenForACharge() {
        var line = line(1, Kind.REFUND, gbp(510), null, null, State.WAITING);
        assertThat(match(List.of(line), List.of(captured(1, 510, 7))))
                .containsExactly(new Decision.Suspended(line, BreakKind.MISSING_HERE, null));
    }

    @Test
    void disputesAreFoundByTheirNames() {
        var line = line(1, Kind.DISPUTE, gbp(-510), "du_1", null, State.WAITING);
        var fact = new BookedFact(1, Kind.DISPUTE, ORDER, PAYMENT, null, "du_1", gbp(-510), false);
        assertThat(match(List.of(line), List.of(fact))).containsExactly(new Decision.Matched(line, List.of(fact)));
    }

    private static List<Decision> match(List<BookLine> lines, List<BookedFact> facts) {
        return Matching.of(lines, facts, false);
    }

    private static Money gbp(long amount) {
        return Money.of(amount, "GBP");
    }

    private static BookLine charge(long id, long amount, @Nullable Long operation) {
        return line(id, Kind.CHARGE, gbp(amount), null, operation, State.WAITING);
    }

    private static BookLine line(
            long id, Kind kind, Money amount, @Nullable String source, @Nullable Long operation, State state) {
        return new BookLine(id, "stripe", kind, amount, 0, "txn_" + id, source, operation, ORDER, PAYMENT, state);
    }

    private static BookedFact captured(long id, long amount, long operation) {
        return new BookedFact(id, Kind.CHARGE, ORDER, PAYMENT, operation, null, gbp(amount), false);
    }
}
