package kontor.inventory;

/** A place where stock lies. */
public record Location(int id, String code, String name) {
    /** Where orders are filled from. */
    static final int OF_ORDERS = 1;
}
