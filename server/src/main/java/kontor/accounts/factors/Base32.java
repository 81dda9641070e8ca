package kontor.accounts.factors;

/** Bytes as letters and digits (RFC 4648), without padding. */
final class Base32 {
    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    private static final int BITS = 5;

    private Base32() {}

    static String encode(byte[] bytes) {
        var text = new StringBuilder((bytes.length * Byte.SIZE + BITS - 1) / BITS);
        var waiting = 0;
        var bits = 0;
        for (var one : bytes) {
            waiting = (waiting << Byte.SIZE) | (one & 0xFF);
            bits += Byte.SIZE;
            while (bits >= BITS) {
                bits -= BITS;
                text.append(ALPHABET.charAt((waiting >> bits) & 31));
            }
            waiting &= (1 << bits) - 1;
        }
        if (bits > 0) text.append(ALPHABET.charAt((waiting << (BITS - bits)) & 31));
        return text.toString();
    }
}
