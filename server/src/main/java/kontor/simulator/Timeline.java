package kontor.simulator;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Things in the order in which they happened, shown newest first and page by page, as Stripe shows its lists. */
final class Timeline<T> {
    private final String kind;
    private final Function<T, String> id;
    private final List<T> things = new ArrayList<>();
    private final Map<String, Integer> places = new HashMap<>();

    /** @param kind in Stripe's words, for errors */
    Timeline(String kind, Function<T, String> id) {
        this.kind = kind;
        this.id = id;
    }

    /** Whether something at a place, counted from the oldest, is wanted. */
    interface Wanted<T> {
        boolean test(int place, T thing);
    }

    /** @param more whether there are others beyond, in the direction in which was asked */
    record Page<T>(List<T> things, boolean more) {}

    /** Takes it in as the newest, or in the place of the one with the same id. */
    synchronized void put(T thing) {
        var place = places.putIfAbsent(id.apply(thing), things.size());
        if (place == null) things.add(thing);
        else things.set(place, thing);
    }

    synchronized @Nullable T find(String wanted) {
        var place = places.get(wanted);
        return place == null ? null : things.get(place);
    }

    /** @throws Refused with Stripe's 404 */
    T get(String wanted) {
        var thing = find(wanted);
        if (thing == null) throw Refused.notFound(kind, wanted);
        return thing;
    }

    synchronized int size() {
        return things.size();
    }

    /** The latest ones, newest first. */
    synchronized List<T> latest(int most) {
        return things.subList(Math.max(0, things.size() - most), things.size()).reversed().stream()
                .toList();
    }

    /**
     * By {@code limit}, and {@code starting_after} for older ones or {@code ending_before} for newer ones than an id: in
     * both cases those next to it, newest first.
     */
    synchronized Page<T> page(Form form, Wanted<T> wanted) {
        var limit = Parameters.limitIn(form);
        var after = form.text("starting_after");
        var before = form.text("ending_before");
        if (after != null && before != null) {
            throw Refused.invalid(null, "Either starting_after or ending_before, not both.", "ending_before");
        }
        var newer = before != null;
        var place = things.size() - 1;
        if (before != null) place = placeOf(before, "ending_before") + 1;
        else if (after != null) place = placeOf(after, "starting_after") - 1;
        var found = new ArrayList<T>();
        for (; place >= 0 && place < things.size() && found.size() <= limit; place += newer ? 1 : -1) {
            var thing = things.get(place);
            if (wanted.test(place, thing)) found.add(thing);
        }
        var more = found.size() > limit;
        var page = more ? found.subList(0, limit) : found;
        return new Page<>(List.copyOf(newer ? page.reversed() : page), more);
    }

    private int placeOf(String wanted, String param) {
        var place = places.get(wanted);
        if (place == null) throw Refused.invalid("resource_missing", "No such " + kind + ": '" + wanted + "'", param);
        return place;
    }
}
