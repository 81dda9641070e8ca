package kontor.payments;

import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import kontor.batching.Lanes;
import kontor.payments.InboundEventStore.Arrival;
import kontor.payments.InboundEventStore.Standing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * What gateways tell us on their own. A message is stored first and acted on afterwards, and may come twice, late and in any
 * order: the gateway is asked what is true now, or, where it cannot be asked, taken at its signed word.
 */
@Component
class InboundEvents implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(InboundEvents.class);
    private static final int SECONDS_BEFORE_NEXT_TRY = 10;
    private static final int AT_ONCE = 16;

    private final Lanes<Arrival, Standing> lane;
    private final InboundEventStore events;
    private final Payments payments;
    private final GatewayQuestions questions;
    private final InboundEventArchive archive;
    private final InboxCounts counts;
    private final ActingOnEvents acting;
    private final ToldOutcomes told;
    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    private final ExecutorService threads = Executors.newThreadPerTaskExecutor(
            Thread.ofVirtual().name("inbox-", 1).factory());
    private volatile boolean closed;

    InboundEvents(
            Lanes<Arrival, Standing> lane,
            InboundEventStore events,
            Payments payments,
            GatewayQuestions questions,
            InboundEventArchive archive,
            InboxCounts counts,
            ActingOnEvents acting,
            ToldOutcomes told) {
        this.lane = lane;
        this.events = events;
        this.payments = payments;
        this.questions = questions;
        this.archive = archive;
        this.counts = counts;
        this.acting = acting;
        this.told = told;
    }

    /**
     * Keeps a verified message and acts on it, unless the gateway is being asked about the same payment and its answer is
     * under way: that is given a moment to come. Once this has stored it, a failure only delays.
     */
    void receive(String gateway, WebhookEvent event, byte[] body) {
        var kept = CardNumbers.masked(body);
        if (!Arrays.equals(kept, body))
            log.warn("Event {} of {} held a card number, which is kept masked", event.id(), gateway);
        var isWord = told.speaksFor(gateway);
        var standing =
                lane.submit(new Arrival(gateway, isWord ? told.identified(gateway, event) : event, kept, isWord));
        counts.count(gateway, event.type(), stateOf(standing, event));
        switch (standing) {
            case FOREIGN -> acting.warnOfForeign(gateway, event);
            case OPEN -> tryToAct(gateway, event);
            case REPEATED -> compareWithFirst(gateway, event, kept);
            case DONE, ANSWER_UNDER_WAY -> {}
        }
    }

    private static String stateOf(Standing standing, WebhookEvent event) {
        return switch (standing) {
            case REPEATED -> "repeated";
            case DONE -> event.tells() ? "processed" : "ignored";
            case FOREIGN -> "quarantined";
            case ANSWER_UNDER_WAY, OPEN -> "received";
        };
    }

    /** A message that is sent again may be written anew, in other bytes; but it must not say anything else. */
    private void compareWithFirst(String gateway, WebhookEvent event, byte[] body) {
        try {
            var first = archive.otherBody(gateway, event.id(), body);
            if (first.isEmpty()) return;
            var reader = questions.gateway(gateway);
            if (reader.readStored(first.get()).equals(reader.readStored(body))) return;
            archive.countConflict(gateway, event.id());
            counts.count(gateway, event.type(), "conflicting");
            log.error("Event {} of {} came again and says something else: the first one counts", event.id(), gateway);
        } catch (RuntimeException e) {
            log.warn("Event {} of {} came again and could not be compared", event.id(), gateway, e);
        }
    }

    /** Acts on a kept message again, whatever came of it before; acting only compares and sets, so nothing happens twice. */
    void replay(String gateway, String eventId, String actor) {
        archive.putBack(gateway, eventId, actor).ifPresent(waiting -> {
            log.info("{} has event {} of {} acted on again", actor, eventId, gateway);
            actAgain(waiting);
        });
    }

    private void tryToAct(String gateway, WebhookEvent event) {
        try {
            acting.act(gateway, event);
        } catch (RuntimeException e) {
            log.warn("Event {} of {} could not be acted on yet", event.id(), gateway, e);
        }
    }

    /** Ends what waited for an answer under way. */
    @Scheduled(fixedDelayString = "${kontor.payments.inbox-interval:1s}")
    void finishAnswered() {
        events.finishAnswered(
                questions.gatewayNames().stream().filter(told::speaksFor).toList());
    }

    /**
     * Acts on what a crash, a failure or a silent gateway left behind: on each gateway's messages beside those of the
     * others, so that one that is silent holds up its own only. Does not wait for that.
     */
    @Scheduled(fixedDelayString = "${kontor.payments.inbox-interval:1s}")
    void actOnWaiting() {
        if (payments.areHeld()) return;
        for (var gateway : events.gatewaysDue())
            if (!closed && busy.add(gateway)) threads.execute(() -> actOnWaitingOf(gateway));
    }

    private void actOnWaitingOf(String gateway) {
        try {
            List<InboundEventStore.Waiting> due;
            do {
                due = events.takeDue(gateway, SECONDS_BEFORE_NEXT_TRY, AT_ONCE);
                try (var each = Executors.newVirtualThreadPerTaskExecutor()) {
                    for (var waiting : due) each.execute(() -> actAgain(waiting));
                }
            } while (!closed && due.size() == AT_ONCE);
        } catch (RuntimeException e) {
            log.warn("Messages of {} that wait could not be taken and are looked for again", gateway, e);
        } finally {
            busy.remove(gateway);
        }
    }

    private void actAgain(InboundEventStore.Waiting waiting) {
        try {
            questions
                    .gateway(waiting.gateway())
                    .readStored(waiting.body())
                    .ifPresent(event -> acting.act(waiting.gateway(), event));
        } catch (RuntimeException e) {
            log.warn("Event {} of {} could not be acted on yet", waiting.eventId(), waiting.gateway(), e);
        }
    }

    /** Waits for what is being acted on: no longer than gateways are patient. */
    @Override
    public void close() {
        closed = true;
        threads.close();
    }
}
