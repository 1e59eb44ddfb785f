package io.walrus.systemtests;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;

/// Ports nobody listens on. Another process may take them before they are used, which is rare enough for tests.
final class FreePorts {
    private static final int ATTEMPTS = 100;

    private FreePorts() {}

    /// The first of that many free ports in a row.
    static int consecutive(int count) throws IOException {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            int first = free(0);
            if (first > 0 && areFree(first + 1, count - 1)) {
                return first;
            }
        }
        throw new IOException("no " + count + " free ports in a row");
    }

    private static boolean areFree(int first, int count) throws IOException {
        List<Integer> ports = new ArrayList<>();
        for (int port = first; port < first + count && port <= 65_535; port++) {
            ports.add(free(port));
        }
        return ports.size() == count && !ports.contains(-1);
    }

    private static int free(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException _) {
            return -1;
        }
    }
}
