package kontor.simulator;

/** Something the outside is told. {@code type} is Stripe's, and its first words say which object it shows. */
record Event(String id, String type) {
    /** The name, in a line, of the object that the event shows. */
    String object() {
        if (type.startsWith("payment_intent.")) return Line.INTENT;
        if (type.startsWith("refund.")) return Line.REFUND;
        if (type.startsWith("charge.dispute.")) return Line.DISPUTE;
        if (type.startsWith("payout.")) return type.equals("payout.created") ? Line.PAYOUT_ON_ITS_WAY : Line.PAYOUT;
        return Line.CHARGE;
    }
}
