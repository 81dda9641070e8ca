package kontor.auditlog;

import java.util.List;
import java.util.regex.Pattern;
import kontor.web.Callers;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.support.TransactionSynchronizationManager;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The audit log. Whoever knows what an act was before and after records it here; of all other requests of staff that
 * change something the log takes down by itself what was asked for.
 */
@Component
public class AuditLog {
    private static final Pattern USER = Pattern.compile("user:([1-9][0-9]{0,17})( client:.*)?");
    private static final int LONGEST_ACTOR = 300;
    private static final int LONGEST_SUBJECT = 200;

    private final ActStore store;
    private final Recordable recordable;
    private final Refusals refusals;
    private final TransactionTemplate alone;

    AuditLog(ActStore store, Recordable recordable, Refusals refusals, PlatformTransactionManager transactions) {
        this.store = store;
        this.recordable = recordable;
        this.refusals = refusals;
        this.alone = new TransactionTemplate(transactions);
        this.alone.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);
    }

    /** Records what is done in the surrounding transaction: the act and its record exist together or not at all. */
    public void record(Act act) {
        store.insert(entry(act, Outcome.DONE));
        var request = StaffRequest.current();
        if (request != null) request.wrote(TransactionSynchronizationManager.isActualTransactionActive());
    }

    /**
     * Records that somebody is not who they say, or may not do what they want; of a network that tries it very often only
     * how often. It stays whatever becomes of the surrounding transaction; call it outside of any where you can, for within
     * one it takes a second connection. Nothing else is recorded then of a request that is answered 401 or 403.
     */
    public void recordRefused(Act act) {
        var request = Origin.request();
        if (request != null) Net.tookDown(request);
        if (!refusals.admit(request == null ? null : request.getRemoteAddr())) return;
        var entry = entry(act, Outcome.REFUSED);
        if (TransactionSynchronizationManager.isActualTransactionActive())
            StaffRequest.aside(() -> alone.executeWithoutResult(_ -> store.insert(entry)));
        else store.insert(entry);
    }

    /** What this user did, and clients did for them, the oldest first. */
    public List<OwnAct> of(long userId) {
        return store.of(userId);
    }

    private Entry entry(Act act, Outcome outcome) {
        var change = recordable.of(act.before(), act.after());
        var request = Origin.request();
        var caller = Callers.current();
        var actor = act.actor() != null ? act.actor() : request == null ? "server" : caller.principal();
        var isCallers = act.actor() == null || actor.equals(caller.principal());
        return new Entry(
                Recordable.plain(actor, LONGEST_ACTOR),
                isCallers && caller.isUser() ? Long.valueOf(caller.userId()) : userIdOf(actor),
                request == null ? Origin.SERVER : Origin.of(request),
                act.action(),
                act.subject() == null ? null : Recordable.plain(act.subject(), LONGEST_SUBJECT),
                change.before(),
                change.after(),
                outcome);
    }

    private static @Nullable Long userIdOf(String actor) {
        var user = USER.matcher(actor);
        return user.matches() ? Long.valueOf(user.group(1)) : null;
    }
}
