package kontor.accounts.factors;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.validation.Valid;
import java.net.URI;
import java.util.List;
import kontor.accounts.factors.PasskeyResult.NotGood;
import kontor.accounts.factors.PasskeyResult.Registered;
import kontor.accounts.factors.PasskeyResult.Taken;
import kontor.accounts.factors.PasskeyResult.TooMany;
import kontor.web.Caller;
import kontor.web.FreshLogin;
import kontor.web.Problem;
import kontor.web.Refusal;
import kontor.web.SignedIn;
import kontor.web.WhileEnrolling;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Passkeys")
class PasskeyController {
    private static final String ADDRESS = "/users/me/passkeys/";
    private final Passkeys passkeys;
    private final PasskeyStore store;
    private final Enrolment enrolment;

    PasskeyController(Passkeys passkeys, PasskeyStore store, Enrolment enrolment) {
        this.passkeys = passkeys;
        this.store = store;
        this.enrolment = enrolment;
    }

    /** @param publicKey for {@code navigator.credentials.create} */
    record Asked(PasskeyOptions.Creation publicKey) {}

    /** @param recoveryCodes with one's first factor, shown now and never again; otherwise empty */
    record Created(Passkey passkey, List<String> recoveryCodes) {
        @Override
        public String toString() {
            return "Created[" + passkey + "]"; // never the codes
        }
    }

    @SignedIn
    @FreshLogin
    @WhileEnrolling
    @PostMapping("/users/me/passkeys/options")
    @Operation(
            summary = "What to ask the browser for to register a passkey",
            description = "Takes no Idempotency-Key: every challenge is one of its own.")
    Asked options(Caller caller) {
        return new Asked(passkeys.creation(caller.userId(), FactorController.loginOf(caller)));
    }

    @SignedIn
    @FreshLogin
    @WhileEnrolling
    @PostMapping("/users/me/passkeys")
    @Operation(
            summary = "Register the passkey that the browser has made",
            description = FactorController.SHOWN_ONCE + " Its challenge is good once.")
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = Created.class)))
    ResponseEntity<?> register(@Valid @RequestBody NewPasskey passkey, Caller caller) {
        return switch (passkeys.register(caller.userId(), FactorController.loginOf(caller), passkey)) {
            case Registered(var made, var codes) ->
                ResponseEntity.created(URI.create(ADDRESS + made.id())).body(new Created(made, codes));
            case NotGood() ->
                throw Refusal.ofField(
                        "credential", "not_good", "is no answer to a challenge of ours that is still open");
            case Taken() -> Problem.of(HttpStatus.CONFLICT, "passkey_exists", "This passkey is registered already.");
            case TooMany() ->
                Problem.of(
                        HttpStatus.CONFLICT, "too_many_passkeys", "There are 20 passkeys already. Remove one first.");
        };
    }

    @SignedIn
    @WhileEnrolling
    @GetMapping("/users/me/passkeys/{id}")
    @Operation(summary = "One of one's passkeys")
    Passkey find(@PathVariable long id, Caller caller) {
        return store.find(caller.userId(), id).orElseThrow(() -> Refusal.notFound("passkey"));
    }

    @SignedIn
    @FreshLogin
    @DeleteMapping("/users/me/passkeys/{id}")
    @Operation(summary = "Remove one of one's passkeys", description = FactorController.GONE_STAYS)
    @ApiResponse(responseCode = "204", content = @Content)
    ResponseEntity<Void> remove(@PathVariable long id, Caller caller) {
        if (!enrolment.removePasskey(caller.userId(), id)) throw Refusal.notFound("passkey");
        return ResponseEntity.noContent().build();
    }
}
