package io.walrus.benchmarks;

import io.walrus.client.ClientOptions;
import io.walrus.client.NodeAddress;
import io.walrus.client.WalrusClient;
import io.walrus.client.WalrusException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Nodes of our own with the default settings, in a folder of its own; closing it ends them and removes the folder, and
/// so does the end of this process.
public final class Cluster implements AutoCloseable {
    private static final long SOON_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long STOP_SECONDS = 30;
    /// Ports that the system gives to no outgoing connection, so that a node finds its own when it comes back.
    private static final int FIRST_PORT = 20_000;

    private static final int LAST_PORT = 32_000;

    private final Path launcher;
    private final Path folder;
    private final List<String> flags;
    private final int[] clientPorts;
    private final int[] raftPorts;
    private final @Nullable Process[] processes;
    private final Thread atExit = new Thread(this::closeAtExit, "stop-nodes");
    private boolean closed;

    private Cluster(Path launcher, Path work, int nodes, List<String> flags) throws IOException {
        this.launcher = launcher;
        this.flags = flags;
        clientPorts = ports(nodes);
        raftPorts = ports(nodes);
        processes = new @Nullable Process[nodes];
        folder = Files.createTempDirectory(work, "nodes-");
        try {
            Runtime.getRuntime().addShutdownHook(atExit);
        } catch (IllegalStateException e) {
            Files.delete(folder);
            throw new IOException("the benchmark is being stopped", e);
        }
    }

    /// Starts the nodes and waits until all of them serve.
    ///
    /// @param flags more of them for each node
    public static Cluster start(Path launcher, Path work, int nodes, List<String> flags)
            throws IOException, InterruptedException {
        Cluster cluster = new Cluster(launcher, work, nodes, flags);
        try {
            for (int id = 1; id <= nodes; id++) {
                cluster.start(id);
            }
            cluster.awaitServing();
            return cluster;
        } catch (IOException | InterruptedException e) {
            cluster.close();
            throw e;
        }
    }

    /// How many nodes there are, with ids from 1.
    public int size() {
        return processes.length;
    }

    /// Process ids of the nodes that were not ended.
    public List<Long> pids() {
        List<Long> pids = new ArrayList<>();
        for (Process process : processes) {
            if (process != null && process.isAlive()) {
                pids.add(process.pid());
            }
        }
        return pids;
    }

    /// Where clients reach a node.
    public InetSocketAddress address(int id) {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), clientPorts[id - 1]);
    }

    /// Where clients reach the nodes, in the order of their ids.
    public List<NodeAddress> addresses() {
        return IntStream.of(clientPorts)
                .mapToObj(port -> new NodeAddress("127.0.0.1", port))
                .toList();
    }

    /// A client that knows this node only.
    public WalrusClient connect(int id) throws WalrusException {
        return WalrusClient.connect(List.of(addresses().get(id - 1)), ClientOptions.DEFAULT);
    }

    /// Starts a node, anew if it has ended, and does not wait for it.
    public synchronized void start(int id) throws IOException {
        if (closed) {
            throw new IOException("the nodes are being stopped");
        }
        List<String> command = new ArrayList<>(List.of(
                launcher.toString(),
                "--node-id=" + id,
                "--data-dir=" + folder.resolve("node" + id),
                "--client-port=" + clientPorts[id - 1],
                "--raft-port=" + raftPorts[id - 1]));
        command.addAll(flags);
        if (id > 1) {
            command.add("--join=127.0.0.1:" + raftPorts[0]);
        }
        processes[id - 1] = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        folder.resolve("node" + id + ".log").toFile()))
                .start();
    }

    /// Ends a node as a crash would.
    public void kill9(int id) {
        Process process = processes[id - 1];
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /// Asks a node to stop, and waits until it has.
    public void terminate(int id) throws IOException, InterruptedException {
        Process process = processes[id - 1];
        if (process != null) {
            process.destroy();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("node " + id + " did not stop; see " + folder);
            }
        }
    }

    /// Waits until all nodes serve, as voters, and know the same of the metadata.
    public void awaitServing() throws IOException, InterruptedException {
        Pattern applied = Pattern.compile("\"last_applied\"\\s*:\\s*(\\d+)");
        Pattern voters = Pattern.compile("\"configs\"\\s*:\\s*\\[\\s*\\[([^]]*)]");
        await("all nodes to serve", () -> {
            Set<String> known = new HashSet<>();
            for (int id = 1; id <= size(); id++) {
                String metrics = metrics(id);
                Matcher position = applied.matcher(metrics);
                Matcher voting = voters.matcher(metrics);
                if (!voting.find()
                        || voting.group(1).split(",", -1).length < size()
                        || metrics.contains("\"current_leader\":null")
                        || !position.find()) {
                    return false;
                }
                known.add(position.group(1));
            }
            return known.size() == 1;
        });
    }

    /// The node that leads the metadata, as another one has it.
    public int metadataLeader() throws InterruptedException, IOException {
        Pattern pattern = Pattern.compile("\"current_leader\"\\s*:\\s*(\\d+)");
        int[] leader = new int[1];
        await("a leader of the metadata", () -> {
            Matcher found = pattern.matcher(metrics(1));
            if (found.find()) {
                leader[0] = Integer.parseInt(found.group(1));
            }
            return leader[0] > 0;
        });
        return leader[0];
    }

    private String metrics(int id) throws InterruptedException {
        try (WalrusClient client = connect(id)) {
            return client.metrics();
        } catch (WalrusException _) {
            return "";
        }
    }

    /// What is waited for.
    @FunctionalInterface
    public interface Condition {
        boolean holds() throws InterruptedException, IOException;
    }

    public void await(String what, Condition condition) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + SOON_NS;
        while (!condition.holds()) {
            for (Process process : processes) {
                if (process != null && !process.isAlive()) {
                    throw new IOException("a node ended while waiting for " + what + "; see " + folder);
                }
            }
            if (System.nanoTime() > deadlineNs) {
                throw new IOException("waited in vain for " + what + "; see " + folder);
            }
            TimeUnit.MILLISECONDS.sleep(20);
        }
    }

    private static int[] ports(int nodes) {
        return IntStream.generate(Cluster::freePort).distinct().limit(nodes).toArray();
    }

    private static int freePort() {
        while (true) {
            int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
            try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return port;
            } catch (IOException _) {
                // Taken: another one will do.
            }
        }
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        for (int id = 1; id <= size(); id++) {
            kill9(id);
        }
        for (Process process : processes) {
            if (process != null) {
                process.onExit().join();
            }
        }
        RunningServer.remove(folder);
        RunningServer.forget(atExit);
    }

    private void closeAtExit() {
        try {
            close();
        } catch (IOException _) {
            // What can't be removed stays.
        }
    }
}
