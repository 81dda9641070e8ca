package kontor.ledger;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.tags.Tag;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.validation.Valid;
import java.net.URI;
import java.time.Instant;
import java.util.List;
import kontor.idempotency.Idempotency;
import kontor.web.Caller;
import kontor.web.Page;
import kontor.web.PageRequest;
import kontor.web.Refusal;
import kontor.web.Requires;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

@RestController
@Tag(name = "Ledger")
class LedgerController {
    private static final String READ = "finance:read";
    private static final String WRITE = "finance:write";

    private final Books books;
    private final Adjustments adjustments;
    private final Idempotency idempotency;

    LedgerController(Books books, Adjustments adjustments, Idempotency idempotency) {
        this.books = books;
        this.adjustments = adjustments;
        this.idempotency = idempotency;
    }

    @Requires(READ)
    @GetMapping("/ledger/accounts")
    @Operation(summary = "The accounts of the books, and what they come to")
    List<LedgerAccount> accounts() {
        return books.accounts();
    }

    @Requires(WRITE)
    @PostMapping("/ledger/accounts")
    @Operation(summary = "Add an account to the books; none can be taken away")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER)
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = LedgerAccount.class)))
    ResponseEntity<?> addAccount(@Valid @RequestBody NewAccount account, Caller caller, HttpServletRequest http) {
        var key = idempotency.optional(Idempotency.keysOf(http), caller.principal(), "POST /ledger/accounts", account);
        return idempotency.once(
                key,
                () -> ResponseEntity.created(URI.create("/ledger/accounts/" + account.code()))
                        .body(books.add(account, caller.principal())));
    }

    @Requires(READ)
    @GetMapping("/ledger/accounts/{code}")
    @Operation(summary = "One account with its entries, the newest first")
    AccountStatement account(@PathVariable String code, PageRequest page) {
        var account = books.account(code).orElseThrow(() -> Refusal.notFound("account"));
        return AccountStatement.of(account, books.entries(code, page));
    }

    @Requires(READ)
    @GetMapping("/ledger/transactions")
    @Operation(summary = "What was posted, the newest first")
    Page<LedgerTransaction> transactions(
            @RequestParam(name = "order_id", required = false) @Nullable Long orderId,
            @RequestParam(required = false) @Nullable @Parameter(description = "The code of an account") String account,
            @RequestParam(required = false) @Nullable @Parameter(description = "invoice, capture, write_off, …")
                    String kind,
            @RequestParam(required = false) @Nullable @Parameter(description = "Posted at this time or later")
                    Instant from,
            @RequestParam(required = false) @Nullable @Parameter(description = "Posted before this time") Instant to,
            PageRequest page) {
        return books.transactions(new TransactionFilter(orderId, account, kind, from, to), page);
    }

    @Requires(READ)
    @GetMapping("/ledger/transactions/{id}")
    @Operation(summary = "One posted transaction")
    LedgerTransaction transaction(@PathVariable long id) {
        return books.transaction(id).orElseThrow(() -> Refusal.notFound("transaction"));
    }

    @Requires(READ)
    @GetMapping("/ledger/trial-balance")
    @Operation(summary = "Debits and credits of all accounts, which are equal in every currency")
    TrialBalance trialBalance(
            @RequestParam(required = false)
                    @Nullable
                    @Parameter(description = "What was posted until then; without it everything, which is faster")
                    Instant at) {
        return books.trialBalance(at);
    }

    @Requires(WRITE)
    @PostMapping("/ledger/adjustments")
    @Operation(summary = "Post by hand, and write down why")
    @Parameter(in = ParameterIn.HEADER, name = Idempotency.HEADER, required = true)
    @ApiResponse(responseCode = "201", content = @Content(schema = @Schema(implementation = LedgerTransaction.class)))
    ResponseEntity<?> adjust(@Valid @RequestBody NewAdjustment adjustment, Caller caller, HttpServletRequest http) {
        var key = idempotency.required(
                Idempotency.keysOf(http), caller.principal(), "POST /ledger/adjustments", adjustment);
        adjustments.check(adjustment);
        return idempotency.once(key, () -> {
            var posted = adjustments.post(adjustment, caller.principal());
            return ResponseEntity.created(URI.create("/ledger/transactions/" + posted.id()))
                    .body(posted);
        });
    }

    @Requires(READ)
    @GetMapping("/ledger/seals")
    @Operation(summary = "The seals of the books, the newest first: note its hash where nobody can change it")
    Page<Seal> seals(PageRequest page) {
        return books.seals(page);
    }
}
