package io.walrus.benchmarks.failover;

import io.walrus.client.ClientOptions;
import io.walrus.client.NodeAddress;
import io.walrus.client.WalrusClient;
import io.walrus.client.WalrusException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A cluster of three nodes with three copies, in a folder of its own; closing it ends them and removes the folder.
final class Trio implements AutoCloseable {
    static final int NODES = 3;

    private static final long SOON_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long STOP_SECONDS = 30;
    /// Ports that the system gives to no outgoing connection, so that a node finds its own when it comes back.
    private static final int FIRST_PORT = 20_000;

    private static final int LAST_PORT = 32_000;

    private final Path launcher;
    private final Path folder;
    private final List<String> flags;
    private final int[] clientPorts = ports();
    private final int[] raftPorts = ports();
    private final @Nullable Process[] processes = new @Nullable Process[NODES];

    /// Starts it.
    ///
    /// @param flags more of them for each node
    Trio(Path launcher, Path work, List<String> flags) throws IOException, InterruptedException {
        this.launcher = launcher;
        this.flags = flags;
        this.folder = Files.createTempDirectory(work, "trio-");
        Runtime.getRuntime().addShutdownHook(new Thread(this::killAll, "stop-nodes"));
        for (int id = 1; id <= NODES; id++) {
            start(id);
        }
        awaitServing();
    }

    List<NodeAddress> addresses() {
        return IntStream.of(clientPorts)
                .mapToObj(port -> new NodeAddress("127.0.0.1", port))
                .toList();
    }

    /// A client that knows this node only.
    WalrusClient connect(int id) throws WalrusException {
        return WalrusClient.connect(List.of(addresses().get(id - 1)), ClientOptions.DEFAULT);
    }

    void start(int id) throws IOException {
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
    void kill9(int id) {
        Process process = processes[id - 1];
        if (process != null) {
            process.destroyForcibly();
        }
    }

    /// Asks a node to stop, and waits until it has.
    void terminate(int id) throws IOException, InterruptedException {
        Process process = processes[id - 1];
        if (process != null) {
            process.destroy();
            if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
                throw new IOException("node " + id + " did not stop; see " + folder);
            }
        }
    }

    /// Waits until all nodes serve, as voters, and know the same of the metadata.
    void awaitServing() throws IOException, InterruptedException {
        Pattern applied = Pattern.compile("\"last_applied\"\\s*:\\s*(\\d+)");
        Pattern voters = Pattern.compile("\"configs\"\\s*:\\s*\\[\\s*\\[\\s*\\d+\\s*,\\s*\\d+\\s*,\\s*\\d+\\s*]");
        await("all nodes to serve", () -> {
            Set<String> known = new HashSet<>();
            for (int id = 1; id <= NODES; id++) {
                String metrics = metrics(id);
                Matcher position = applied.matcher(metrics);
                if (!voters.matcher(metrics).find()
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
    int metadataLeader() throws InterruptedException, IOException {
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
    interface Condition {
        boolean holds() throws InterruptedException, IOException;
    }

    void await(String what, Condition condition) throws IOException, InterruptedException {
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

    private void killAll() {
        for (int id = 1; id <= NODES; id++) {
            kill9(id);
        }
    }

    private static int[] ports() {
        return IntStream.generate(Trio::freePort).distinct().limit(NODES).toArray();
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
    public void close() throws IOException {
        killAll();
        for (Process process : processes) {
            if (process != null) {
                process.onExit().join();
            }
        }
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }
}
