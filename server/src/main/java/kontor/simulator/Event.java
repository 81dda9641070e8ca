package kontor.simulator;

/** Something the outside is told. {@code type} is Stripe's, and its first word says which object it shows. */
record Event(String id, String type) {
    /** The name, in a line, of the object that the event shows. */
    String object() {
        if (type.startsWith("payment_intent.")) return Line.INTENT;
        return type.startsWith("refund.") ? Line.REFUND : Line.CHARGE;
    }
}
