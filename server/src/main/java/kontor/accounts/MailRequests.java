package kontor.accounts;

import static java.util.Objects.requireNonNull;

import kontor.accounts.sessions.Client;
import kontor.accounts.throttling.Throttle;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * Wishes of guests to be sent a mail. The request only writes the wish down, whoever it is about; whether there is such an
 * account is looked up afterwards, and only a mail that is written counts for its address. So neither the answer nor the
 * time that it takes tells who has an account.
 */
@Component
class MailRequests {
    private static final int BATCH = 20;
    private final MailRequestStore store;
    private final Throttle throttle;
    private final Verifications verifications;
    private final PasswordResets resets;
    private final TransactionTemplate transaction;

    MailRequests(
            MailRequestStore store,
            Throttle throttle,
            Verifications verifications,
            PasswordResets resets,
            TransactionTemplate transaction) {
        this.store = store;
        this.throttle = throttle;
        this.verifications = verifications;
        this.resets = resets;
        this.transaction = transaction;
    }

    /** @throws Refusal 422 for what is no address, 429 when there were too many from this network */
    void add(MailRequest.Kind kind, @Nullable String email, Client client) {
        EmailAddress.faultIn(email).ifPresent(fault -> {
            throw Refusal.ofField(fault.field(), fault.code(), fault.message());
        });
        throttle.admitMailRequest(client);
        store.insert(new MailRequest(kind, requireNonNull(email)));
    }

    @Scheduled(fixedDelayString = "${kontor.accounts.mail-requests-interval:1s}")
    void work() {
        while (Integer.valueOf(BATCH).equals(transaction.execute(_ -> workABatch()))) {
            // there may be more
        }
    }

    private int workABatch() {
        var taken = store.take(BATCH);
        for (var request : taken)
            switch (request.kind()) {
                case RESET_PASSWORD -> resets.mail(request.email());
                case VERIFY_EMAIL -> verifications.mailAgain(request.email());
            }
        return taken.size();
    }
}
