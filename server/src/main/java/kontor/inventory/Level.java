package kontor.inventory;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * What lies of an article at one location.
 *
 * @param location its code
 * @param reserved how much of it is promised to orders
 */
public record Level(String location, long onHand, long reserved) {
    @JsonProperty
    public long available() {
        return onHand - reserved;
    }
}
