package io.walrus.systemtests.cluster;

import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Place;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Assumptions;

/// A network of their own for some nodes, each in a network namespace: a switch between them, whose ports can be
/// unplugged, and a link for clients to each, which stays.
///
/// Only root may set one up: without that the test that asks for it is skipped. Closing it removes all of it.
final class Network implements AutoCloseable {
    /// Addresses that are set aside for tests of networks.
    private static final String PREFIX = "198.18.";

    /// A link address that no node has.
    private static final String NOBODY = "02:00:00:00:00:01";

    private final String name =
            "w" + Integer.toString(ThreadLocalRandom.current().nextInt(36 * 36 * 36 * 36), 36);
    private final String prefix = PREFIX + ThreadLocalRandom.current().nextInt(256) + ".";
    private final List<String> namespaces = new ArrayList<>();

    /// A network for nodes 1 to `nodes`.
    Network(int nodes) throws IOException {
        Assumptions.assumeTrue(tryAdd(switchName()), "needs the right to add network namespaces");
        try {
            ip("-n", switchName(), "link", "add", "switch", "type", "bridge");
            ip("-n", switchName(), "link", "set", "switch", "up");
            for (int id = 1; id <= nodes; id++) {
                plugIn(id);
            }
        } catch (IOException e) {
            close();
            throw e;
        }
    }

    /// Has a node of that number run here.
    NodeSetup place(int id, NodeSetup setup) {
        return setup.at(new Place(clientAddress(id), List.of("ip", "netns", "exec", namespace(id))))
                .withFlags("--client-host", "0.0.0.0", "--raft-host", "0.0.0.0")
                .withFlags("--raft-advertise-host", peerAddress(id));
    }

    /// Where the other nodes find it.
    String peerAddress(int id) {
        return prefix + id;
    }

    /// Cuts a node off from the others; clients still reach it.
    void cutOff(int id) throws IOException {
        ip("-n", switchName(), "link", "set", port(id), "down");
    }

    void heal(int id) throws IOException {
        ip("-n", switchName(), "link", "set", port(id), "up");
    }

    /// Loses whatever one node sends to another, and says so to nobody; the other way stays as it is.
    void cut(int from, int to) throws IOException {
        ip(
                "-n",
                namespace(from),
                "neigh",
                "replace",
                peerAddress(to),
                "lladdr",
                NOBODY,
                "nud",
                "permanent",
                "dev",
                "peers");
    }

    void mend(int from, int to) throws IOException {
        ip("-n", namespace(from), "neigh", "delete", peerAddress(to), "dev", "peers");
    }

    @Override
    public void close() throws IOException {
        for (String namespace : namespaces) {
            ip("netns", "delete", namespace);
        }
        namespaces.clear();
    }

    /// Nodes meet in the lower half of the addresses; the upper half is four for each link to clients.
    private void plugIn(int id) throws IOException {
        String namespace = namespace(id);
        if (!tryAdd(namespace)) {
            throw new IOException("no network namespace " + namespace);
        }
        ip("-n", namespace, "link", "set", "lo", "up");
        ip("-n", namespace, "link", "add", "peers", "type", "veth", "peer", "name", port(id), "netns", switchName());
        ip("-n", namespace, "address", "add", peerAddress(id) + "/25", "dev", "peers");
        ip("-n", namespace, "link", "set", "peers", "up");
        ip("-n", switchName(), "link", "set", port(id), "master", "switch", "up");

        String here = name + "c" + id;
        ip("link", "add", here, "type", "veth", "peer", "name", "clients", "netns", namespace);
        ip("-n", namespace, "address", "add", clientAddress(id) + "/30", "dev", "clients");
        ip("-n", namespace, "link", "set", "clients", "up");
        ip("address", "add", prefix + (128 + 4 * id + 1) + "/30", "dev", here);
        ip("link", "set", here, "up");
    }

    private String clientAddress(int id) {
        return prefix + (128 + 4 * id + 2);
    }

    private String switchName() {
        return name + "switch";
    }

    private String namespace(int id) {
        return name + "n" + id;
    }

    private static String port(int id) {
        return "port" + id;
    }

    private boolean tryAdd(String namespace) throws IOException {
        boolean added = run("netns", "add", namespace).isEmpty();
        if (added) {
            namespaces.add(namespace);
        }
        return added;
    }

    private static void ip(String... arguments) throws IOException {
        String complaint = run(arguments);
        if (!complaint.isEmpty()) {
            throw new IOException("ip " + String.join(" ", arguments) + ": " + complaint);
        }
    }

    /// What it has to complain of; nothing when all is well.
    private static String run(String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of("ip"));
        command.addAll(List.of(arguments));
        try {
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            int exitCode = process.waitFor();
            return exitCode == 0 ? "" : output + " (exit code " + exitCode + ")";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        }
    }
}
