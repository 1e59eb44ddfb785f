package io.walrus.consensus;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/// Ports on which nothing listens, from a range that the system gives to no outgoing connection.
public final class Ports {
    private static final int FROM = 12_000;
    private static final int TO = 20_000;
    private static final Set<Integer> GIVEN = ConcurrentHashMap.newKeySet();

    private Ports() {}

    /// One that this process has not been given before: nobody listens yet on what was given.
    public static int free() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FROM, TO);
            if (isFree(port) && GIVEN.add(port)) {
                return port;
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
