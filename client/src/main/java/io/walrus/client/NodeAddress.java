package io.walrus.client;

import java.util.Arrays;
import java.util.List;

/// Where a node listens for clients.
///
/// @param host a name or an address, an IPv6 address without brackets
/// @param port 1 to 65535
public record NodeAddress(String host, int port) {
    private static final int MAX_PORT = 65_535;

    public NodeAddress {
        if (host.isBlank() || port < 1 || port > MAX_PORT) {
            throw new IllegalArgumentException("'" + host + ":" + port + "' is no address");
        }
    }

    /// Reads a comma list of `host:port`, IPv6 addresses in brackets.
    ///
    /// @throws IllegalArgumentException if it is none; the message is one line for people
    public static List<NodeAddress> parse(String list) {
        return Arrays.stream(list.split(",", -1)).map(NodeAddress::parseOne).toList();
    }

    private static NodeAddress parseOne(String text) {
        String address = text.strip();
        int colon = address.lastIndexOf(':');
        String host = colon < 0 ? "" : address.substring(0, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        try {
            if (host.indexOf(':') >= 0 && !bracketed) {
                throw new IllegalArgumentException("an IPv6 address needs brackets");
            }
            return new NodeAddress(
                    bracketed ? host.substring(1, host.length() - 1) : host,
                    Integer.parseInt(address.substring(colon + 1)));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("'" + address + "' must be HOST:PORT", e);
        }
    }

    @Override
    public String toString() {
        return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
    }
}
