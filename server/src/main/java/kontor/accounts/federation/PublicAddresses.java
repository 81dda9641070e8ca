package kontor.accounts.federation;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.regex.Pattern;

/** Which addresses are out in the public, and which only this machine or its network can reach. */
final class PublicAddresses {
    private static final Pattern LOOPBACK = Pattern.compile("localhost|127(?:\\.[0-9]{1,3}){3}|\\[?::1]?");

    private PublicAddresses() {}

    static boolean isLoopbackName(String host) {
        return LOOPBACK.matcher(host).matches();
    }

    /** Whether everybody could go there: nothing of RFC 6890's special addresses. */
    static boolean isPublic(InetAddress address) {
        if (address.isLoopbackAddress()
                || address.isAnyLocalAddress()
                || address.isLinkLocalAddress()
                || address.isSiteLocalAddress()
                || address.isMulticastAddress()) return false;
        var bytes = address.getAddress();
        return address instanceof Inet4Address ? isPublic4(bytes) : isPublic6(bytes);
    }

    private static boolean isPublic4(byte[] address) {
        var a = address[0] & 0xFF;
        var b = address[1] & 0xFF;
        var c = address[2] & 0xFF;
        var isShared = a == 100 && (b & 0xC0) == 64; // between a provider and its customers
        var isForProtocols = a == 192 && b == 0 && (c == 0 || c == 2);
        var isForTests =
                (a == 198 && (b & 0xFE) == 18) || (a == 198 && b == 51 && c == 100) || (a == 203 && b == 0 && c == 113);
        return a != 0 && a < 224 && !isShared && !isForProtocols && !isForTests;
    }

    /** Global unicast, without what is for documents, and without what stands for an IPv4 address: 6to4 and Teredo. */
    private static boolean isPublic6(byte[] address) {
        var first = ((address[0] & 0xFF) << 8) | (address[1] & 0xFF);
        var second = ((address[2] & 0xFF) << 8) | (address[3] & 0xFF);
        return (first & 0xE000) == 0x2000
                && first != 0x2002
                && !(first == 0x2001 && (second < 0x200 || second == 0xDB8));
    }
}
