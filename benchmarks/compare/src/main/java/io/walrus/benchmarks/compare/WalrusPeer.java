package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.Plan;
import io.walrus.benchmarks.load.Load;
import io.walrus.benchmarks.load.LoadOptions;
import io.walrus.benchmarks.load.Operation;
import io.walrus.benchmarks.load.Target;
import io.walrus.client.ClientOptions;
import io.walrus.client.Fetched;
import io.walrus.client.NodeAddress;
import io.walrus.client.Outcome;
import io.walrus.client.WalrusClient;
import io.walrus.client.WalrusException;
import io.walrus.protocol.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Nodes of Walrus. Throughput is measured by the load program, all else with the Java client.
final class WalrusPeer extends Peer {
    private static final long POLL_PAUSE_NS = 1_000_000;
    private static final int READ_DEPTH = 512;
    private static final Pattern LEADER = Pattern.compile("\"leader_node\"\\s*:\\s*(\\d+)");
    private static final Pattern SEGMENT = Pattern.compile("\"current_segment\"\\s*:\\s*(\\d+)");
    private static final Pattern COORDINATOR = Pattern.compile("\"current_leader\"\\s*:\\s*(\\d+)");
    private static final Pattern VOTERS = Pattern.compile("\"configs\"\\s*:\\s*\\[\\s*\\[([^\\]]*)\\]");
    private static final Pattern REPLICAS = Pattern.compile("\"replicas\"\\s*:\\s*\\{[^}]*\\[([^\\]]*)\\]\\s*\\}");

    private @Nullable WalrusClient control;

    WalrusPeer(Candidate candidate, Place place) throws IOException {
        super(candidate, place);
    }

    @Override
    List<String> command(int node) {
        List<String> command = new ArrayList<>(List.of(
                place.launcher().toString(),
                "--node-id=" + (node + 1),
                "--data-dir=" + folders.get(node),
                "--client-port=" + ports[node],
                "--raft-port=" + innerPorts[node],
                "--replication-factor=" + ports.length,
                // As with the others, one node leads a topic for the whole run.
                "--max-segment-entries=1000000000",
                "--fsync=" + (candidate.forced() ? "group" : "os"),
                "--log=warn"));
        if (node > 0) {
            command.add("--join=127.0.0.1:" + innerPorts[0]);
        }
        return command;
    }

    @Override
    Map<String, String> environment() {
        return Map.of("WALRUS_HEAP", Place.HEAP);
    }

    private WalrusClient control() throws IOException {
        WalrusClient known = control;
        if (known == null) {
            try {
                known = WalrusClient.connect(addresses());
            } catch (WalrusException e) {
                throw new IOException(e.getMessage(), e);
            }
            control = known;
        }
        return known;
    }

    @Override
    void create(String topic) throws IOException, InterruptedException {
        try {
            require(VOTERS, control().metrics(), "not all nodes have joined");
            control().register(topic);
            require(REPLICAS, control().state(topic), "topic " + topic + " has fewer copies than there are nodes");
        } catch (WalrusException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private void require(Pattern list, String json, String failure) throws IOException {
        Matcher found = list.matcher(json);
        if (!found.find() || found.group(1).split(",", -1).length < ports.length) {
            throw new IOException(failure);
        }
    }

    @Override
    int leader(String topic) throws IOException, InterruptedException {
        return ports.length == 1 ? 0 : number(LEADER, state(topic)) - 1;
    }

    @Override
    String topicOfTheCoordinator() throws IOException, InterruptedException {
        try {
            int coordinator = number(COORDINATOR, control().metrics()) - 1;
            for (int i = 0; ; i++) {
                String topic = "failover-" + i;
                createWithin(topic);
                if (leader(topic) == coordinator) {
                    return topic;
                }
            }
        } catch (WalrusException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private String state(String topic) throws IOException, InterruptedException {
        try {
            return control().state(topic);
        } catch (WalrusException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static int number(Pattern pattern, String json) throws IOException {
        Matcher found = pattern.matcher(json);
        if (!found.find()) {
            throw new IOException("no " + pattern + " in " + json);
        }
        return Integer.parseInt(found.group(1));
    }

    @Override
    Rate put(List<String> topics, int depth, Plan plan) throws IOException, InterruptedException {
        return LoadPuts.measure(this, Target.WALRUS, topics, depth, plan);
    }

    @Override
    Rate read() throws IOException, InterruptedException {
        createWithin("read-0");
        int leader = leader("read-0");
        return Rate.of(Load.run(new LoadOptions(
                Target.WALRUS,
                nodes().get(leader).address(),
                Operation.FETCH,
                1,
                READ_DEPTH,
                Place.PAYLOAD_BYTES,
                1,
                "read-",
                Place.READ_ENTRIES,
                1,
                place.plan().warmUpSeconds(),
                place.plan().seconds(),
                List.of())));
    }

    private WalrusClient connect(int node) throws IOException {
        List<NodeAddress> addresses = new ArrayList<>();
        for (int i = 0; i < ports.length; i++) {
            addresses.add(new NodeAddress("127.0.0.1", ports[(node + i) % ports.length]));
        }
        try {
            return WalrusClient.connect(addresses, ClientOptions.DEFAULT);
        } catch (WalrusException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    Writer writer(int node) throws IOException {
        WalrusClient client = connect(node);
        return new Writer() {
            @Override
            public CompletableFuture<?> put(String topic, byte[] payload) {
                return client.submit(new Request.Put(topic, ByteBuffer.wrap(payload)))
                        .thenAccept(WalrusPeer::requireDone);
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }

    private static void requireDone(Outcome outcome) {
        switch (outcome) {
            case Outcome.Done _ -> {}
            case Outcome.Empty _ -> throw new IllegalStateException("a PUT was answered EMPTY");
            case Outcome.Failed failed -> throw new IllegalStateException(failed.message());
        }
    }

    /// Asks again after a millisecond when there is nothing: the protocol has no request that waits.
    @Override
    Reader reader(String topic) throws IOException, InterruptedException {
        int segment = number(SEGMENT, state(topic));
        WalrusClient client = connect(leader(topic));
        return new Reader() {
            private long offset;

            @Override
            public void poll(Consumer<ByteBuffer> sink) throws IOException, InterruptedException {
                try {
                    Fetched fetched = client.fetch(topic, segment, offset);
                    if (fetched == null) {
                        LockSupport.parkNanos(POLL_PAUSE_NS);
                    } else {
                        sink.accept(fetched.payload());
                        offset = fetched.nextOffset();
                    }
                } catch (WalrusException e) {
                    throw new IOException(e.getMessage(), e);
                }
            }

            @Override
            public void close() {
                client.close();
            }
        };
    }

    @Override
    public void close() throws IOException {
        WalrusClient known = control;
        if (known != null) {
            known.close();
        }
        super.close();
    }
}
