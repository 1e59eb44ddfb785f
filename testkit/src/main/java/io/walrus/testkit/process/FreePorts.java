package io.walrus.testkit.process;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/// Ports on which nothing listens, from a range that the system gives to no outgoing connection: a node that is down
/// for a moment finds its port free when it comes back. Another process may take a port before its use, which is rare.
public final class FreePorts {
    private static final int FROM = 20_000;
    private static final int TO = 32_000;

    private FreePorts() {}

    public static int free() {
        return consecutive(1);
    }

    /// The first of that many free ports in a row.
    public static int consecutive(int count) {
        while (true) {
            int first = ThreadLocalRandom.current().nextInt(FROM, TO - count);
            if (IntStream.range(first, first + count).allMatch(FreePorts::isFree)) {
                return first;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return true;
        } catch (IOException _) {
            return false;
        }
    }
}
