package kontor.simulator;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.net.BindException;
import java.net.URI;
import java.nio.file.FileSystemException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * The payment simulator, as a process ({@code ./kontor simulator}) or within a test. What it executed survives its
 * process, and the process of the server that asked for it.
 */
public final class Simulator implements AutoCloseable {
    private static final System.Logger log = System.getLogger("kontor.simulator");

    private final Door door;
    private final @Nullable ScheduledExecutorService paymaster;
    private final Webhooks webhooks;
    private final AdyenWebhooks adyenWebhooks;
    private final Book book;
    private final URI address;

    private Simulator(
            Door door,
            @Nullable ScheduledExecutorService paymaster,
            Webhooks webhooks,
            AdyenWebhooks adyenWebhooks,
            Book book,
            URI address) {
        this.door = door;
        this.paymaster = paymaster;
        this.webhooks = webhooks;
        this.adyenWebhooks = adyenWebhooks;
        this.book = book;
        this.address = address;
    }

    /**
     * Reads its book, then listens.
     *
     * @throws BindException when the port is taken
     * @throws FileSystemException when the data folder cannot be used
     * @throws IOException with a sentence, when another simulator uses it or the book is damaged
     */
    public static Simulator start(SimulatorOptions options) throws IOException {
        return start(options, AdyenOptions.defaults());
    }

    /** @see #start(SimulatorOptions) */
    public static Simulator start(SimulatorOptions options, AdyenOptions adyenOptions) throws IOException {
        var clock = Clock.systemUTC();
        var door = Door.at(options.address(), options.port());
        Book book;
        try {
            book = Book.open(options.data().resolve("simulator"));
        } catch (IOException e) {
            door.close();
            throw e;
        }
        var faults = new Faults();
        var keys = new IdempotencyKeys();
        var effects = new Effects(book);
        var webhooks = new Webhooks(options.webhook(), book, faults, clock);
        var address = URI.create("http://" + browserName(options.address()) + ":" + door.port());
        var pages = options.publicUrl() == null ? address : options.publicUrl();
        var events = new Events(book);
        var balance = new Balance();
        var clerk = new Clerk(book, clock, balance, events, options.webhook() != null);
        var acquirer =
                new Acquirer(clerk, options.fees(), clock, pages.toString().replaceAll("/+$", ""));
        var disputes = new Disputes(acquirer, clerk, options.fees(), clock);
        var payouts = new Payouts(clerk, balance, clock);
        var adyenWebhooks = new AdyenWebhooks(adyenOptions.webhook(), book, faults, clock);
        var adyenBank = new AdyenBank(book, clock, pages.toString().replaceAll("/+$", ""));
        try {
            book.begin(found -> {
                var line = found.line();
                acquirer.recall(found);
                adyenBank.recall(found);
                adyenWebhooks.recall(found);
                disputes.recall(found);
                payouts.recall(found);
                balance.recall(found);
                keys.recall(line);
                webhooks.recall(line);
                effects.note(line);
                events.note(line);
            });
        } catch (IOException | RuntimeException e) {
            door.close();
            book.close();
            throw e;
        }
        webhooks.start();
        var queries = new StripeQueries(clerk, acquirer, disputes, balance, payouts, events, faults);
        var api = new StripeApi(
                acquirer, disputes, queries, clerk, book, keys, webhooks, faults, effects, options.secretKey());
        var adyen = new AdyenApi(adyenBank, book, keys, adyenWebhooks, faults, effects, adyenOptions.apiKey());
        var controls = new Controls(api, adyen, faults, payouts, disputes, new AdyenDisputes(adyenBank), acquirer);
        var overview = new Overview(acquirer, effects, balance, payouts, disputes, faults, webhooks);
        adyen.start();
        door.open(api, adyen, new Site(acquirer, api, effects, controls, overview));
        return new Simulator(
                door, paymaster(options.payoutEvery(), payouts, api), webhooks, adyenWebhooks, book, address);
    }

    /** Pays out from time to time; {@code null} when nobody asked for it. */
    private static @Nullable ScheduledExecutorService paymaster(
            @Nullable Duration period, Payouts payouts, StripeApi api) {
        if (period == null) return null;
        var timer = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().name("payouts").daemon().factory());
        Runnable payOut = () -> {
            try {
                payouts.payOut().forEach(api::settled);
            } catch (RuntimeException e) {
                log.log(System.Logger.Level.ERROR, "a payout failed", e); // thrown on, it would be the last one
            }
        };
        var _ = timer.scheduleAtFixedRate(payOut, period.toMillis(), period.toMillis(), MILLISECONDS);
        return timer;
    }

    /** What is reached from this machine, and can be typed. */
    private static String browserName(String address) {
        return address.equals("127.0.0.1") || address.equals("0.0.0.0") ? "localhost" : address;
    }

    /** The API's base address; its own page is there too. */
    public URI address() {
        return address;
    }

    /** Ends as a process that is told to; killing it is just as safe. */
    @Override
    public void close() throws IOException {
        door.close();
        if (paymaster != null) paymaster.close(); // not by interrupting: see Webhooks
        webhooks.close();
        adyenWebhooks.close();
        book.close();
    }

    /** Ends with 2 and one line when it cannot start. */
    public static void main(String[] args) throws InterruptedException {
        Simulator simulator;
        try {
            var others = new ArrayList<String>();
            var adyen = AdyenOptions.parse(args, others);
            simulator = start(SimulatorOptions.parse(others.toArray(String[]::new)), adyen);
        } catch (BindException e) {
            end("The simulator's port is taken; choose another with --port. (" + e.getMessage() + ")");
            return;
        } catch (IllegalArgumentException e) {
            end(e.getMessage() + ". See ./kontor help.");
            return;
        } catch (FileSystemException e) {
            end("The simulator cannot use its data folder: " + e);
            return;
        } catch (IOException e) {
            end("The simulator cannot start: " + e.getMessage());
            return;
        }
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            try {
                simulator.close();
            } catch (IOException e) {
                System.err.println("The simulator's book was not closed: " + e.getMessage());
            }
        }));
        System.out.println("The payment simulator listens on " + simulator.address());
        new CountDownLatch(1).await();
    }

    private static void end(String sentence) {
        System.err.println(sentence);
        System.exit(2);
    }
}
