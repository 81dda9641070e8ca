/**
 * The payment core under every fault, from a seed: orders, payments, books and recovery are the real ones on a real
 * PostgreSQL; the gateway is simulated in memory, time is moved by hand, and the server can be cut off at every commit and
 * at every call of the gateway.
 */
@NullMarked
package kontor.simulation;

import org.jspecify.annotations.NullMarked;
