package kontor.idempotency;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import kontor.idempotency.IdempotencyStore.Name;
import kontor.web.Refusal;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.stereotype.Component;
import org.springframework.transaction.support.TransactionTemplate;
import tools.jackson.databind.json.JsonMapper;

/** Keeps the keys of requests, and answers those that come again. */
@Component
public class Idempotency {
    public static final String HEADER = "Idempotency-Key";
    private static final Pattern ACCEPTABLE = Pattern.compile("[\\x21-\\x7e]{1,255}");
    private static final Comparator<Claim> IN_KEY_ORDER = Comparator.comparing(
                    (Claim claim) -> claim.key().key())
            .thenComparing(claim -> claim.key().principal())
            .thenComparing(claim -> claim.key().route());

    private final IdempotencyStore store;
    private final TransactionTemplate transaction;
    private final JsonMapper json;

    Idempotency(IdempotencyStore store, TransactionTemplate transaction, JsonMapper json) {
        this.store = store;
        this.transaction = transaction;
        this.json = json;
    }

    /**
     * Reads the key of a request that needs one, because money or stock moves.
     *
     * @param given the values of the header
     * @param body what was understood of the request; it is written out again, so its form on the wire does not count
     * @throws Refusal 400 when there is none, several, or one that is not 1 to 255 printable ASCII characters
     */
    public RequestKey required(@Nullable List<String> given, String principal, String route, Object body) {
        if (given == null || given.isEmpty())
            throw new Refusal(
                    HttpStatus.BAD_REQUEST,
                    "idempotency_key_required",
                    "Send an Idempotency-Key header, so that this can be repeated safely.");
        if (given.size() > 1 || !ACCEPTABLE.matcher(given.getFirst()).matches())
            throw new Refusal(
                    HttpStatus.BAD_REQUEST,
                    "idempotency_key_invalid",
                    "Send one Idempotency-Key of 1 to 255 printable ASCII characters.");
        return RequestKey.of(principal, route, given.getFirst(), json.writeValueAsBytes(body));
    }

    /** The same where the key may be left out. @return null when it was */
    public @Nullable RequestKey optional(List<String> given, String principal, String route, Object body) {
        return given.isEmpty() ? null : required(given, principal, route, body);
    }

    /** The values of the header. */
    public static List<String> keysOf(HttpServletRequest request) {
        return Collections.list(request.getHeaders(HEADER));
    }

    /**
     * Takes the keys that nobody has used, inside the caller's transaction: the insert decides, not a look beforehand.
     *
     * @param claims no key twice
     * @return what is recorded of those that were used before; empty when all are new
     */
    public Map<RequestKey, Recorded> claim(List<Claim> claims) {
        // In one order everywhere, so that two transactions with the same keys wait for each other and never in a ring.
        var sorted = claims.stream().sorted(IN_KEY_ORDER).toList();
        var fresh = store.insert(sorted);
        if (fresh.size() == claims.size()) return Map.of();
        return find(sorted.stream()
                .map(Claim::key)
                .filter(key -> !fresh.contains(Name.of(key)))
                .toList());
    }

    /** What is recorded of these keys; those that nobody used are missing. */
    public Map<RequestKey, Recorded> find(List<RequestKey> keys) {
        var found = store.find(keys);
        var recorded = new HashMap<RequestKey, Recorded>();
        for (var key : keys) {
            var record = found.get(Name.of(key));
            if (record != null) recorded.put(key, record);
        }
        return recorded;
    }

    /** Records answers that were not known when the keys were claimed; takes part in the caller's transaction. */
    public void answer(List<Claim> answered) {
        if (!answered.isEmpty()) store.answer(answered);
    }

    /** Records the answer to a key that was claimed before, unless it has one. @return the one that counts: the first */
    public Answer answerOnce(RequestKey key, Answer answer) {
        transaction.executeWithoutResult(_ -> answer(List.of(new Claim(key, answer, null))));
        var recorded = find(List.of(key)).get(key);
        return recorded != null && recorded.answer() != null ? recorded.answer() : answer;
    }

    /** Takes away what was answered to this principal, who is not to be known any more. */
    public void forget(String principal) {
        store.forget(principal);
    }

    /**
     * Takes away what was answered to anybody about this.
     *
     * @param kind {@code users} or {@code orders}
     */
    public void forgetAbout(String kind, List<Long> ids) {
        if (!ids.isEmpty())
            store.forgetAbout(ids.stream().map(id -> kind + "/" + id).toList());
    }

    /** The bytes of an answer, to be sent and kept. */
    public Answer written(ResponseEntity<?> response) {
        return new Answer(
                response.getStatusCode().value(),
                response.getHeaders().getFirst(HttpHeaders.LOCATION),
                response.getHeaders().getFirst(HttpHeaders.ETAG),
                response.getBody() == null ? new byte[0] : json.writeValueAsBytes(response.getBody()));
    }

    /** 422: this key stands for another request. */
    public static Refusal reused() {
        return new Refusal(
                HttpStatus.UNPROCESSABLE_CONTENT,
                "idempotency_key_reused",
                "This Idempotency-Key was used for another request. Take a new one.");
    }

    /** 409: the first request with this key is still under way. */
    public static Refusal underWay() {
        return new Refusal(
                HttpStatus.CONFLICT,
                "request_in_progress",
                "The first request with this Idempotency-Key is still under way. Ask again shortly.",
                Map.of("retry_after", 1),
                List.of());
    }

    /**
     * Runs the effect once per key, in one transaction with the record of its answer. A refusal is not kept: nothing
     * has moved, so the same key may try again.
     *
     * @param key null for a request without one: the effect simply happens
     */
    public ResponseEntity<?> once(@Nullable RequestKey key, Supplier<ResponseEntity<?>> effect) {
        if (key == null) return effect.get();
        var outcome = transaction.execute(status -> {
            var before = claim(List.of(new Claim(key, null, null)));
            if (!before.isEmpty()) return replay(key, before.values().iterator().next());
            var response = effect.get();
            if (!response.getStatusCode().is2xxSuccessful()) {
                status.setRollbackOnly();
                return response;
            }
            var answer = written(response);
            answer(List.of(new Claim(key, answer, null)));
            return answer.toResponse(false);
        });
        if (outcome == null) throw new IllegalStateException("a transaction gave no answer");
        return outcome;
    }

    /**
     * The same for an effect that is many transactions, and by itself does nothing when it is repeated: its answer is
     * recorded behind it. After a crash in between, the repetition runs the effect again and finds everything done.
     */
    public ResponseEntity<?> onceBehind(RequestKey key, Supplier<ResponseEntity<?>> effect) {
        var before = find(List.of(key)).get(key);
        if (before != null) return replay(key, before);
        var response = effect.get();
        return response.getStatusCode().is2xxSuccessful() ? once(key, () -> response) : response;
    }

    /** Whether this is the answer to an earlier request. */
    public static boolean isReplayed(ResponseEntity<?> answer) {
        return answer.getHeaders().containsHeader(Answer.REPLAYED);
    }

    private static ResponseEntity<?> replay(RequestKey key, Recorded before) {
        if (!before.matches(key)) throw reused();
        if (before.answer() == null) throw underWay();
        return before.answer().toResponse(true);
    }
}
