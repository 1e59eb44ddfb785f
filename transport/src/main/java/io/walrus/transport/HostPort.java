package io.walrus.transport;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/// An address by which nodes reach each other; as text it is `host:port`.
///
/// @param host a name, or an IP address without brackets, which one of IPv6 has in the text only
public record HostPort(String host, int port) {
    private static final int MAX_NAME_CHARS = 253;

    public HostPort {
        host = bare(host);
    }

    /// Reads an address.
    ///
    /// @throws IllegalArgumentException if nobody can be reached at it; the message is one line for people
    public static HostPort parse(String text) {
        int colon = text.lastIndexOf(':');
        int port = colon < 0 ? 0 : portOrZero(text.substring(colon + 1));
        if (port == 0) {
            throw new IllegalArgumentException(text + " is not HOST:PORT");
        }
        String fault = hostFault(text.substring(0, colon));
        if (fault != null) {
            throw new IllegalArgumentException("the host of " + text + " " + fault);
        }
        return new HostPort(text.substring(0, colon), port);
    }

    /// Why a host can't be connected to, in words that follow it and begin with `must`; null if it may be.
    ///
    /// gRPC builds URIs of addresses and fails without a word on a name that no URI can have, for instance one
    /// with an underscore. Ratis then takes the node in without ever having reached it.
    public static @Nullable String hostFault(String host) {
        String bare = bare(host);
        boolean isBracketed = !bare.equals(host);
        if (bare.indexOf(':') >= 0 || isBracketed) {
            return isAddress(bare) ? wildcardFault(bare) : "must be a host name or an IP address";
        }
        if (bare.length() > MAX_NAME_CHARS || !isHostOfUri(bare)) {
            return "must be an IP address, or a name of letters, digits, hyphens and dots";
        }
        return isAddress(bare) ? wildcardFault(bare) : null;
    }

    private static @Nullable String wildcardFault(String address) {
        return InetAddress.ofLiteral(address).isAnyLocalAddress()
                ? "must be one host's, and this address stands for all of a machine's"
                : null;
    }

    /// An address that means a network interface by name (`fe80::1%eth0`) means nothing on other machines.
    private static boolean isAddress(String bare) {
        try {
            var _ = InetAddress.ofLiteral(bare);
            return bare.indexOf('%') < 0;
        } catch (IllegalArgumentException _) {
            return false;
        }
    }

    private static boolean isHostOfUri(String bare) {
        try {
            return bare.equals(new URI("//" + bare + ":1").getHost());
        } catch (URISyntaxException _) {
            return false;
        }
    }

    private static int portOrZero(String text) {
        try {
            int port = Integer.parseInt(text);
            return port >= 1 && port <= 65_535 ? port : 0;
        } catch (NumberFormatException _) {
            return 0;
        }
    }

    /// The host without the brackets that an IPv6 address has in a URI.
    public static String bare(String host) {
        return host.startsWith("[") && host.endsWith("]") ? host.substring(1, host.length() - 1) : host;
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
