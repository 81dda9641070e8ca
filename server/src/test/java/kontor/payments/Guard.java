package kontor.payments;

import org.springframework.jdbc.core.simple.JdbcClient;

/** What the database holds against those who want the same money at once, and how its owner takes that away. */
public enum Guard {
    /**
     * A payment has one operation under way at most. The statement that writes an operation names the index for this, so
     * the index stays, and what it would stumble over is put out of its way.
     */
    ONE_AT_A_TIME("operations", "INSERT", """
            UPDATE payments.operations SET state = 'waiting'
            WHERE order_id = NEW.order_id AND payment_id = NEW.payment_id AND state IN ('intent', 'unknown');
            """),

    /** What is under way counts as spent. */
    UNDER_WAY_IS_SPENT("payments", "UPDATE", "NEW.capturing := 0; NEW.refunding := 0;");

    private final String table;
    private final String event;
    private final String action;

    Guard(String table, String event, String action) {
        this.table = table;
        this.event = event;
        this.action = action;
    }

    /** @param owner the superuser's client */
    public void takeAway(JdbcClient owner) {
        owner.sql("""
                        CREATE OR REPLACE FUNCTION payments.without_%1$s() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
                        AS $$ BEGIN %4$s RETURN NEW; END $$;
                        CREATE OR REPLACE TRIGGER without_%1$s BEFORE %3$s ON payments.%2$s
                        FOR EACH ROW EXECUTE FUNCTION payments.without_%1$s()
                        """.formatted(name(), table, event, action)).update();
    }

    public void putBack(JdbcClient owner) {
        owner.sql("DROP TRIGGER IF EXISTS without_%s ON payments.%s".formatted(name(), table))
                .update();
    }

    /** Takes the limits away for good that the table of payments checks itself, whatever is written to it. */
    public static void dropLimits(JdbcClient owner) {
        owner.sql("""
                        DO $$
                        DECLARE limit_name text;
                        BEGIN
                            FOR limit_name IN SELECT conname FROM pg_constraint
                                              WHERE conrelid = 'payments.payments'::regclass AND contype = 'c' LOOP
                                EXECUTE format('ALTER TABLE payments.payments DROP CONSTRAINT %I', limit_name);
                            END LOOP;
                        END $$
                        """).update();
    }
}
