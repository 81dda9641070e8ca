package kontor.secrets;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The keys that there are, newest first: that one seals, all of them open. */
record SealingKeys(List<SealingKey> all) {
    /** @throws IllegalArgumentException saying which of them cannot be used, and why */
    static SealingKeys of(List<String> base64) {
        var keys = new ArrayList<SealingKey>();
        for (var each : base64) {
            var number = keys.size() + 1;
            try {
                var key = SealingKey.of(each);
                if (keys.stream().anyMatch(other -> other.id().equals(key.id())))
                    throw new IllegalArgumentException("is there twice");
                keys.add(key);
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException(
                        "key %d of %d %s: each is what \"openssl rand -base64 32\" prints"
                                .formatted(number, base64.size(), e.getMessage()),
                        e);
            }
        }
        return new SealingKeys(List.copyOf(keys));
    }

    SealingKey newest() {
        return all.getFirst();
    }

    Optional<SealingKey> called(String id) {
        return all.stream().filter(key -> key.id().equals(id)).findFirst();
    }

    /** These, and behind them those of {@code others} that are not among them. */
    SealingKeys before(SealingKeys others) {
        var keys = new ArrayList<>(all);
        for (var other : others.all) if (called(other.id()).isEmpty()) keys.add(other);
        return new SealingKeys(List.copyOf(keys));
    }
}
