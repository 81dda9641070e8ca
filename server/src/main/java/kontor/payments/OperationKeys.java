package kontor.payments;

import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;

/** What operations are called at their gateways: idempotency keys, which carry our names of order and operation. */
@Component
class OperationKeys {
    private static final Pattern NAME = Pattern.compile("([0-9]{1,18})-([0-9]{1,18})(?:[-:].*)?");

    private final PaymentStore store;
    private volatile @Nullable String known;

    OperationKeys(PaymentStore store) {
        this.store = store;
    }

    /** What the operation is called at its gateway: the same for every try, and of this installation alone. */
    String of(Operation operation) {
        return prefix() + operation.orderId() + "-" + operation.id();
    }

    /** What every key of this installation begins with. */
    String prefix() {
        var prefix = known;
        if (prefix == null) {
            prefix = store.installation().toString().substring(0, 13) + "-";
            known = prefix;
        }
        return prefix;
    }

    /** What an operation is called in our tables. */
    record Name(long orderId, long operationId) {}

    /** The operation that a gateway's message names, also where something follows its key; empty for anybody else's. */
    Optional<Name> nameIn(String operationKey) {
        var prefix = prefix();
        var numbers = NAME.matcher(operationKey);
        return operationKey.startsWith(prefix)
                        && numbers.region(prefix.length(), operationKey.length())
                                .matches()
                ? Optional.of(new Name(Long.parseLong(numbers.group(1)), Long.parseLong(numbers.group(2))))
                : Optional.empty();
    }
}
