package kontor.accounts.oauth;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Supplier;
import kontor.accounts.oauth.SaveClientResult.NameTaken;
import kontor.accounts.oauth.SaveClientResult.Saved;
import kontor.accounts.sessions.OAuthSessions;
import kontor.accounts.sessions.Opaque;
import kontor.auditlog.Act;
import kontor.auditlog.AuditLog;
import kontor.web.Caller;
import kontor.web.Refusal;
import kontor.web.Refusal.FieldError;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Service;
import org.springframework.transaction.support.TransactionTemplate;

/**
 * The clients that staff have registered. Nobody gives a client more than they may do themselves: whoever has the secret
 * of a client that acts for itself can do what its scopes say.
 */
@Service
class Clients {
    private final ClientStore store;
    private final OAuthSessions sessions;
    private final AuditLog log;
    private final TransactionTemplate transaction;

    Clients(ClientStore store, OAuthSessions sessions, AuditLog log, TransactionTemplate transaction) {
        this.store = store;
        this.sessions = sessions;
        this.log = log;
        this.transaction = transaction;
    }

    List<ClientView> list() {
        return store.list();
    }

    Optional<ClientView> find(UUID id) {
        return store.find(id).map(ClientStore.Kept::view);
    }

    /** @throws Refusal 422 naming every field that breaks a rule, 403 for a scope that the caller may not give */
    SaveClientResult create(ClientRequest wanted, Caller caller) {
        check(wanted);
        checkRights(caller, wanted.scopes());
        var secret = wanted.isConfidential() ? Opaque.random() : null;
        return inTransaction(() -> {
            var created = store.insert(wanted, secret == null ? null : Opaque.hash(secret));
            if (created.isEmpty()) return new NameTaken();
            log.record(act("create", created.get()).changed(null, created.get()));
            return new Saved(created.get(), secret);
        });
    }

    /** @throws Refusal 404, 422 or 403 */
    SaveClientResult change(UUID id, ClientChange change, Caller caller) {
        try {
            return inTransaction(() -> {
                var before = lock(id);
                checkRedirects(
                        change.redirectUris(),
                        before.grantTypes().contains(GrantType.AUTHORIZATION_CODE),
                        new ArrayList<>());
                checkRights(
                        caller,
                        isLoosened(before, change)
                                ? change.scopes()
                                : change.scopes().stream()
                                        .filter(scope -> !before.scopes().contains(scope))
                                        .toList());
                var after = store.change(id, change);
                log.record(act("change", after).changed(before, after));
                return new Saved(after, null);
            });
        } catch (DuplicateKeyException e) {
            return new NameTaken();
        }
    }

    /** Whoever says where a client's codes go, or that nobody is asked, has in their hands all that it may do. */
    private static boolean isLoosened(ClientView before, ClientChange change) {
        return !before.redirectUris().containsAll(change.redirectUris())
                || (before.consentRequired() && !change.consentRequired());
    }

    /**
     * Gives a client a new secret; the old one is good no more.
     *
     * @throws Refusal 404, 409 for a public client, 403 for one that may do what the caller may not
     */
    Saved rotateSecret(UUID id, Caller caller) {
        return inTransaction(() -> {
            var client = lock(id);
            if (!client.confidential())
                throw new Refusal(HttpStatus.CONFLICT, "public_client", "A public client has no secret.");
            checkRights(caller, client.scopes());
            var secret = Opaque.random();
            store.setSecret(id, Opaque.hash(secret));
            log.record(act("rotate_secret", client));
            return new Saved(client, secret);
        });
    }

    /**
     * Turns a client away, whose tokens are good no more; or lets it ask again.
     *
     * @throws Refusal 404, or 403 for letting one in that may do what the caller may not
     */
    ClientView setDisabled(UUID id, boolean disabled, Caller caller) {
        return inTransaction(() -> {
            var before = lock(id);
            if (!disabled) checkRights(caller, before.scopes());
            var after = store.setDisabled(id, disabled);
            if (disabled) sessions.endOf(id.toString(), null, OAuthSessions.CLIENT_DISABLED);
            log.record(act(disabled ? "disable" : "enable", after).changed(before, after));
            return after;
        });
    }

    /** @throws Refusal 404 */
    void delete(UUID id) {
        transaction.executeWithoutResult(_ -> {
            var client = lock(id);
            sessions.endOf(id.toString(), null, OAuthSessions.CLIENT_DISABLED);
            store.delete(id);
            log.record(act("delete", client).changed(client, null));
        });
    }

    private ClientView lock(UUID id) {
        return store.lock(id).orElseThrow(Clients::noSuchClient).view();
    }

    static Refusal noSuchClient() {
        return Refusal.notFound("OAuth client");
    }

    private static void check(ClientRequest wanted) {
        var errors = new ArrayList<FieldError>();
        var grants = wanted.grantTypes();
        if (!wanted.isConfidential() && grants.contains(GrantType.CLIENT_CREDENTIALS))
            errors.add(
                    new FieldError("grant_types", "needs_a_secret", "client_credentials is for confidential clients"));
        if (grants.contains(GrantType.REFRESH_TOKEN) && !grants.contains(GrantType.AUTHORIZATION_CODE))
            errors.add(new FieldError("grant_types", "incomplete", "refresh_token needs authorization_code"));
        checkRedirects(wanted.redirects(), grants.contains(GrantType.AUTHORIZATION_CODE), errors);
    }

    private static void checkRedirects(Collection<String> redirects, boolean needed, List<FieldError> errors) {
        if (needed && redirects.isEmpty())
            errors.add(new FieldError("redirect_uris", "required", "is needed for authorization_code"));
        if (!needed && !redirects.isEmpty())
            errors.add(new FieldError("redirect_uris", "not_for_this_grant", "is for authorization_code only"));
        var number = 0;
        for (var redirect : redirects) {
            if (!RedirectUri.isAllowed(redirect))
                errors.add(new FieldError(
                        "redirect_uris[" + number + "]",
                        "invalid",
                        "must be an https address, or http to this machine, without fragment, user, .. and ;"));
            number++;
        }
        if (!errors.isEmpty()) throw Refusal.ofFields(errors);
    }

    private static void checkRights(Caller caller, Collection<String> scopes) {
        for (var scope : scopes)
            if (scope.contains(":") && !caller.may(scope))
                throw new Refusal(
                        HttpStatus.FORBIDDEN,
                        "forbidden",
                        "Nobody gives a client more than they may do themselves: " + scope + ".");
    }

    private static Act act(String action, ClientView client) {
        return Act.of("oauth_clients." + action, "oauth_client:" + client.id());
    }

    private <T> T inTransaction(Supplier<T> work) {
        return Objects.requireNonNull(transaction.execute(_ -> work.get()));
    }
}
