package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.Plan;
import io.walrus.benchmarks.Route;
import io.walrus.benchmarks.RunningServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// A system under test: its nodes, and how it is spoken to. Closing it ends the nodes and removes their data.
abstract class Peer implements AutoCloseable {
    private static final long TOPIC_TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);

    final Candidate candidate;
    final Place place;
    final List<Path> folders = new ArrayList<>();
    final int[] ports;
    /// For what nodes say to each other.
    final int[] innerPorts;

    private static final int FILL_DEPTH = 512;

    private final List<RunningServer> nodes = new ArrayList<>();

    Peer(Candidate candidate, Place place) throws IOException {
        this.candidate = candidate;
        this.place = place;
        int count = place.setup().nodes();
        ports = new int[count];
        innerPorts = new int[count];
        for (int node = 0; node < count; node++) {
            folders.add(Files.createTempDirectory(place.plan().work(), "compare-"));
            ports[node] = RunningServer.freePort();
            innerPorts[node] = RunningServer.freePort();
        }
    }

    /// What is to be done once before the nodes can start.
    void prepare() throws IOException, InterruptedException {}

    abstract List<String> command(int node);

    Map<String, String> environment() {
        return Map.of();
    }

    /// Makes one topic, with a copy on each node.
    ///
    /// @throws IOException as long as that can't be done
    abstract void create(String topic) throws IOException, InterruptedException;

    abstract Writer writer(int node) throws IOException, InterruptedException;

    abstract Reader reader(String topic) throws IOException, InterruptedException;

    /// Index of the node that takes the topic's entries, 0 if the client finds it by itself.
    abstract int leader(String topic) throws IOException, InterruptedException;

    /// A topic whose leader also coordinates the cluster, as far as that can be had.
    String topicOfTheCoordinator() throws IOException, InterruptedException {
        create("failover");
        return "failover";
    }

    /// Index of the node to kill.
    int victim(String topic) throws IOException, InterruptedException {
        return leader(topic);
    }

    /// Puts with all connections, each with so many entries under way.
    Rate put(List<String> topics, int depth, Plan plan) throws IOException, InterruptedException {
        List<ClosedLoop.Line> lines = new ArrayList<>();
        try {
            for (Route route : routes(topics)) {
                Writer writer = writer(route.node());
                lines.add(new ClosedLoop.Line(writer, route.topics()));
                writer.prepare(route.topics());
            }
            return new ClosedLoop(lines, depth, Long.MAX_VALUE).measure(plan);
        } finally {
            lines.forEach(line -> line.writer().close());
        }
    }

    /// Spreads the connections over the nodes that lead the topics, and the topics over their connections.
    List<Route> routes(List<String> topics) throws IOException, InterruptedException {
        NavigableMap<Integer, List<String>> led = new TreeMap<>();
        for (String topic : topics) {
            led.computeIfAbsent(leader(topic), _ -> new ArrayList<>()).add(topic);
        }
        return Route.spread(led, Place.CONNECTIONS);
    }

    /// Reads [Place#READ_ENTRIES] entries again and again.
    abstract Rate read() throws IOException, InterruptedException;

    void fill(String topic, int entries) throws IOException, InterruptedException {
        try (Writer writer = writer(leader(topic))) {
            List<ClosedLoop.Line> lines = List.of(new ClosedLoop.Line(writer, List.of(topic)));
            new ClosedLoop(lines, FILL_DEPTH, entries).fill();
        }
    }

    /// Starts all nodes and waits until a topic can be made.
    ///
    /// @return the time that took, in milliseconds
    double boot() throws IOException, InterruptedException {
        long startNs = System.nanoTime();
        for (int node = 0; node < ports.length; node++) {
            nodes.add(RunningServer.start(
                    candidate.title(), folders.get(node), ports[node], command(node), environment()));
        }
        for (RunningServer node : nodes) {
            node.awaitStart();
        }
        createWithin("boot");
        return (System.nanoTime() - startNs) / 1e6;
    }

    void createWithin(String topic) throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + TOPIC_TIMEOUT_NS;
        while (true) {
            try {
                create(topic);
                return;
            } catch (IOException e) {
                if (System.nanoTime() > deadlineNs) {
                    throw e;
                }
                TimeUnit.MILLISECONDS.sleep(20);
            }
        }
    }

    List<RunningServer> nodes() {
        return Collections.unmodifiableList(nodes);
    }

    String addresses() {
        List<String> addresses = new ArrayList<>();
        for (int port : ports) {
            addresses.add("127.0.0.1:" + port);
        }
        return String.join(",", addresses);
    }

    /// Kills the nodes: nobody wants their data any more.
    @Override
    public void close() throws IOException {
        try {
            for (RunningServer node : nodes) {
                node.kill();
            }
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        for (RunningServer node : nodes) {
            node.close();
        }
        for (Path folder : folders) {
            RunningServer.remove(folder);
        }
    }
}
