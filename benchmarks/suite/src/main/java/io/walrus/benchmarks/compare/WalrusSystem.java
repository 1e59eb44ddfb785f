package io.walrus.benchmarks.compare;

import io.walrus.benchmarks.load.Lane;
import io.walrus.benchmarks.load.LoadOperation;
import io.walrus.benchmarks.load.LoadPlan;
import io.walrus.benchmarks.load.LoadResult;
import io.walrus.benchmarks.load.LoadRun;
import io.walrus.benchmarks.load.LoadedSystem;
import io.walrus.benchmarks.report.MeasuringOptions;
import io.walrus.benchmarks.server.TopicFigures;
import io.walrus.client.ClientOptions;
import io.walrus.client.Fetched;
import io.walrus.client.NodeAddress;
import io.walrus.client.Outcome;
import io.walrus.client.WalrusClient;
import io.walrus.client.WalrusException;
import io.walrus.protocol.Request;
import io.walrus.testkit.process.MemberStatus;
import io.walrus.testkit.process.NodeProgram;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/// Nodes of Walrus. Throughput is measured by the load program, all else with the Java client.
final class WalrusSystem extends ComparedSystem {
    private static final long POLL_PAUSE_NS = 1_000_000;
    private static final int READ_DEPTH = 512;

    private final Path launcher;

    WalrusSystem(Contestant contestant, int nodes, MeasuringOptions options, Path launcher) throws IOException {
        super(contestant, nodes, options);
        this.launcher = launcher;
    }

    @Override
    ProcessBuilder process(int node) {
        NodeSetup setup = NodeSetup.of(new NodeProgram.OfLauncher(launcher), folder(node))
                .withPorts(ports[node], innerPorts[node])
                .with("WALRUS_HEAP", HEAP)
                .withFlags("--node-id", Integer.toString(node + 1))
                // As with the others, one node leads a topic for the whole run.
                .withFlags("--replication-factor=" + ports.length, "--max-segment-entries=1000000000", "--log=warn")
                .withFlags("--fsync=" + (contestant.forced() ? "group" : "os"));
        return (node == 0 ? setup : setup.withFlags("--join=127.0.0.1:" + innerPorts[0])).process();
    }

    private WireReply ask(String request) throws IOException {
        try (Wire wire = Wire.to(address(0))) {
            return wire.ask(request);
        }
    }

    @Override
    void create(String topic) throws IOException {
        if (MemberStatus.of(ask("METRICS")).voters().size() < ports.length) {
            throw new IOException("not all nodes have joined");
        }
        WireReply reply = ask("REGISTER " + topic);
        if (!reply.isOk()) {
            throw new IOException(reply.text());
        }
        if (state(topic).replicas() < ports.length) {
            throw new IOException("topic " + topic + " has fewer copies than there are nodes");
        }
    }

    private TopicFigures state(String topic) throws IOException {
        return TopicFigures.of(ask("STATE " + topic));
    }

    @Override
    int leader(String topic) throws IOException {
        return ports.length == 1 ? 0 : state(topic).leader() - 1;
    }

    @Override
    String topicOfTheCoordinator() throws IOException {
        int coordinator = MemberStatus.of(ask("METRICS")).metadataLeader() - 1;
        for (int i = 0; ; i++) {
            String topic = "failover-" + i;
            createWithin(topic);
            if (leader(topic) == coordinator) {
                return topic;
            }
        }
    }

    @Override
    LoadResult put(List<String> topics, int depth, int warmUpSeconds, int seconds)
            throws IOException, InterruptedException {
        return load(LoadedSystem.WALRUS, topics, depth, warmUpSeconds, seconds);
    }

    @Override
    LoadResult read() throws IOException, InterruptedException {
        createWithin("read");
        LoadPlan plan = new LoadPlan(
                LoadedSystem.WALRUS,
                LoadOperation.FETCH,
                READ_DEPTH,
                PAYLOAD_BYTES,
                READ_ENTRIES,
                1,
                options.warmUpSeconds(),
                options.seconds(),
                List.of());
        return LoadRun.run(plan, Lane.toOne(address(leader("read")), 1, List.of("read")));
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
    EntryWriter writer(int node) throws IOException {
        WalrusClient client = connect(node);
        return new EntryWriter() {
            @Override
            public CompletableFuture<?> put(String topic, byte[] payload) {
                return client.submit(new Request.Put(topic, ByteBuffer.wrap(payload)))
                        .thenAccept(WalrusSystem::requireDone);
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
    EntryReader reader(String topic) throws IOException {
        TopicFigures state = state(topic);
        WalrusClient client = connect(state.leader() - 1);
        return new EntryReader() {
            private long offset;

            @Override
            public void poll(Consumer<ByteBuffer> sink) throws IOException, InterruptedException {
                try {
                    Fetched fetched = client.fetch(topic, state.current(), offset);
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
}
