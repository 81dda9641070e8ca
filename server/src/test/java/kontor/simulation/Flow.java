package kontor.simulation;

/** What moves money, from a client's request or a gateway's message to the books. */
enum Flow {
    PLACE_BY_CARD(5),
    PLACE_ON_INVOICE(1),
    PLACE_AND_DECLINE(5),
    CONFIRM_BY_MESSAGE(5),
    CAPTURE(7),
    CAPTURE_IN_PART(7),
    REFUND_OVER_TWO_PAYMENTS(9),
    CANCEL_A_HOLD(5),
    PAY_AN_INVOICE_BY_CARD(7),
    RECORD_A_TRANSFER(3),
    HEAR_OF_A_DISPUTE(3),
    TAKE_LATE_MONEY(7),
    TAKE_A_LATE_HOLD(7),
    A_HOLD_IS_GONE(3),
    A_REFUND_COMES_BACK(3),
    THE_BUYER_IS_BACK(3),
    CANCEL_AN_INVOICE(1),
    REPLAY_A_MESSAGE(3),
    EXPIRE(5),
    END_A_FORGOTTEN_PAYMENT(5);

    /** Or else the places to die in are not where they should be. */
    final long leastPoints;

    Flow(long leastPoints) {
        this.leastPoints = leastPoints;
    }
}
