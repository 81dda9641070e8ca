package kontor.ledger;

import java.time.Instant;

/**
 * One link of the chain over the posted transactions.
 *
 * @param seq from 1, without gaps
 * @param hash SHA-256 in hexadecimal. Whoever notes the newest one elsewhere can tell later that nothing up to it was changed
 * @param previousHash of the seal before; zeros for the first
 * @param transactions how many it covers
 */
record Seal(long seq, String hash, String previousHash, int transactions, Instant sealedAt) {}
