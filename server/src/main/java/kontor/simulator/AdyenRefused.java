package kontor.simulator;

/** A request that is turned down before it has any effect, in Adyen's words. */
final class AdyenRefused extends RuntimeException {
    private final transient Reply reply;

    AdyenRefused(Reply reply) {
        super(null, null, false, false); // an answer, not an accident: nobody reads its stack
        this.reply = reply;
    }

    Reply reply() {
        return reply;
    }
}
