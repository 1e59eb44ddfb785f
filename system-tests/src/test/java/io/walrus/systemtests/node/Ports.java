package io.walrus.systemtests.node;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;

/// Ports nobody listens on, from a range the system gives to no outgoing connection: a node that is down for a moment
/// finds its port free when it comes back.
final class Ports {
    private static final int FROM = 20_000;
    private static final int TO = 32_000;

    private Ports() {}

    static int free() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FROM, TO);
            try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException _) {
                // Taken: another one will do.
            }
        }
    }
}
