package kontor.accounts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import kontor.web.Refusal;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.springframework.http.HttpStatus;
import org.springframework.util.unit.DataSize;

class PasswordsTest {
    private int agreed = 1;
    private Passwords passwords = passwords(DataSize.ofKilobytes(64), 2, 64);

    @AfterEach
    void close() {
        passwords.close();
    }

    @Test
    void matchOnlyThemselves() {
        var hash = passwords.hash("open, sesame");
        assertThat(passwords.match("open, sesame", hash)).isTrue();
        assertThat(passwords.match("open, Sesame", hash)).isFalse();
        assertThat(passwords.match("", hash)).isFalse();
    }

    @Test
    void haveAnotherHashEachTime() {
        assertThat(passwords.hash("open, sesame")).isNotEqualTo(passwords.hash("open, sesame"));
    }

    @Test
    void ofNobodyMatchNothing() {
        for (var guess : new String[] {"nobody", "", "open, sesame", "x".repeat(10_000)})
            assertThat(passwords.match(guess, null)).isFalse();
    }

    @Test
    void areHashedAsOwaspAdvisesUnlessToldOtherwise() {
        passwords.close();
        passwords = passwords(DataSize.ofMegabytes(19), 2, 64);
        assertThat(passwords.hash("open, sesame")).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
    }

    @Test
    void areHashedWithAsManyPassesAsFitIntoTheTimeThatOneIsToTake() {
        passwords.close();
        passwords = passwords(DataSize.ofKilobytes(64), 1, 64, Duration.ofSeconds(10));
        passwords.calibrate();
        assertThat(passwords.passes()).isEqualTo(20); // and never more than that
        var strong = passwords.hash("open, sesame");
        assertThat(strong).startsWith("$argon2id$v=19$m=64,t=20,p=1$");
        passwords.close();
        passwords = passwords(DataSize.ofKilobytes(64), 1, 64, Duration.ofNanos(1));
        passwords.calibrate();
        assertThat(passwords.passes()).isEqualTo(20); // and never fewer than another server has found to fit
        agreed = 1;
        passwords.close();
        passwords = passwords(DataSize.ofKilobytes(64), 1, 64, Duration.ofNanos(1));
        passwords.calibrate();
        assertThat(passwords.passes()).isEqualTo(1); // nor than it is set to
        assertThat(passwords.isOutdated(strong)).isFalse();
        assertThat(passwords.match("open, sesame", strong)).isTrue();
    }

    @Test
    void thatWereHashedWithFewerPassesStillMatch() {
        var weak = passwords.hash("open, sesame");
        passwords.close();
        passwords = passwords(DataSize.ofKilobytes(64), 1, 64, Duration.ofSeconds(10));
        passwords.calibrate();
        assertThat(passwords.match("open, sesame", weak)).isTrue();
        assertThat(passwords.match("close, sesame", weak)).isFalse();
        assertThat(passwords.isOutdated(weak)).isTrue();
    }

    @Test
    void floodingInAreRefusedWhenTooManyWait() throws InterruptedException {
        passwords.close();
        passwords = passwords(DataSize.ofMegabytes(8), 1, 1);
        var outcomes = new ArrayList<Future<String>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var hash = (Callable<String>) () -> passwords.hash("open, sesame");
            for (var i = 0; i < 50; i++) outcomes.add(threads.submit(hash));
        }
        var refused = outcomes.stream()
                .filter(outcome -> outcome.state() == Future.State.FAILED)
                .toList();
        assertThat(refused).isNotEmpty().hasSizeLessThan(50);
        assertThatThrownBy(() -> refused.getFirst().get())
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(Refusal.class, refusal -> {
                    assertThat(refusal.status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
                    assertThat(refusal.facts().get("retry_after")).isEqualTo(1);
                });
        assertThat(passwords.hash("open, sesame")).isNotEmpty(); // and all is well again
    }

    @Test
    void thatAreChosenHaveAQuarterOfTheQueueAndLoginsTheRest() {
        var isHeld = new AtomicBoolean();
        var release = new CountDownLatch(1);
        passwords.close();
        passwords = new Passwords(settings(DataSize.ofKilobytes(64), 1, 8, Duration.ofSeconds(10)), wanted -> {
            if (isHeld.get()) await().until(() -> release.getCount() == 0);
            return wanted;
        });
        isHeld.set(true);
        passwords.calibrateSoon(); // which keeps the only hasher until it is released
        var chosen = new ArrayList<Future<String>>();
        var logins = new ArrayList<Future<Boolean>>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (var i = 0; i < 10; i++) chosen.add(threads.submit(() -> passwords.hash("open, sesame")));
            await().until(() -> refused(chosen).size() == 8);
            for (var i = 0; i < 7; i++) logins.add(threads.submit(() -> passwords.match("open, sesame", null)));
            await().until(() -> refused(logins).size() == 1);
            release.countDown();
        }
        assertThat(refused(chosen))
                .hasSize(8)
                .allSatisfy(future -> assertThat(future.exceptionNow())
                        .isInstanceOfSatisfying(Refusal.class, refusal -> {
                            assertThat(refusal.status()).isEqualTo(HttpStatus.SERVICE_UNAVAILABLE);
                            assertThat(refusal.code()).isEqualTo("overloaded");
                            assertThat(refusal.facts().get("retry_after")).isEqualTo(1);
                        }));
        assertThat(chosen.stream().filter(future -> future.state() == Future.State.SUCCESS))
                .hasSize(2);
        assertThat(logins.stream().filter(future -> future.state() == Future.State.SUCCESS))
                .as("all that there was room for")
                .hasSize(6);
        assertThat(passwords.hash("open, sesame")).isNotEmpty(); // and there is room again
    }

    private static <T> List<Future<T>> refused(List<Future<T>> outcomes) {
        return outcomes.stream()
                .filter(outcome -> outcome.state() == Future.State.FAILED)
                .toList();
    }

    private static AccountSettings settings(DataSize memory, int hashers, int waiting, Duration target) {
        return new AccountSettings(memory, memory.toMegabytes() > 0 ? 2 : 1, 1, target, hashers, waiting);
    }

    private Passwords passwords(DataSize memory, int hashers, int waiting) {
        return passwords(memory, hashers, waiting, Duration.ZERO);
    }

    private Passwords passwords(DataSize memory, int hashers, int waiting, Duration target) {
        return new Passwords(settings(memory, hashers, waiting, target), wanted -> agreed = Math.max(agreed, wanted));
    }
}
