package kontor.orders;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import kontor.accounts.PersonalData;
import kontor.idempotency.Idempotency;
import kontor.web.Refusal;
import org.springframework.http.HttpStatus;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * What orders say of the person who placed them. The orders themselves, what was bought and what was paid stay when the
 * person is erased: the books are about them. Addresses of e-mail and delivery do not.
 */
@Component
class OrdersOfPeople implements PersonalData {
    private static final String ORDERS = "orders";
    private static final int PAGE = 200;
    private final Orders orders;
    private final OrderStore store;
    private final RefundViews refunds;
    private final Idempotency idempotency;
    private final TransactionTemplate transaction;

    OrdersOfPeople(
            Orders orders,
            OrderStore store,
            RefundViews refunds,
            Idempotency idempotency,
            TransactionTemplate transaction) {
        this.orders = orders;
        this.store = store;
        this.refunds = refunds;
        this.idempotency = idempotency;
        this.transaction = transaction;
    }

    /** An order with what was given back for it. */
    record OrderOfPerson(OrderView order, List<RefundView> refunds) {}

    @Override
    public String name() {
        return ORDERS;
    }

    @Override
    public Optional<Refusal> reasonToKeep(long userId) {
        return store.hasOpen(userId)
                ? Optional.of(new Refusal(
                        HttpStatus.CONFLICT,
                        "open_orders",
                        "There are orders that have not come to their end. Cancel them, or wait for them."))
                : Optional.empty();
    }

    @Override
    public void erase(long userId) {
        idempotency.forgetAbout(ORDERS, store.erasePerson(userId));
    }

    @Override
    public List<OrderOfPerson> of(long userId) {
        var all = new ArrayList<OrderOfPerson>();
        var before = Long.MAX_VALUE;
        while (true) {
            var page = orders.list(before, PAGE, userId, null);
            for (var order : page) all.add(new OrderOfPerson(order, refunds.ofOrder(order.id(), false)));
            if (page.size() < PAGE) return all;
            before = page.getLast().id();
        }
    }

    /**
     * An order that was on its way while its customer was erased is carried out, and forgotten when it has ended. And an
     * answer that was on its way is kept first, and forgotten here.
     */
    @Scheduled(
            initialDelayString = "${kontor.orders.erasing-interval:1h}",
            fixedDelayString = "${kontor.orders.erasing-interval:1h}")
    void eraseLate() {
        transaction.executeWithoutResult(_ -> {
            idempotency.forgetAbout(ORDERS, store.eraseErased());
            idempotency.forgetAbout(ORDERS, store.ofThoseErasedLately());
        });
    }
}
