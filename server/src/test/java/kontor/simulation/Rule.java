package kontor.simulation;

/** What can be taken away from the payment core, to see whether the simulation notices. */
enum Rule {
    /** Nothing is taken away. */
    NONE,
    /** What is sent again is sent under the same key. */
    KEYS_ARE_REUSED,
    /** An answer that does not come says nothing about the money. */
    SILENCE_IS_NO_REFUSAL,
    /** What a search does not find is sent again under its key before it is believed. */
    NOT_FOUND_IS_FENCED,
    /** Who finds an operation settled changes nothing. */
    SETTLED_ONCE,
    /** The books are written in the transaction of what they are about. */
    BOOKED_TOGETHER,
    /** The key of a request is committed with what the request does. */
    REQUESTS_ARE_REMEMBERED,
    /** What will be asked is committed before it is asked. */
    INTENT_FIRST,
    /** What is under way counts as spent, and keeps others from beginning beside it: either of these would be enough. */
    UNDER_WAY_COUNTS
}
